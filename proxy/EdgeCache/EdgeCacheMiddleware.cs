using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.EdgeCache.Shared;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.EdgeCache;

/// <summary>
/// Answers requests of a slice that are its service's from the store, where the slice's promise allows it; else asks, once for all who want the same, and keeps what
/// comes. When neither side can answer, an old answer may do.
/// </summary>
internal sealed class EdgeCacheMiddleware(
    RequestDelegate next, AnswerStore answers, ChangeFeed feed, CacheFreshness freshness, CacheStats stats, AnswerWriter writer, Uncacheable uncacheable, SharedAnswers shared,
    IOptions<EdgeCacheOptions> options, TimeProvider time)
{
    // Who has waited for two answers in vain asks for itself.
    private const int MaximumRounds = 2;

    private readonly ConcurrentDictionary<CacheKey, AnswerFill> _fills = new();

    public Task InvokeAsync(HttpContext context)
    {
        var request = SliceRequest.Of(context)!;
        return request.Route.Slice.Config.Cache is { } config && IsServices(request) && IsRead(context.Request.Method)
            && CacheKey.TryOf(context, request.Route.Slice.Id, config, out var key)
                ? AnswerAsync(context, new Asked(request, config, key, stats.Of(request.Route.Slice.Id), freshness.DemandOf(context, request)))
                : next(context);
    }

    /// <summary>A person's override wants the service itself, a rehearsal too. With its circuit open, what it said earlier may do.</summary>
    private static bool IsServices(SliceRequest request) =>
        !request.IsRehearsal && (request.Decision.Reason is DecisionReason.Live or DecisionReason.InCohort or DecisionReason.CircuitOpen || request.Decision is { Side: Side.Extracted, Reason: DecisionReason.Journey });

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private async Task AnswerAsync(HttpContext context, Asked asked)
    {
        if (asked.Demand is { } moment && asked.Freshness is { Mode: FreshnessMode.Session or FreshnessMode.Strict } promise && answers.Find(asked.Key) is not null)
        {
            // The read model is there already; what is told of it is milliseconds behind at most.
            await feed.Of(asked.Service).UntilAsync(moment, TimeSpan.FromMilliseconds(promise.WaitMilliseconds), time, context.RequestAborted);
        }

        for (var round = 0; ; round++)
        {
            if (Find(asked, out var stale) is { } found)
            {
                await ServeAsync(context, asked, found, round > 0);
                return;
            }

            if (round > MaximumRounds || !MayFill(context, asked))
            {
                await AskAsync(context, asked, null, stale);
                return;
            }

            if (round == 0 && shared.IsUsed && stale is null)
            {
                await shared.TakeAsync(asked.Request.Route.Slice, asked.Key);
                if (Find(asked, out stale) is { } taken)
                {
                    await ServeAsync(context, asked, taken, waited: false);
                    return;
                }
            }

            var own = new AnswerFill(asked.Key, asked.Request, asked.Config, answers, feed, shared, asked.Counts, options.Value.MaximumAnswerBytes, Forget, time);
            var fill = _fills.GetOrAdd(own.Key, own);
            if (fill == own)
            {
                await FillAsync(context, asked, own, stale);
                return;
            }

            if (!await WaitAsync(context, asked, fill))
            {
                await AskAsync(context, asked, null, stale);
                return;
            }
        }
    }

    // True: it is worth looking again.
    private async Task<bool> WaitAsync(HttpContext context, Asked asked, AnswerFill fill)
    {
        try
        {
            return await fill.Ended.WaitAsync(TimeSpan.FromMilliseconds(asked.Request.Route.Slice.Limits.TimeoutMilliseconds), time, context.RequestAborted) != FillOutcome.NotForKeeping;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private bool MayFill(HttpContext context, Asked asked) =>
        asked.Request.Decision.Side == Side.Extracted && HttpMethods.IsGet(context.Request.Method)
        // What a client compares with its own copy may be answered without a body.
        && context.Request.Headers.IfNoneMatch.Count + context.Request.Headers.IfModifiedSince.Count == 0
        && !uncacheable.Contains(asked.Key);

    private CachedAnswer? Find(Asked asked, out CachedAnswer? stale)
    {
        stale = null;
        if (answers.Find(asked.Key) is not { } answer)
        {
            return null;
        }

        // In this order; see ServiceProof.
        var isProven = freshness.Allows(answer.Proof!, asked.Demand, asked.Freshness);
        if (answer.IsDropped)
        {
            return null;
        }

        var now = time.GetTimestamp();
        if (now >= answer.GoneAt)
        {
            answers.Drop(answer);
            return null;
        }

        if (isProven && now < answer.ExpiresAt)
        {
            return answer;
        }

        if (!isProven)
        {
            asked.Counts.Unproven();
        }

        stale = asked.Demand is null && asked.Config.GraceSeconds > 0 ? answer : null;
        return null;
    }

    private Task ServeAsync(HttpContext context, Asked asked, CachedAnswer answer, bool waited)
    {
        asked.Counts.Hit();
        if (waited)
        {
            asked.Counts.Join();
        }

        answer.IsUsed = true;
        var request = asked.Request;
        request.IsFromCache = true;
        request.Decision = RouteDecision.Extracted(request.Route.Entry.Stage == Stage.Canary ? DecisionReason.InCohort : DecisionReason.Live);
        return writer.WriteAsync(context, answer);
    }

    private async Task FillAsync(HttpContext context, Asked asked, AnswerFill fill, CachedAnswer? stale)
    {
        try
        {
            context.Features.Set<IUpstreamResponseTap>(fill);
            context.Request.Headers[ChangedKey.WantTagsField] = "1";
            await AskAsync(context, asked, fill, stale);
        }
        finally
        {
            fill.Close();
            context.Features.Set<IUpstreamResponseTap>(null);
            if (await fill.Ended == FillOutcome.NotForKeeping)
            {
                uncacheable.Add(fill.Key);
            }
        }
    }

    private void Forget(AnswerFill fill) => _fills.TryRemove(KeyValuePair.Create(fill.Key, fill));

    private async Task AskAsync(HttpContext context, Asked asked, AnswerFill? fill, CachedAnswer? stale)
    {
        asked.Counts.Miss();
        if (stale is null)
        {
            await next(context);
            return;
        }

        context.Features.Set<IUpstreamResponseFilter>(NoServerErrors.Instance);
        await next(context);
        context.Features.Set<IUpstreamResponseFilter>(null);
        if (context.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status500InternalServerError } && !context.RequestAborted.IsCancellationRequested && !stale.IsDropped)
        {
            fill?.Close();
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.Clear();
            asked.Counts.Need();
            asked.Request.IsFromCache = true;
            await writer.WriteAsync(context, stale);
        }
    }

    private sealed record Asked(SliceRequest Request, CacheConfig Config, CacheKey Key, CacheCounts Counts, long? Demand)
    {
        public string Service => Request.Route.Slice.Config.Service;

        public FreshnessConfig? Freshness => Request.Route.Slice.Config.Freshness;
    }
}
