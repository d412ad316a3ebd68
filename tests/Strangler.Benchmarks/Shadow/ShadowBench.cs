using System.Net;
using System.Net.Sockets;
using Strangler.Benchmarks.Processes;
using Strangler.Benchmarks.Reporting;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Shadow;

/// <summary>
/// What a shopper notices of a shadow that copies every request: latency and rate of a shadowed route, and of one whose service hangs, beside the
/// same route unshadowed, one after the other in every round. Load, facade, store and service share the machine: what the shadow's side takes of it shows here as well.
/// </summary>
internal static class ShadowBench
{
    private const string Plain = "unshadowed";
    private const int WarmUpSeconds = 5;
    private static readonly (string Slice, bool IsShadowed)[] Slices = [("plain", false), ("copied", true), ("hung", true)];

    // A store that answers in 20 ms is a quick one; 8 shoppers at a time leave the machine room, as a store's own does. At once and 32 is the machine at its end.
    private static readonly (string Name, int Milliseconds, int Connections, int Bytes)[] Cases =
        [("20 ms, 1 KB", 20, 8, 1024), ("20 ms, 40 KB", 20, 8, 40 * 1024), ("at once, 1 KB, saturated", 0, 32, 1024)];

    public static Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken) => BenchFolder.RunAsync([("wrk", "wrk"), ("mariadbd", "mariadb-server")], async folder =>
    {
        var samples = new Samples("shadow");
        foreach (var @case in Cases)
        {
            await MeasureAsync(Path.Combine(folder, $"{@case.Milliseconds}-{@case.Bytes}"), @case, options, samples, cancellationToken);
        }

        BenchPrinter.Print(samples.Lines("shadowed"), options.Json, Console.Out);
    });

    private static async Task MeasureAsync(
        string folder, (string Name, int Milliseconds, int Connections, int Bytes) @case, BenchOptions options, Samples samples, CancellationToken cancellationToken)
    {
        var (magento, service, facadePort) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
        // It takes connections, as the kernel does for it, and never reads a byte.
        using var hung = new Socket(SocketType.Stream, ProtocolType.Tcp);
        hung.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        hung.Listen(512);
        await using var store = await StartStoreAsync(magento, @case.Milliseconds, @case.Bytes, cancellationToken);
        await using var extracted = await StartStoreAsync(service, 1, @case.Bytes, cancellationToken);
        await using var facade = await ShadowFacade.StartAsync(folder, facadePort, magento, service, ((IPEndPoint)hung.LocalEndPoint!).Port, Slices, cancellationToken);

        await Console.Error.WriteLineAsync($"{@case.Name}: warming up");
        foreach (var (slice, _) in Slices)
        {
            await Wrk.RunAsync(Url(facadePort, slice), @case.Connections, WarmUpSeconds, cancellationToken);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"{@case.Name}: round {round + 1} of {options.Rounds}");
            for (var turn = 0; turn < Slices.Length; turn++)
            {
                // Each comes first, second and third in turn.
                var slice = Slices[(turn + round) % Slices.Length].Slice;
                var before = facade.ProcessorTime;
                var result = await Wrk.RunAsync(Url(facadePort, slice), @case.Connections, options.Seconds, cancellationToken);
                var name = slice switch { "plain" => Plain, "hung" => "service hangs", _ => "shadowed" };
                samples.Add(@case.Name, "requests", "1/s", true, name, result.PerSecond);
                samples.Add(@case.Name, "p50", "ms", false, name, result.P50);
                samples.Add(@case.Name, "p99", "ms", false, name, result.P99);
                samples.Add(@case.Name, "processor", "us", false, name, (facade.ProcessorTime - before).TotalMicroseconds / (result.PerSecond * options.Seconds));
            }
        }

        foreach (var (slice, _) in Slices.Where(slice => slice.IsShadowed))
        {
            var (compared, dropped) = await facade.CountsAsync(slice, cancellationToken);
            await Console.Error.WriteLineAsync($"{@case.Name}: {slice}: {compared} compared, {dropped} dropped");
        }
    }

    private static Task<ServerProcess> StartStoreAsync(int port, int milliseconds, int bytes, CancellationToken cancellationToken) => ServerProcess.StartAsync(
        "dotnet", [typeof(ShadowBench).Assembly.Location, "store-stand-in", $"{port}", $"{milliseconds}", $"{bytes}"], port, cancellationToken);

    private static string Url(int port, string slice) => $"http://127.0.0.1:{port}/{slice}/1";
}
