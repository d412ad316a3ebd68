namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>A connection that was used before ended without one byte of an answer.</summary>
internal sealed class UnansweredException(Exception? inner) : IOException("The upstream closed the connection without an answer.", inner);
