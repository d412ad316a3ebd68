namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>One field line of a response or of its trailers, as the upstream sent it.</summary>
public readonly record struct UpstreamField(string Name, string Value);
