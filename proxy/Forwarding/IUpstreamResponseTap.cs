using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// Sees what an upstream sends to the client, as it passes. A middleware of the slices sets one as a feature of the request. It must be quick
/// and must not throw: it runs on the way of the answer.
/// </summary>
internal interface IUpstreamResponseTap
{
    /// <summary>An answer begins; the one before, if there was one, was thrown away.</summary>
    void Begin(UpstreamResponse response);

    /// <summary>The next bytes of the body, without framing.</summary>
    void Take(ReadOnlySpan<byte> bytes);

    /// <summary>The body has been read to its end.</summary>
    void End();
}
