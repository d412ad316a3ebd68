using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Forwarding;

namespace Strangler.Proxy.Protection;

/// <summary>
/// Lets no more requests to Magento at once than it was built for. The others wait in their order; those that would wait too long, or behind too many,
/// are told so instead of making all others slow. Requests that a service answers never wait here.
/// </summary>
internal sealed class MagentoLimit : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ProtectionStats _stats;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly ConcurrencyLimiter? _places;

    public MagentoLimit(IOptions<ProtectionOptions> options, ProtectionStats stats, TimeProvider time)
    {
        (_stats, _time, _patience) = (stats, time, options.Value.MagentoQueueTimeout);
        if (options.Value.MagentoConcurrency is { } places)
        {
            Places = places;
            _places = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
            {
                PermitLimit = places,
                QueueLimit = options.Value.MagentoQueue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            });
        }
    }

    /// <summary>Null: without limit.</summary>
    public int? Places { get; }

    /// <summary>Requests that Magento works on, and that wait.</summary>
    public (long Busy, long Waiting) State => _places?.GetStatistics() is { } now ? (Places!.Value - now.CurrentAvailablePermits, now.CurrentQueuedCount) : (0, 0);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetReverseProxyFeature().Cluster.Config.ClusterId != FacadeRoutes.MagentoClusterId)
        {
            return next(context);
        }

        var place = _places!.AttemptAcquire();
        return place.IsAcquired ? GoAsync(context, next, place) : WaitAsync(context, next, place);
    }

    public void Dispose() => _places?.Dispose();

    private static async Task GoAsync(HttpContext context, RequestDelegate next, RateLimitLease place)
    {
        using (place)
        {
            await next(context);
        }
    }

    private async Task WaitAsync(HttpContext context, RequestDelegate next, RateLimitLease refused)
    {
        refused.Dispose();
        using var patience = new CancellationTokenSource(_patience, _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        RateLimitLease place;
        try
        {
            place = await _places!.AcquireAsync(1, end.Token);
        }
        catch (OperationCanceledException)
        {
            if (!context.RequestAborted.IsCancellationRequested)
            {
                await RefuseAsync(context, ProtectionStats.MagentoTooLate);
            }

            return;
        }

        if (place.IsAcquired)
        {
            await GoAsync(context, next, place);
            return;
        }

        place.Dispose();
        await RefuseAsync(context, ProtectionStats.MagentoFull);
    }

    private Task RefuseAsync(HttpContext context, string limit)
    {
        _stats.Refuse(limit);
        return Refusal.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "The store is busy. Try again in a moment.", RetryAfter);
    }
}
