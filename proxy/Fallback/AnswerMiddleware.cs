using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Stages;
using Yarp.ReverseProxy;

namespace Strangler.Proxy.Fallback;

/// <summary>
/// The end of the slices' pipeline: a request that is the service's is reassigned to the slice's twin route, and back to Magento when the service
/// fails before its answer has begun. All others go on to Magento.
/// </summary>
internal sealed class AnswerMiddleware(RequestDelegate next, ServicePipelines pipelines, IProxyStateLookup proxy)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = SliceRequest.Of(context)!;
        if (request.Decision.Side == Side.Magento)
        {
            return next(context);
        }

        if (TryFindTwin(request.Route, out var forward))
        {
            return AskServiceAsync(context, request, forward);
        }

        // Between a reload of the slices and YARP's taking it there is a moment without the twin.
        request.Decision = RouteDecision.Magento(DecisionReason.NoSlice);
        return next(context);
    }

    /// <summary>Sends the request to the service; when that fails and Magento can answer, to Magento.</summary>
    private async Task AskServiceAsync(HttpContext context, SliceRequest request, RequestDelegate forward)
    {
        using var attempt = new ExtractedAttempt(context, MayFallBack(context, request.Route));
        var reason = await pipelines.Of(request.Route.Slice).CallAsync(attempt, forward);
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
            request.Fallback = reason;
            attempt.Undo();
            context.Request.Headers.Remove(ChangedKey.WantTagsField);
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
}
