using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Strangler.Proxy.Protection;

/// <summary>Counts what was refused, by limit, since the start.</summary>
internal sealed class ProtectionStats(IMeterFactory meters)
{
    public const string TooLarge = "tooLarge";
    public const string MagentoFull = "magentoFull";
    public const string MagentoTooLate = "magentoTooLate";

    private readonly ConcurrentDictionary<string, StrongBox> _refused = new(StringComparer.Ordinal);
    private readonly Counter<long> _counter = meters.Create("Strangler.Proxy").CreateCounter<long>("strangler.proxy.refused", "{request}", "Requests refused by a limit");

    public IReadOnlyDictionary<string, long> Refused => _refused.ToDictionary(pair => pair.Key, pair => Volatile.Read(ref pair.Value.Value), StringComparer.Ordinal);

    public void Refuse(string limit)
    {
        Interlocked.Increment(ref _refused.GetOrAdd(limit, static _ => new StrongBox()).Value);
        _counter.Add(1, new KeyValuePair<string, object?>("limit", limit));
    }

    private sealed class StrongBox
    {
        public long Value;
    }
}
