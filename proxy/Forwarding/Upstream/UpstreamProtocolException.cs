namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>The upstream sent something that is not an HTTP/1.x response.</summary>
public sealed class UpstreamProtocolException(string message) : IOException(message);
