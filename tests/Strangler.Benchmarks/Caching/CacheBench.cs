using Strangler.Benchmarks.Processes;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Caching;

/// <summary>What a kept answer costs: the same two files out of Varnish, nginx's cache and the facade's store; and out of the facade's server with nothing on it.</summary>
internal static class CacheBench
{
    public static Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken) => BenchFolder.RunAsync(
        [("nginx", "nginx"), ("varnishd", "varnish"), ("wrk", "wrk"), ("mariadbd", "mariadb-server")], folder => MeasureAsync(folder, options, cancellationToken));

    private static async Task MeasureAsync(string folder, BenchOptions options, CancellationToken cancellationToken)
    {
        var (upstream, varnish, nginx, bare, facade) = (FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next());
        FilesRace.WriteFiles(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "upstream.conf"), NginxConfig.Upstream(folder, upstream), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "cache.conf"), CacheConfigs.Nginx(folder, nginx, upstream), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "bench.vcl"), CacheConfigs.Varnish(upstream), cancellationToken);
        await using var upstreamProcess = await ServerProcess.StartAsync("/usr/sbin/nginx", ["-c", $"{folder}/upstream.conf", "-p", folder], upstream, cancellationToken);
        await using var nginxProcess = await ServerProcess.StartAsync("/usr/sbin/nginx", ["-c", $"{folder}/cache.conf", "-p", folder], nginx, cancellationToken);
        await using var varnishProcess = await ServerProcess.StartAsync(
            "/usr/sbin/varnishd", ["-j", "none", "-F", "-n", $"{folder}/varnish", "-f", $"{folder}/bench.vcl", "-a", $"127.0.0.1:{varnish}", "-s", "malloc,256m"], varnish, cancellationToken);
        await using var bareProcess = await ServerProcess.StartAsync("dotnet", [typeof(CacheBench).Assembly.Location, "bare-kestrel", $"{bare}"], bare, cancellationToken);
        await using var facadeProcess = await CachingFacade.StartAsync(folder, facade, upstream, cancellationToken);
        await FilesRace.RunAsync(
            "cache",
            [
                new("Varnish", varnish, varnishProcess), new("nginx cache", nginx, nginxProcess), new(BareKestrel.Name, bare, bareProcess),
                new(FilesRace.Ours, facade, facadeProcess.Process),
            ],
            options, cancellationToken);
    }
}
