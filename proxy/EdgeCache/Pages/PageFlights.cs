using System.Collections.Concurrent;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>Pages and fragments under way from Magento: one for all who want the same.</summary>
internal sealed class PageFlights(AnswerStore answers, Uncacheable uncacheable)
{
    private readonly ConcurrentDictionary<CacheKey, PageFlight> _flights = new();

    /// <summary>Whether the last answer was not for keeping: nobody waits for another's then.</summary>
    public bool IsUncacheable(in CacheKey key) => uncacheable.Contains(key);

    public bool IsUnderWay(in CacheKey key) => _flights.ContainsKey(key);

    /// <summary>A new flight, or the one that is under way already.</summary>
    public PageFlight Join(in CacheKey key, out bool isOwn)
    {
        var own = new PageFlight(key.ToKept(), this);
        var flight = _flights.GetOrAdd(own.Key, own);
        isOwn = flight == own;
        return flight;
    }

    private void End(PageFlight flight, FillOutcome outcome)
    {
        _flights.TryRemove(KeyValuePair.Create(flight.Key, flight));
        if (outcome == FillOutcome.NotForKeeping)
        {
            uncacheable.Add(flight.Key);
            if (answers.Find(flight.Key) is { } old)
            {
                // Magento has made something else of it.
                answers.Drop(old);
            }
        }
    }

    /// <summary>One of them. Who has begun it ends it, whatever happens.</summary>
    internal sealed class PageFlight(CacheKey key, PageFlights flights)
    {
        private readonly TaskCompletionSource<FillOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CacheKey Key { get; } = key;

        public Task<FillOutcome> Ended => _ended.Task;

        public void End(FillOutcome outcome)
        {
            if (!_ended.Task.IsCompleted)
            {
                // Those who wait look again then, and must not find this one once more.
                flights.End(this, outcome);
                _ended.TrySetResult(outcome);
            }
        }
    }
}
