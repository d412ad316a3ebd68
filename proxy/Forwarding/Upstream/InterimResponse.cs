using Microsoft.AspNetCore.Connections.Features;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>Passes on an interim response such as 103 (Early Hints), for which the server has no interface.</summary>
internal static class InterimResponse
{
    /// <summary>
    /// Writes the head as it came, before the server has begun its own response. Over HTTP/2 and to a client that waits for a 100,
    /// which the server writes itself and perhaps at this moment, it is left out: interim responses are hints.
    /// </summary>
    public static async ValueTask ForwardAsync(HttpContext context, ReadOnlyMemory<byte> head)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol) && context.Request.Headers.Expect.Count == 0 && !context.Response.HasStarted
            && context.Features.Get<IConnectionTransportFeature>() is { } transport)
        {
            await transport.Transport.Output.WriteAsync(head, context.RequestAborted);
        }
    }
}
