namespace Strangler.Proxy.Decisions;

/// <summary>Decides who answers a request of a slice. The steps behind it act on the decision.</summary>
internal sealed class RouteDecisionMiddleware(RequestDelegate next, DecisionService decisions)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = SliceRequest.Of(context)!;
        request.Decision = await decisions.DecideAsync(context, request.Snapshot, request.Route);
        await next(context);
    }
}
