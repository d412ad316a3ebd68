namespace Strangler.Proxy.EdgeCache;

/// <summary>Keys whose answers were not for keeping a moment ago: nobody waits for another's answer there. A fixed table; a collision only costs a wait or a chance.</summary>
internal sealed class Uncacheable(TimeProvider time)
{
    private const int Slots = 4096;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly (int Hash, long Until)[] _slots = new (int, long)[Slots];
    private readonly Lock _lock = new();

    public bool Contains(in CacheKey key)
    {
        var hash = key.GetHashCode();
        lock (_lock)
        {
            var slot = _slots[hash & (Slots - 1)];
            return slot.Hash == hash && slot.Until > time.GetTimestamp();
        }
    }

    public void Add(in CacheKey key)
    {
        var hash = key.GetHashCode();
        lock (_lock)
        {
            _slots[hash & (Slots - 1)] = (hash, time.GetTimestamp() + (long)(Lifetime.TotalSeconds * time.TimestampFrequency));
        }
    }
}
