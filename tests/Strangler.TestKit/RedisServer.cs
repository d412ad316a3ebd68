using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Strangler.TestKit;

/// <summary>A Redis of its own for a test, in memory only.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/redis-server";
    private readonly int _port;
    private Process? _process;

    private RedisServer(int port) => _port = port;

    public static bool IsInstalled => File.Exists(Program);

    public static string HowToInstall => "needs Redis: apt-get install redis-server";

    public string Address => $"127.0.0.1:{_port}";

    public static async Task<RedisServer> StartAsync(CancellationToken cancellationToken)
    {
        Assert.SkipUnless(IsInstalled, HowToInstall);
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

    /// <summary>Stops it where it stands (SIGSTOP): its connections stay, nothing answers.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => SignalAsync("STOP", cancellationToken);

    /// <summary>Lets it go on after <see cref="PauseAsync"/>.</summary>
    public Task ContinueAsync(CancellationToken cancellationToken) => SignalAsync("CONT", cancellationToken);

    /// <summary>How often a key was asked for that it had, since its start.</summary>
    public async Task<long> HitsAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _port, cancellationToken);
        await client.Client.SendAsync("INFO stats\r\nQUIT\r\n"u8.ToArray(), cancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        const string name = "keyspace_hits:";
        var text = await reader.ReadToEndAsync(cancellationToken);
        var line = text.Split("\r\n").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        if (_process is { HasExited: false } process)
        {
            await ProcessRunner.RunAsync("kill", ["-s", signal, process.Id.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        }
    }
}
