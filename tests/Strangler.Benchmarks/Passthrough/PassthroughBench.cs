using Strangler.Benchmarks.Processes;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Passthrough;

/// <summary>What the facade costs: the same nginx asked directly, through bare YARP, nginx, HAProxy and the facade with fifty slices.</summary>
internal static class PassthroughBench
{
    public static Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken) => BenchFolder.RunAsync(
        [("nginx", "nginx"), ("haproxy", "haproxy"), ("wrk", "wrk"), ("mariadbd", "mariadb-server")], folder => MeasureAsync(folder, options, cancellationToken));

    private static async Task MeasureAsync(string folder, BenchOptions options, CancellationToken cancellationToken)
    {
        var (upstream, yarp, nginx, haproxy, facade) = (FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next());
        FilesRace.WriteFiles(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "upstream.conf"), NginxConfig.Upstream(folder, upstream), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "proxy.conf"), ServerConfigs.NginxProxy(folder, nginx, upstream), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "haproxy.cfg"), ServerConfigs.HaProxy(haproxy, upstream), cancellationToken);
        await using var upstreamProcess = await ServerProcess.StartAsync("/usr/sbin/nginx", ["-c", $"{folder}/upstream.conf", "-p", folder], upstream, cancellationToken);
        await using var nginxProcess = await ServerProcess.StartAsync("/usr/sbin/nginx", ["-c", $"{folder}/proxy.conf", "-p", folder], nginx, cancellationToken);
        await using var haproxyProcess = await ServerProcess.StartAsync("/usr/sbin/haproxy", ["-q", "-f", $"{folder}/haproxy.cfg"], haproxy, cancellationToken);
        // As the web SDK runs it by default: with the server garbage collector.
        await using var yarpProcess = await ServerProcess.StartAsync("dotnet",
            [typeof(PassthroughBench).Assembly.Location, "bare-yarp", $"{yarp}", $"http://127.0.0.1:{upstream}"], yarp, cancellationToken, ("DOTNET_gcServer", "1"));
        await using var facadeProcess = await FacadeProcess.StartAsync(folder, facade, upstream, cancellationToken);
        await FilesRace.RunAsync(
            "passthrough", [new("direct", upstream), new("bare YARP", yarp), new("nginx", nginx), new("HAProxy", haproxy), new(FilesRace.Ours, facade)], options, cancellationToken);
    }
}
