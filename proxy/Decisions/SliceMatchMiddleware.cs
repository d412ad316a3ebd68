using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Telemetry;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.Decisions;

/// <summary>Finds the slice of a request. One of no slice goes straight on to Magento; the others go through the slices' pipeline, and are counted.</summary>
/// <param name="next">What is done with a request of no slice; ends in the way to Magento.</param>
/// <param name="slices">What is done with a request of a slice; ends there too.</param>
/// <param name="routing">The slices.</param>
/// <param name="stats">Where they are counted.</param>
/// <param name="time">The clock.</param>
internal sealed class SliceMatchMiddleware(RequestDelegate next, RequestDelegate slices, RoutingStore routing, SliceStats stats, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        stats.CountRequest();
        var snapshot = routing.Current;
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (snapshot.Match(context.Request.Method, target) is { } route)
        {
            return HandleAsync(context, new SliceRequest(snapshot, route, time.GetTimestamp()));
        }

        if (DebugAnswer.IsWanted(context))
        {
            DebugAnswer.Show(context, null);
        }

        return next(context);
    }

    private async Task HandleAsync(HttpContext context, SliceRequest request)
    {
        context.Features.Set(request);
        if (DebugAnswer.IsWanted(context))
        {
            DebugAnswer.Show(context, request);
        }

        await slices(context);
        var failed = context.Response.StatusCode >= 500 || context.Features.Get<IForwarderErrorFeature>() is not null;
        stats.Record(context, request, time.GetElapsedTime(request.StartedAt), failed);
    }
}
