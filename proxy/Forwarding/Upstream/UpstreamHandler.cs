using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>
/// The HTTP/1.1 client under YARP. It takes the request from the client's <see cref="HttpContext"/> and not from the message, so
/// that nothing is joined, reordered within a name, decoded or validated on the way; YARP keeps bodies, time limits and errors.
/// </summary>
internal sealed class UpstreamHandler(IOptions<FacadeOptions> options, ForwardedFields forwarded, TimeProvider time) : HttpMessageHandler
{
    private static readonly HttpRequestOptionsKey<HttpContext> ContextKey = new("Strangler.HttpContext");
    private readonly UpstreamOptions _options = options.Value.Upstream;
    private readonly ConcurrentDictionary<Uri, UpstreamPool> _pools = new();

    /// <summary>Names the client's request that the message stands for.</summary>
    public static void SetContext(HttpRequestMessage request, HttpContext context) => request.Options.Set(ContextKey, context);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(ContextKey, out var context) || request.RequestUri is not { } address)
        {
            throw new InvalidOperationException("The message was not made by the exact transformer.");
        }

        var pool = _pools.GetOrAdd(address, static (uri, handler) => handler.CreatePool(uri), this);
        if (pool.TryTake() is { } idle)
        {
            try
            {
                return await new Exchange(idle, context, request, _options, time, cancellationToken).RunAsync(forwarded);
            }
            catch (UnansweredException) when (IsRepeatable(context, request))
            {
                // The upstream closed an idle connection just when it was used. A new one is tried, once, and for a safe method only.
            }
        }

        var connection = await pool.ConnectAsync(cancellationToken);
        return await new Exchange(connection, context, request, _options, time, cancellationToken).RunAsync(forwarded);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var pool in _pools.Values)
        {
            pool.Dispose();
        }

        base.Dispose(disposing);
    }

    private UpstreamPool CreatePool(Uri address) => new(address, _options, time);

    private static bool IsRepeatable(HttpContext context, HttpRequestMessage request) =>
        request.Content is null
        && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method));
}
