using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.Decisions;

/// <summary>
/// Decides per request who answers, inside YARP's pipeline: a request of no slice goes straight on to Magento; one that is the service's is
/// reassigned to the slice's twin route, and back to Magento when the service fails before its answer has begun.
/// </summary>
internal sealed class RouteDecisionMiddleware(
    RequestDelegate next, RoutingStore routing, DecisionService decisions, ServicePipelines pipelines, IProxyStateLookup proxy, SliceStats stats,
    TimeProvider time)
{
    /// <summary>Asked for with any value, <see cref="SideHeader"/> says who answered.</summary>
    public const string DebugHeader = "X-Strangler-Debug";
    public const string SideHeader = "X-Strangler-Side";

    public Task InvokeAsync(HttpContext context)
    {
        stats.CountRequest();
        var snapshot = routing.Current;
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var route = snapshot.Match(context.Request.Method, target);
        if (route is not null)
        {
            return HandleAsync(context, snapshot, route);
        }

        if (context.Request.Headers.ContainsKey(DebugHeader))
        {
            Show(context, new DecisionTrace { Decision = RouteDecision.Magento(DecisionReason.NoSlice) });
        }

        return next(context);
    }

    private async Task HandleAsync(HttpContext context, RoutingSnapshot snapshot, SliceRoute route)
    {
        var start = time.GetTimestamp();
        var trace = new DecisionTrace { Slice = route.Slice.Id, Decision = await decisions.DecideAsync(context, snapshot, route) };
        if (context.Request.Headers.ContainsKey(DebugHeader))
        {
            Show(context, trace);
        }

        if (trace.Decision.Side == Side.Magento)
        {
            await next(context);
        }
        else if (TryFindTwin(route, out var forward))
        {
            await AskServiceAsync(context, route, forward, trace);
        }
        else
        {
            // Between a reload of the slices and YARP's taking it there is a moment without the twin.
            trace.Decision = RouteDecision.Magento(DecisionReason.NoSlice);
            await next(context);
        }

        var answeredBy = trace.AnsweredBy;
        var failed = context.Response.StatusCode >= 500 || context.Features.Get<IForwarderErrorFeature>() is not null;
        stats.Record(route, trace.Decision, answeredBy, trace.Fallback, time.GetElapsedTime(start), failed);
    }

    /// <summary>Sends the request to the service; when that fails and Magento can answer, to Magento.</summary>
    private async Task AskServiceAsync(HttpContext context, SliceRoute route, RequestDelegate forward, DecisionTrace trace)
    {
        using var attempt = new ExtractedAttempt(context, MayFallBack(context, route));
        var reason = await pipelines.Of(route.Slice).CallAsync(attempt, forward);
        if (reason == FallbackReason.None)
        {
            return;
        }

        if (context.Response.HasStarted)
        {
            // Given up in the very moment the answer began: the client must see a broken answer, not a mixture.
            context.Abort();
        }
        else if (attempt.MayFallBack)
        {
            trace.Fallback = reason;
            attempt.Undo();
            Reassign(context, FacadeRoutes.CatchAllRouteId, FacadeRoutes.MagentoClusterId);
            await next(context);
        }
        else
        {
            Refuse(context, reason);
        }
    }

    /// <summary>A failure with no way back. What YARP has already said (502, 504) stays; what was not even sent is 503.</summary>
    private static void Refuse(HttpContext context, FallbackReason reason)
    {
        if (reason is FallbackReason.CircuitOpen or FallbackReason.Bulkhead)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "1";
        }
        else if (reason == FallbackReason.Timeout)
        {
            context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
        }
    }

    /// <summary>Safe methods without a body, and only while Magento still has the data.</summary>
    private static bool MayFallBack(HttpContext context, SliceRoute route) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method))
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true
        && route.Entry.Stage != Stage.Retired;

    private bool TryFindTwin(SliceRoute route, out RequestDelegate forward)
    {
        var found = proxy.TryGetRoute(route.Slice.ExtractedRouteId, out _)
            && proxy.TryGetCluster(SliceProxyConfig.ClusterIdOf(route.Slice.Config.Service), out _);
        forward = context =>
        {
            Reassign(context, route.Slice.ExtractedRouteId, SliceProxyConfig.ClusterIdOf(route.Slice.Config.Service));
            return next(context);
        };
        return found;
    }

    private void Reassign(HttpContext context, string routeId, string clusterId)
    {
        if (proxy.TryGetRoute(routeId, out var route) && proxy.TryGetCluster(clusterId, out var cluster))
        {
            context.ReassignProxyRequest(route, cluster);
        }
    }

    private static void Show(HttpContext context, DecisionTrace trace) => context.Response.OnStarting(
        static state =>
        {
            var (context, trace) = ((HttpContext, DecisionTrace))state;
            context.Response.Headers[SideHeader] = trace.ToString();
            return Task.CompletedTask;
        },
        (context, trace));

    /// <summary>What is told about one request; filled in as it goes.</summary>
    private sealed class DecisionTrace
    {
        public string? Slice { get; init; }

        public RouteDecision Decision { get; set; }

        public FallbackReason Fallback { get; set; }

        public Side AnsweredBy => Fallback == FallbackReason.None ? Decision.Side : Side.Magento;

        public override string ToString()
        {
            var text = new DefaultInterpolatedStringHandler(32, 4);
            text.AppendLiteral(AnsweredBy == Side.Extracted ? "extracted" : "magento");
            text.AppendLiteral("; reason=");
            text.AppendFormatted(Fallback == FallbackReason.None
                ? SliceStats.ReasonWords[(int)Decision.Reason]
                : "fallback-" + SliceStats.FallbackWords[(int)Fallback]);
            if (Slice is not null)
            {
                text.AppendLiteral("; slice=");
                text.AppendFormatted(Slice);
            }

            return text.ToStringAndClear();
        }
    }
}
