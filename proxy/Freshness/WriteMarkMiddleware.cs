using Strangler.Proxy.Decisions;

namespace Strangler.Proxy.Freshness;

/// <summary>Notes who writes, while a slice that promises them to see it is open.</summary>
internal sealed class WriteMarkMiddleware(RequestDelegate next, RoutingStore routing, WriteMarks marks)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (routing.Current.HasSessionSlices && !IsSafe(context.Request.Method))
        {
            context.Response.OnStarting(
                static state =>
                {
                    var (marks, context) = ((WriteMarks, HttpContext))state;
                    marks.Mark(context);
                    return Task.CompletedTask;
                },
                (marks, context));
        }

        return next(context);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
}
