using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.Forwarding;

/// <summary>Two that see the same answer.</summary>
internal sealed class TapPair(IUpstreamResponseTap first, IUpstreamResponseTap second) : IUpstreamResponseTap
{
    public void Begin(UpstreamResponse response)
    {
        first.Begin(response);
        second.Begin(response);
    }

    public void Take(ReadOnlySpan<byte> bytes)
    {
        first.Take(bytes);
        second.Take(bytes);
    }

    public void End()
    {
        first.End();
        second.End();
    }
}
