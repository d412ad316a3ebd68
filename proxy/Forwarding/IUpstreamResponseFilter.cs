using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// Looks at a destination's response before anything of it goes to the client. A middleware of the slices sets one as a feature of
/// the request; when it refuses, the response is thrown away and the middleware may forward the request elsewhere.
/// </summary>
public interface IUpstreamResponseFilter
{
    /// <summary>Whether the client gets this response.</summary>
    bool Accept(HttpContext context, UpstreamResponse response);
}
