using System.Diagnostics;
using System.Net.Sockets;

namespace Strangler.TestKit;

/// <summary>A Redis of its own for a test, in memory only.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/redis-server";
    private readonly int _port;
    private Process? _process;

    private RedisServer(int port) => _port = port;

    public string Address => $"127.0.0.1:{_port}";

    public static async Task<RedisServer> StartAsync(CancellationToken cancellationToken)
    {
        Assert.SkipUnless(File.Exists(Program), "Needs Redis: apt-get install redis-server");
        var server = new RedisServer(FreePort.Next());
        await server.StartProcessAsync(cancellationToken);
        return server;
    }

    public async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        _process = Process.Start(new ProcessStartInfo(Program, ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath()])
        {
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("redis-server did not start.");
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        await Eventually.TrueAsync(
            async () =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", _port, cancellationToken);
                return true;
            },
            "Redis takes connections", cancellationToken);
    }

    /// <summary>Kills it as a crash would; what it held is gone.</summary>
    public async Task StopAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
