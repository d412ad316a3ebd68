using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.EdgeCache;

/// <summary>Keeps an upstream's 5xx from the client where an old answer serves it better.</summary>
internal sealed class NoServerErrors : IUpstreamResponseFilter
{
    public static NoServerErrors Instance { get; } = new();

    public bool Accept(HttpContext context, UpstreamResponse response) => (int)response.StatusCode < StatusCodes.Status500InternalServerError;
}
