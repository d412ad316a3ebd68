using System.Diagnostics;
using System.Globalization;
using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

/// <summary>Two gigabytes each way, in memory that does not grow with them.</summary>
public sealed class LargeBodyTests
{
    private const long Size = 2L * 1024 * 1024 * 1024 + 1;
    private const long MemoryBound = 300L * 1024 * 1024;
    private static readonly byte[] Block = new byte[1024 * 1024];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Download_TwoGigabytes_TakesConstantMemory()
    {
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            await connection.SendAsync(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {Size}\r\n\r\n"), token);
            await WriteAsync(connection.Stream, token);
            await connection.ReadRequestAsync(token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);
        await client.SendAsync("GET /export HTTP/1.1\r\nHost: a\r\n\r\n", Token);
        (await client.ReadHeadAsync(Token))!.Value("Content-Length").Should().Be(Size.ToString(CultureInfo.InvariantCulture));

        var (read, growth) = await MeasureAsync(() => ReadAsync(client, Token));

        read.Should().Be(Size);
        growth.Should().BeLessThan(MemoryBound);
    }

    [Fact]
    public async Task Upload_TwoGigabytes_TakesConstantMemory()
    {
        var arrived = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadHeadAsync(token);
            arrived.SetResult(await ReadAsync(connection, token));
            await connection.SendAsync(Wire.Ok, token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);

        var (read, growth) = await MeasureAsync(async () =>
        {
            await client.SendAsync(string.Create(CultureInfo.InvariantCulture, $"POST /import HTTP/1.1\r\nHost: a\r\nContent-Length: {Size}\r\n\r\n"), Token);
            await WriteAsync(client.Stream, Token);
            return await arrived.Task.WaitAsync(Token);
        });

        read.Should().Be(Size);
        (await client.ReadResponseAsync(Token)).BodyText.Should().Be("ok");
        growth.Should().BeLessThan(MemoryBound);
    }

    private static async Task<(long Result, long Growth)> MeasureAsync(Func<Task<long>> work)
    {
        var before = Process.GetCurrentProcess().WorkingSet64;
        var result = await work();
        return (result, Process.GetCurrentProcess().WorkingSet64 - before);
    }

    private static async Task WriteAsync(Stream stream, CancellationToken token)
    {
        for (var left = Size; left > 0; left -= Block.Length)
        {
            await stream.WriteAsync(Block.AsMemory(0, (int)Math.Min(left, Block.Length)), token);
        }
    }

    private static async Task<long> ReadAsync(RawConnection connection, CancellationToken token)
    {
        var buffer = new byte[1024 * 1024];
        var total = (long)connection.TakeBuffered().Length;
        while (total < Size)
        {
            var read = await connection.Stream.ReadAsync(buffer, token);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }
}
