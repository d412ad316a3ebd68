using Strangler.Benchmarks.Passthrough;
using Strangler.Benchmarks.Processes;
using Strangler.Benchmarks.Reporting;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Caching;

/// <summary>
/// What a kept answer costs: requests a second and latency of the same two files out of Varnish, nginx's cache and the facade's store, one after the other in every round,
/// so that a noisy machine is noisy for all.
/// </summary>
internal static class CacheBench
{
    private const string Ours = "facade";
    private const int Connections = 32;
    private const int WarmUpSeconds = 3;
    private static readonly (string Name, int Bytes)[] Cases = [("1 KB", 1024), ("40 KB", 40 * 1024)];

    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        if (RequiredTools.Missing(("nginx", "nginx"), ("varnishd", "varnish"), ("wrk", "wrk"), ("mariadbd", "mariadb-server")) is { } missing)
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
        var (upstream, varnish, nginx, facade) = (FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next());
        WriteFiles(folder, upstream, nginx);
        await using var upstreamProcess = await ServerProcess.StartAsync("/usr/sbin/nginx", ["-c", $"{folder}/upstream.conf", "-p", folder], upstream, cancellationToken);
        await using var nginxProcess = await ServerProcess.StartAsync("/usr/sbin/nginx", ["-c", $"{folder}/cache.conf", "-p", folder], nginx, cancellationToken);
        await using var varnishProcess = await ServerProcess.StartAsync(
            "/usr/sbin/varnishd", ["-j", "none", "-F", "-n", $"{folder}/varnish", "-f", $"{folder}/bench.vcl", "-a", $"127.0.0.1:{varnish}", "-s", "malloc,256m"], varnish, cancellationToken);
        await using var facadeProcess = await CachingFacade.StartAsync(folder, facade, upstream, cancellationToken);

        (string Name, int Port, ServerProcess Process)[] participants =
            [("Varnish", varnish, varnishProcess), ("nginx cache", nginx, nginxProcess), (Ours, facade, facadeProcess.Process)];
        var samples = new Samples("cache");
        foreach (var (name, port, _) in participants)
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
                foreach (var (name, port, process) in participants)
                {
                    var before = process.ProcessorTime;
                    var result = await Wrk.RunAsync(Url(port, bytes), Connections, options.Seconds, cancellationToken);
                    samples.Add(@case, "requests", "1/s", true, name, result.PerSecond);
                    samples.Add(@case, "processor", "us/request", false, name, (process.ProcessorTime - before).TotalMicroseconds / (result.PerSecond * options.Seconds));
                    samples.Add(@case, "p50", "ms", false, name, result.P50);
                    samples.Add(@case, "p99", "ms", false, name, result.P99);
                }
            }
        }

        BenchPrinter.Print(samples.Lines(Ours), options.Json, Console.Out);
    }

    private static string Url(int port, int bytes) => $"http://127.0.0.1:{port}/{bytes}.html";

    private static void WriteFiles(string folder, int upstream, int nginx)
    {
        Directory.CreateDirectory(Path.Combine(folder, "www"));
        foreach (var (_, bytes) in Cases)
        {
            File.WriteAllText(Path.Combine(folder, "www", $"{bytes}.html"), new string('x', bytes));
        }

        File.WriteAllText(Path.Combine(folder, "upstream.conf"), ServerConfigs.NginxUpstream(folder, upstream));
        File.WriteAllText(Path.Combine(folder, "cache.conf"), CacheConfigs.Nginx(folder, nginx, upstream));
        File.WriteAllText(Path.Combine(folder, "bench.vcl"), CacheConfigs.Varnish(upstream));
    }
}
