using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

public sealed class FailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upstream_Unreachable_Is502WithAProblem()
    {
        await using var facade = await FacadeHost.StartAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}"));

        var response = await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        response.StartLine.Should().Be("HTTP/1.1 502 Bad Gateway");
        response.Value("Content-Type").Should().Be("application/problem+json");
        response.BodyText.Should().Contain("\"status\":502");
    }

    [Fact]
    public async Task Upstream_Silent_Is504()
    {
        await using var upstream = RawUpstream.Serving((connection, token) => connection.ReadToEndAsync(token));
        await using var facade = await FacadeHost.StartAsync(upstream.Address, ("Facade:Upstream:ActivityTimeout", "00:00:00.200"));

        var response = await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        response.StartLine.Should().Be("HTTP/1.1 504 Gateway Timeout");
    }

    /// <summary>The body fails while the response's head is being read on a connection that was used before: each of the two wants to end it.</summary>
    [Fact]
    public async Task Client_BreakingItsBody_HurtsNobodyElse()
    {
        await using var upstream = await FakeUpstream.StartAsync("magento");
        upstream.Answer = context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await using var facade = await FacadeHost.StartAsync(upstream.Address, ("Facade:Limits:ChunkedReadAheadBytes", "0"));
        var chunk = $"1000\r\n{new string('a', 0x1000)}\r\n";
        var good = $"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n";
        var broken = $"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Repeat(chunk, 40))}nonsense\r\n";

        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (_, _) =>
        {
            (await facade.ExchangeAsync(good)).Status.Should().Be(200);
            (await facade.ExchangeAsync(broken)).Status.Should().Be(400);
        });

        (await facade.ExchangeAsync(good)).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: b\0c\r\nContent-Length: 0\r\n\r\n")]
    public async Task Upstream_SpeakingNoHttp_Is502(string answer)
    {
        await using var upstream = RawUpstream.Answering(answer);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        (await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status.Should().Be(502);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", "and that")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n", "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n", "zz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n", "0\r\n")]
    public async Task Upstream_DyingInTheBody_IsSeenByTheClient(string answer, string last)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            await connection.SendAsync(answer, token);
            await seen.Task.WaitAsync(token);
            await connection.SendAsync(last, token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Token);

        var head = await client.ReadHeadAsync(Token);
        head!.Status.Should().Be(200);
        seen.SetResult();

        var reading = () => client.ReadBodyAsync(head, hasBody: true, untilClose: true, Token);
        await reading.Should().ThrowAsync<IOException>("a cut body must not look whole");
    }

    [Fact]
    public async Task Upstream_Resetting_IsSeenByTheClient()
    {
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", token);
            connection.Reset();
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        var exchange = () => facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        (await Record.ExceptionAsync(async () => (await exchange()).Status.Should().Be(502))).Should().Match(fault => fault == null || fault is IOException);
    }

    [Fact]
    public async Task Client_LeavingBeforeTheAnswer_IsSeenByTheUpstream()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            arrived.SetResult();
            left.SetResult(await connection.IsClosedByPeerAsync(token));
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Token);
        await arrived.Task.WaitAsync(Token);

        await client.DisposeAsync();

        (await left.Task.WaitAsync(Token)).Should().BeTrue();
    }

    [Fact]
    public async Task Client_LeavingInItsBody_NeverCompletesTheRequest()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rest = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadHeadAsync(token);
            await connection.ReadExactlyAsync(4, token);
            arrived.SetResult();
            rest.SetResult(await connection.IsClosedByPeerAsync(token));
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf", Token);
        await arrived.Task.WaitAsync(Token);

        client.Reset();

        (await rest.Task.WaitAsync(Token)).Should().BeTrue();
    }

    [Fact]
    public async Task Client_LeavingInTheAnswer_IsSeenByTheUpstream()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n", token);
            try
            {
                while (true)
                {
                    await connection.SendAsync(new byte[65_536], token);
                }
            }
            catch (IOException)
            {
                stopped.SetResult();
            }
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Token);
        await client.ReadHeadAsync(Token);
        await client.ReadExactlyAsync(1_000_000, Token);

        client.Reset();

        await stopped.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task IdleConnection_ClosedByTheUpstream_IsNotUsedAgain()
    {
        var served = 0;
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            await connection.SendAsync(Wire.Ok, token);
            Interlocked.Increment(ref served);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        for (var i = 1; i <= 5; i++)
        {
            (await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status.Should().Be(200);
            var expected = i;
            await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref served) == expected), "the upstream has closed its side", Token);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, 2)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 502, 1)]
    [InlineData("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", 502, 1)]
    public async Task StaleConnection_IsRetriedForSafeMethodsOnly(string second, int status, int arrived)
    {
        // The first connection answers once and then ends without an answer to whatever comes next; the race of every idle connection.
        var connections = 0;
        var seconds = 0;
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            var isFirst = Interlocked.Increment(ref connections) == 1;
            if (isFirst)
            {
                await connection.ReadRequestAsync(token);
                await connection.SendAsync(Wire.Ok, token);
            }

            await connection.ReadRequestAsync(token);
            Interlocked.Increment(ref seconds);
            if (!isFirst)
            {
                await connection.SendAsync(Wire.Ok, token);
            }
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        (await facade.ExchangeAsync(second)).Status.Should().Be(status);

        seconds.Should().Be(arrived);
    }
}
