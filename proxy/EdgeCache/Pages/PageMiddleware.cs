using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Stages;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>
/// Stands in for Varnish in front of Magento: answers from what Magento said may be shared, asks once for all who want the same, puts fragments into pages. What may not
/// be shared passes, pages among it with their fragments. Of a slice's requests only what Magento answers concerns it.
/// </summary>
internal sealed class PageMiddleware(
    RequestDelegate next, PageKeys keys, PageStore store, PageFlights flights, PageFetcher fetcher, PageAssembler assembler, PageWriter writer, IOptions<PageOptions> options,
    IOptions<EdgeCacheOptions> cache, TimeProvider time)
{
    // Who has waited for two answers in vain asks for itself.
    private const int MaximumRounds = 2;

    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.Value.FetchSeconds);

    public Task InvokeAsync(HttpContext context) =>
        PageTarget.GoesPast(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget) || context.Request.Headers.Upgrade.Count > 0
            || context.GetReverseProxyFeature().Cluster.Config.ClusterId != FacadeRoutes.MagentoClusterId ? next(context)
        : IsMagentosOwn(SliceRequest.Of(context)) && keys.TryOf(context, out var key) ? AnswerAsync(context, key)
        : AskAsync(context, null, null, null);

    // From shadow on Magento itself is asked, because its answers are compared, and measured beside the service's.
    private static bool IsMagentosOwn(SliceRequest? slice) => slice is null or { Route.Entry.Stage: Stage.Legacy, Decision.Reason: DecisionReason.Stage, Fallback: FallbackReason.None };

    private async Task AnswerAsync(HttpContext context, CacheKey key)
    {
        for (var round = 0; ; round++)
        {
            var page = store.Find(key, out var age);
            if (page is not null && age != PageAge.Old)
            {
                await ServeAsync(context, page, age, round > 0);
                return;
            }

            if (round > MaximumRounds || !HttpMethods.IsGet(context.Request.Method) || flights.IsUncacheable(key))
            {
                await AskAsync(context, key.Target, null, page);
                return;
            }

            var flight = flights.Join(key, out var isOwn);
            if (isOwn || !await IsWorthLookingAsync(context, flight))
            {
                await AskAsync(context, key.Target, isOwn ? flight : null, page);
                return;
            }
        }
    }

    private async Task<bool> IsWorthLookingAsync(HttpContext context, PageFlights.PageFlight flight)
    {
        try
        {
            return await flight.Ended.WaitAsync(_patience, time, context.RequestAborted) != FillOutcome.NotForKeeping;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task ServeAsync(HttpContext context, CachedAnswer page, PageAge age, bool waited)
    {
        if (age == PageAge.Grace && !flights.IsUnderWay(page.Key))
        {
            _ = fetcher.GetAsync(PageFetcher.RequestOf(context, page.Key.Target), renew: true);
        }

        store.Counts.Hit();
        if (waited)
        {
            store.Counts.Join();
        }

        await writer.WriteAsync(context, page, age == PageAge.Grace ? PageOutcome.Stale : PageOutcome.Hit);
    }

    private async Task AskAsync(HttpContext context, string? target, PageFlights.PageFlight? flight, CachedAnswer? stale)
    {
        // Before Magento is asked: what is purged from here on may be missing in its answer.
        var askedAt = store.Changes;
        var exchange = new PageExchange(context, assembler, flight, target, stale is not null, cache.Value.MaximumAnswerBytes);
        try
        {
            if (target is not null)
            {
                store.Counts.Miss();
            }

            exchange.Begin();
            await next(context);
            var failed = context.Features.Get<IForwarderErrorFeature>() is not null || context.RequestAborted.IsCancellationRequested;
            if (await exchange.EndAsync(failed) is { } answer && flight is not null)
            {
                var page = store.Make(flight.Key, answer, exchange.Seconds);
                flight.End(store.TryKeep(page, askedAt) ? FillOutcome.Kept : FillOutcome.Failed);
                await SendAsync(context, page, PageOutcome.Miss);
            }
            else if (stale is { IsDropped: false } && context.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status500InternalServerError } && !context.RequestAborted.IsCancellationRequested)
            {
                store.Counts.Need();
                await SendAsync(context, stale, PageOutcome.Stale);
            }
        }
        catch
        {
            await exchange.EndAsync(failed: true);
            throw;
        }
        finally
        {
            flight?.End(FillOutcome.Failed);
        }
    }

    private ValueTask SendAsync(HttpContext context, CachedAnswer page, PageOutcome outcome)
    {
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.Clear();
        return writer.WriteAsync(context, page, outcome);
    }
}
