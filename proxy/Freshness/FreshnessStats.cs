using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Freshness;

/// <summary>What a slice's promise costs, over the last minute.</summary>
/// <param name="Waits">Requests that waited for the data.</param>
/// <param name="GivenUp">Of these, those that went to Magento in the end.</param>
/// <param name="P50">Milliseconds of waiting; null without waits.</param>
/// <param name="P99">Milliseconds of waiting.</param>
public sealed record FreshnessCost(long Waits, long GivenUp, double? P50, double? P99);

/// <summary>Counts the waits of slices with <c>session</c> and <c>strict</c> data.</summary>
internal sealed class FreshnessStats
{
    private readonly ConcurrentDictionary<string, RollingWindow> _bySlice = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly Histogram<double> _duration;

    public FreshnessStats(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        _duration = meters.Create("Strangler.Proxy").CreateHistogram<double>("strangler.proxy.freshness.wait", "s", "Time a request waited for its data, by outcome");
    }

    public void Waited(string slice, TimeSpan duration, bool passed)
    {
        _bySlice.GetOrAdd(slice, static (_, time) => new RollingWindow(time), _time).Add(duration, !passed);
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("slice", slice), new("outcome", passed ? "fresh" : "magento"));
    }

    public FreshnessCost Read(string slice)
    {
        var window = _bySlice.GetValueOrDefault(slice)?.Read();
        return new FreshnessCost(window?.Requests ?? 0, window?.Errors ?? 0, window?.P50, window?.P99);
    }
}
