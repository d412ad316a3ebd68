using Strangler.Benchmarks;
using Strangler.Benchmarks.Caching;
using Strangler.Benchmarks.Catalog;
using Strangler.Benchmarks.Cdc;
using Strangler.Benchmarks.Passthrough;
using Strangler.Benchmarks.Shadow;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

if (args is ["bare-yarp", var port, var upstream])
{
    await BareYarp.RunAsync(port, upstream);
    return 0;
}

if (args is ["bare-kestrel", var kestrelPort])
{
    await BareKestrel.RunAsync(kestrelPort);
    return 0;
}

if (args is ["store-stand-in", var storePort, var milliseconds, var bytes])
{
    await StoreStandIn.RunAsync(storePort, milliseconds, bytes);
    return 0;
}

Dictionary<string, Func<BenchOptions, CancellationToken, Task<int>>> benches = new(StringComparer.Ordinal)
{
    ["passthrough"] = PassthroughBench.RunAsync,
    ["cache"] = CacheBench.RunAsync,
    ["catalog"] = CatalogBench.RunAsync,
    ["cdc"] = CdcBench.RunAsync,
    ["shadow"] = ShadowBench.RunAsync,
};

if (args.Length == 0 || !benches.TryGetValue(args[0], out var bench))
{
    await Console.Error.WriteLineAsync($"bench {string.Join('|', benches.Keys)} {BenchOptions.Usage}");
    return 2;
}

if (BenchOptions.Parse(args.AsSpan(1), out var fault) is not { } options)
{
    await Console.Error.WriteLineAsync(fault);
    return 2;
}

try
{
    return await bench(options, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
catch (Exception failure) when (failure is InvalidOperationException or FormatException or IOException)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
