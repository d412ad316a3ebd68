using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Journeys;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Evidence.Shop;

/// <summary>
/// Counts orders, additions to carts and logins for the side that their visitor belongs to, for each slice that stands in canary: what the shop is
/// for, whatever the slice does. While no slice does, a request costs one reading of a field.
/// </summary>
internal sealed class ShopEventMiddleware
{
    private const int LargestBeginning = 16 * 1024;
    private const int LargestHeldAnswer = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly RequestDelegate _next;
    private readonly ShopEventPatterns _patterns;
    private readonly DecisionService _decisions;
    private readonly EvidenceRecorder _evidence;
    private readonly TimeProvider _time;
    private volatile SliceRoute[] _canaries = [];

    public ShopEventMiddleware(
        RequestDelegate next, RoutingStore routing, ShopEventPatterns patterns, DecisionService decisions, EvidenceRecorder evidence, TimeProvider time)
    {
        _next = next;
        _patterns = patterns;
        _decisions = decisions;
        _evidence = evidence;
        _time = time;
        routing.Changed += Take;
        Take(routing.Current);
    }

    public Task InvokeAsync(HttpContext context) =>
        _canaries.Length == 0 || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) ? _next(context) : WatchAsync(context);

    private async Task WatchAsync(HttpContext context)
    {
        if (_patterns.OfRequest(context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget) is { } metric)
        {
            EndJourneys(context, metric);
            await _next(context);
            await CountAsync(context, [metric]);
        }
        else if (IsGraphQl(context.Request))
        {
            await WatchGraphQlAsync(context);
        }
        else
        {
            await _next(context);
        }
    }

    private async Task WatchGraphQlAsync(HttpContext context)
    {
        var original = context.Request.Body;
        await using var body = new ReadAheadBody(original);
        await body.FillAsync((int)Math.Min(context.Request.ContentLength!.Value, LargestBeginning), Patience, _time);
        // The beginning's buffer may be used again once the body is sent on.
        var metrics = _patterns.OfGraphQl(body.Beginning).ToList();
        context.Request.Body = body;
        await (metrics.Contains(EvidenceMetric.Orders) && JourneyPins.HasAny(context) ? OrderByGraphQlAsync(context) : _next(context));
        context.Request.Body = original;
        await CountAsync(context, metrics);
    }

    /// <summary>Only the answer's body says whether there is an order, and its fields go before it: both wait until the body was read.</summary>
    private async Task OrderByGraphQlAsync(HttpContext context)
    {
        var response = context.Response;
        var client = context.Features.Get<IHttpResponseBodyFeature>()!;
        var held = new HeldAnswer(response.Body, LargestHeldAnswer);
        response.Body = held;
        try
        {
            await _next(context);
        }
        finally
        {
            context.Features.Set(client);
        }

        if (held.Whole is { IsEmpty: false } whole && !response.HasStarted
            && BodyDecoder.Decode(whole, response.Headers.ContentEncoding) is { } body && GraphQlAnswer.IsDone(body))
        {
            JourneyPins.End(context);
        }

        await held.ReleaseAsync(context.RequestAborted);
    }

    // Asked for the side after the answer, so that a visitor waits for nothing.
    private async ValueTask CountAsync(HttpContext context, List<EvidenceMetric> metrics)
    {
        if (metrics.Count == 0 || context.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            return;
        }

        foreach (var route in _canaries)
        {
            var side = await _decisions.CohortOfAsync(context, route);
            foreach (var metric in metrics)
            {
                _evidence.Count(route.Slice.Id, side, metric);
            }
        }
    }

    private static void EndJourneys(HttpContext context, EvidenceMetric metric)
    {
        if (metric == EvidenceMetric.Orders)
        {
            JourneyPins.End(context);
        }
    }

    // A client that waits to be asked for its body is not asked for our sake.
    private static bool IsGraphQl(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Path.Value is { } path && path.EndsWith("/graphql", StringComparison.Ordinal)
        && request.ContentLength is > 0 && request.Headers.Expect.Count == 0;

    private void Take(RoutingSnapshot snapshot) => _canaries = [.. snapshot.Routes.Where(route => route.Entry.Stage == Stage.Canary)];
}
