using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.EdgeCache;

/// <summary>What a slice's promise about its data demands of a kept answer: as much as of the service's own.</summary>
internal sealed class CacheFreshness(IOptions<EdgeCacheOptions> options, WriteMarks marks, TimeProvider time)
{
    private readonly long _silence = Ticks(options.Value.SilenceSeconds * 1000, time);

    /// <summary>For a request: the moment up to which a kept answer must be proven right; null where it is enough that changes are heard at all.</summary>
    public long? DemandOf(HttpContext context, SliceRequest request)
    {
        var freshness = request.Route.Slice.Config.Freshness;
        return freshness?.Mode switch
        {
            FreshnessMode.Strict => request.StartedAt,
            // Not later than the arrival: a mark that is only found now was set before.
            FreshnessMode.Session => marks.LastOf(context) is { } written ? Math.Min(written + 1, request.StartedAt) : null,
            FreshnessMode.Bounded => BoundOf(freshness),
            _ => null,
        };
    }

    public long BoundOf(FreshnessConfig freshness) => time.GetTimestamp() - Ticks(freshness.Milliseconds ?? 0, time);

    /// <summary>Whether it is proven. Asked before one looks whether the answer was dropped.</summary>
    public bool Allows(ServiceProof proof, long? demand, FreshnessConfig? freshness) => freshness switch
    {
        // The demand of a bound was made at the arrival and moves on with the clock.
        { Mode: FreshnessMode.Bounded } => proof.ProvenAt >= BoundOf(freshness),
        _ when demand is { } moment => proof.ProvenAt >= moment,
        _ => proof.HeardAt >= time.GetTimestamp() - _silence,
    };

    private static long Ticks(double milliseconds, TimeProvider time) => (long)(milliseconds * time.TimestampFrequency / 1000);
}
