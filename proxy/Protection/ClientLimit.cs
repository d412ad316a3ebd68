using System.Threading.RateLimiting;

namespace Strangler.Proxy.Protection;

/// <summary>A token bucket for each client.</summary>
internal sealed class ClientLimit : IDisposable
{
    private readonly PartitionedRateLimiter<int> _buckets;

    public ClientLimit(string name, int requestsPerMinute, int? burst)
    {
        (Name, RequestsPerMinute, Burst) = (name, requestsPerMinute, burst ?? requestsPerMinute);
        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1.0 / requestsPerMinute),
            QueueLimit = 0,
            AutoReplenishment = false,
        };
        _buckets = PartitionedRateLimiter.Create<int, int>(slot => RateLimitPartition.GetTokenBucketLimiter(slot, _ => options));
    }

    /// <summary>What the limit is of: the storefront, a route, a slice.</summary>
    public string Name { get; }

    public int RequestsPerMinute { get; }

    public int Burst { get; }

    /// <summary>Null: the request may go on. Else the time after which the next one may.</summary>
    public TimeSpan? Take(int client)
    {
        using var lease = _buckets.AttemptAcquire(client);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1.0 / RequestsPerMinute);
    }

    public void Dispose() => _buckets.Dispose();
}
