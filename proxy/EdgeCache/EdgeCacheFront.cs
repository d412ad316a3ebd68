using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Rehearsing;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.EdgeCache;

/// <summary>
/// The short way to a kept answer, before routing and the slices' steps: for live slices, whose side is the same for everybody, and promises that ask nobody. Whatever it
/// does not find goes the long way and is judged there.
/// </summary>
internal sealed class EdgeCacheFront(
    RequestDelegate next, RoutingStore routing, AnswerStore answers, CacheFreshness freshness, CacheStats cached, SliceStats stats, AnswerWriter writer, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        var snapshot = routing.Current;
        return snapshot.HasShortWays && Find(context, snapshot) is { } answer ? writer.WriteAsync(context, answer) : next(context);
    }

    private CachedAnswer? Find(HttpContext context, RoutingSnapshot snapshot)
    {
        var method = context.Request.Method;
        if ((!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)) || IsSpecial(context.Request.Headers))
        {
            return null;
        }

        if (snapshot.Match(method, context.Features.Get<IHttpRequestFeature>()!.RawTarget) is not { HasShortWay: true } route)
        {
            return null;
        }

        var startedAt = time.GetTimestamp();
        var config = route.Slice.Config;
        if (!CacheKey.TryOf(context, config.Id, config.Cache!, out var key) || answers.Find(key) is not { } answer
            // In this order; see ServiceProof.
            || !freshness.Allows(answer.Proof!, null, config.Freshness) || answer.IsDropped || startedAt >= answer.ExpiresAt)
        {
            return null;
        }

        answer.IsUsed = true;
        cached.Of(config.Id).Hit();
        stats.RecordHit(config.Id, time.GetElapsedTime(startedAt));
        return answer;
    }

    // Tests, overrides and rehearsals want to be decided upon.
    private static bool IsSpecial(IHeaderDictionary headers) =>
        headers.ContainsKey(DebugAnswer.DebugHeader) || headers.ContainsKey(OverrideToken.HeaderName) || headers.ContainsKey(RehearsalMark.HeaderName);
}
