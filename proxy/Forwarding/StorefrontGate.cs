using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// The outermost middleware of the storefront: nothing malformed gets past it, and a request that no upstream could answer leaves
/// with a small page instead of an empty one.
/// </summary>
internal sealed class StorefrontGate(RequestDelegate next, RequestGuard guard, IOptions<FacadeOptions> options, TimeProvider time)
{
    private readonly RequestLimits _limits = options.Value.Limits;

    public Task InvokeAsync(HttpContext context)
    {
        if (guard.Check(context) is { } fault)
        {
            return RefuseAsync(context, fault);
        }

        return context.Request.Headers.TransferEncoding.Count > 0 && _limits.ChunkedReadAheadBytes > 0
            ? InvokeChunkedAsync(context)
            : InvokeCheckedAsync(context);
    }

    private async Task InvokeCheckedAsync(HttpContext context)
    {
        await next(context);
        if (context.Response.HasStarted || context.Features.Get<IForwarderErrorFeature>() is not { } error)
        {
            return;
        }

        if (BadRequest(error.Exception) is { StatusCode: StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge } bad)
        {
            // The client's own doing: a body that came too slowly, or was too long.
            await RefuseAsync(context, bad.Message, bad.StatusCode);
        }
        else if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            await WriteProblemAsync(context, "The store did not answer.");
        }
    }

    private async Task InvokeChunkedAsync(HttpContext context)
    {
        await using var body = new ReadAheadBody(context.Request.Body);
        try
        {
            await body.FillAsync(_limits.ChunkedReadAheadBytes, _limits.ChunkedReadAheadTimeout, time);
        }
        catch (ConnectionResetException)
        {
            // The client has left; there is nobody to answer.
            context.Abort();
            return;
        }
        catch (IOException fault)
        {
            await RefuseAsync(context, fault.Message, (fault as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest);
            return;
        }

        context.Request.Body = body;
        await InvokeCheckedAsync(context);
    }

    private static BadHttpRequestException? BadRequest(Exception? fault) => fault switch
    {
        BadHttpRequestException bad => bad,
        AggregateException several => several.InnerExceptions.Select(BadRequest).FirstOrDefault(found => found is not null),
        _ => fault?.InnerException is { } inner ? BadRequest(inner) : null,
    };

    private static Task RefuseAsync(HttpContext context, string fault, int status = StatusCodes.Status400BadRequest)
    {
        context.Response.StatusCode = status;
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            // Where the next request would begin on this connection is anyone's guess.
            context.Response.Headers.Connection = "close";
        }

        return WriteProblemAsync(context, fault);
    }

    private static Task WriteProblemAsync(HttpContext context, string detail)
    {
        var status = context.Response.StatusCode;
        return context.Response.WriteAsJsonAsync(
            new GatewayProblem(ReasonPhrases.GetReasonPhrase(status), status, detail), GatewayProblemContext.Default.GatewayProblem,
            "application/problem+json", context.RequestAborted);
    }
}
