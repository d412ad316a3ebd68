using Strangler.Benchmarks.Processes;
using Strangler.Benchmarks.Reporting;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Passthrough;

/// <summary>
/// What the facade costs: requests a second and latency of the same nginx asked directly, through bare YARP, nginx, HAProxy and the facade
/// with fifty slices, one after the other in every round, so that a noisy machine is noisy for all.
/// </summary>
internal static class PassthroughBench
{
    private const string Ours = "facade";
    private const int Connections = 32;
    private const int WarmUpSeconds = 3;
    private static readonly (string Name, int Bytes)[] Cases = [("1 KB", 1024), ("40 KB", 40 * 1024)];

    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        if (RequiredTools.Missing(("nginx", "nginx"), ("haproxy", "haproxy"), ("wrk", "wrk"), ("mariadbd", "mariadb-server")) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 1;
        }

        var folder = Directory.CreateTempSubdirectory("strangler-bench-").FullName;
        try
        {
            await MeasureAsync(folder, options, cancellationToken);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string folder, BenchOptions options, CancellationToken cancellationToken)
    {
        var (upstream, yarp, nginx, haproxy, facade) = (FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next());
        WriteFiles(folder, upstream, nginx, haproxy);
        await using var upstreamProcess = await ServerProcess.StartAsync("/usr/sbin/nginx", ["-c", $"{folder}/upstream.conf", "-p", folder], upstream, cancellationToken);
        await using var nginxProcess = await ServerProcess.StartAsync("/usr/sbin/nginx", ["-c", $"{folder}/proxy.conf", "-p", folder], nginx, cancellationToken);
        await using var haproxyProcess = await ServerProcess.StartAsync("/usr/sbin/haproxy", ["-q", "-f", $"{folder}/haproxy.cfg"], haproxy, cancellationToken);
        // As the web SDK runs it by default: with the server garbage collector.
        await using var yarpProcess = await ServerProcess.StartAsync("dotnet",
            [typeof(PassthroughBench).Assembly.Location, "bare-yarp", $"{yarp}", $"http://127.0.0.1:{upstream}"], yarp, cancellationToken, ("DOTNET_gcServer", "1"));
        await using var facadeProcess = await FacadeProcess.StartAsync(folder, facade, upstream, cancellationToken);

        (string Name, int Port)[] participants = [("direct", upstream), ("bare YARP", yarp), ("nginx", nginx), ("HAProxy", haproxy), (Ours, facade)];
        var samples = new Samples("passthrough");
        foreach (var (name, port) in participants)
        {
            await Console.Error.WriteLineAsync($"warming up {name}");
            foreach (var (_, bytes) in Cases)
            {
                await Wrk.RunAsync(Url(port, bytes), Connections, WarmUpSeconds, cancellationToken);
            }
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"round {round} of {options.Rounds}");
            foreach (var (@case, bytes) in Cases)
            {
                foreach (var (name, port) in participants)
                {
                    var result = await Wrk.RunAsync(Url(port, bytes), Connections, options.Seconds, cancellationToken);
                    samples.Add(@case, "requests", "1/s", true, name, result.PerSecond);
                    samples.Add(@case, "p50", "ms", false, name, result.P50);
                    samples.Add(@case, "p99", "ms", false, name, result.P99);
                }
            }
        }

        BenchPrinter.Print(samples.Lines(Ours), options.Json, Console.Out);
    }

    private static string Url(int port, int bytes) => $"http://127.0.0.1:{port}/{bytes}.html";

    private static void WriteFiles(string folder, int upstream, int nginx, int haproxy)
    {
        Directory.CreateDirectory(Path.Combine(folder, "www"));
        foreach (var (_, bytes) in Cases)
        {
            File.WriteAllText(Path.Combine(folder, "www", $"{bytes}.html"), new string('x', bytes));
        }

        File.WriteAllText(Path.Combine(folder, "upstream.conf"), ServerConfigs.NginxUpstream(folder, upstream));
        File.WriteAllText(Path.Combine(folder, "proxy.conf"), ServerConfigs.NginxProxy(folder, nginx, upstream));
        File.WriteAllText(Path.Combine(folder, "haproxy.cfg"), ServerConfigs.HaProxy(haproxy, upstream));
    }
}
