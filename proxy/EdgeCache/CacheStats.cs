using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Strangler.Proxy.EdgeCache;

/// <summary>What became of a slice's requests at the store, since the start of this replica.</summary>
internal sealed class CacheCounts
{
    private long _hits;
    private long _misses;
    private long _joined;
    private long _notProven;
    private long _stored;
    private long _overtaken;
    private long _inNeed;

    /// <summary>Answered from the store.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Answered by a side, because nothing was kept.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Of the hits, those that waited for an answer already under way.</summary>
    public long Joined => Interlocked.Read(ref _joined);

    /// <summary>Of the misses, those for which something was kept that could not be proven fresh enough.</summary>
    public long NotProven => Interlocked.Read(ref _notProven);

    /// <summary>Answers kept.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Answers not kept because something changed while they were under way.</summary>
    public long Overtaken => Interlocked.Read(ref _overtaken);

    /// <summary>Old answers served because neither side could answer.</summary>
    public long InNeed => Interlocked.Read(ref _inNeed);

    public void Hit() => Interlocked.Increment(ref _hits);

    public void Join() => Interlocked.Increment(ref _joined);

    public void Miss() => Interlocked.Increment(ref _misses);

    public void Unproven() => Interlocked.Increment(ref _notProven);

    public void Store() => Interlocked.Increment(ref _stored);

    public void Overtake() => Interlocked.Increment(ref _overtaken);

    public void Need() => Interlocked.Increment(ref _inNeed);
}

/// <summary>The counts of all slices, for the dashboard and as metrics <c>strangler.proxy.cache.*</c>.</summary>
internal sealed class CacheStats
{
    private readonly ConcurrentDictionary<string, CacheCounts> _bySlice = new(StringComparer.Ordinal);

    public CacheStats(IMeterFactory meters, AnswerStore answers)
    {
        var meter = meters.Create("Strangler.Proxy");
        meter.CreateObservableCounter("strangler.proxy.cache.requests", () => _bySlice.SelectMany(Measure), "{request}", "Requests of slices that keep answers, by outcome");
        meter.CreateObservableGauge("strangler.proxy.cache.bytes", () => answers.Bytes, "By", "Memory of kept answers");
        meter.CreateObservableCounter("strangler.proxy.cache.dropped", () => answers.Dropped, "{answer}", "Kept answers thrown away because of a change");
        meter.CreateObservableCounter("strangler.proxy.cache.evicted", () => answers.Evicted, "{answer}", "Kept answers thrown away for room");
    }

    public CacheCounts Of(string slice) => _bySlice.GetOrAdd(slice, static _ => new CacheCounts());

    private static IEnumerable<Measurement<long>> Measure(KeyValuePair<string, CacheCounts> slice)
    {
        var name = new KeyValuePair<string, object?>("slice", slice.Key);
        yield return new Measurement<long>(slice.Value.Hits, name, new("outcome", "hit"));
        yield return new Measurement<long>(slice.Value.Misses, name, new("outcome", "miss"));
        yield return new Measurement<long>(slice.Value.InNeed, name, new("outcome", "stale"));
    }
}
