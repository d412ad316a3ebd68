using System.Runtime.CompilerServices;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Decisions;

/// <summary>A request that a slice takes, and what has become of it so far. Lies on the request's features while it goes through the slices' pipeline.</summary>
internal sealed class SliceRequest(RoutingSnapshot snapshot, SliceRoute route, long startedAt)
{
    /// <summary>The routing state of its arrival; later steps use this one, also when another has come in the meantime.</summary>
    public RoutingSnapshot Snapshot { get; private set; } = snapshot;

    public SliceRoute Route { get; private set; } = route;

    /// <summary>Timestamp of its arrival.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>Who is to answer, and why.</summary>
    public RouteDecision Decision { get; set; } = RouteDecision.Magento(DecisionReason.Stage);

    /// <summary>Why Magento answered although the decision said otherwise.</summary>
    public FallbackReason Fallback { get; set; }

    /// <summary>The facade's own store answered; neither side was asked.</summary>
    public bool IsFromCache { get; set; }

    /// <summary>It carries the mark of a rehearsal, and follows the rehearsal's system of record instead of the store's.</summary>
    public bool IsRehearsal { get; set; }

    public Side AnsweredBy => Fallback == FallbackReason.None ? Decision.Side : Side.Magento;

    /// <summary>The request's own, or null for one of no slice.</summary>
    public static SliceRequest? Of(HttpContext context) => context.Features.Get<SliceRequest>();

    /// <summary>For a request that had to wait: from now on it goes by what stands now. A slice that is not declared any more stays as it was.</summary>
    public void Renew(RoutingSnapshot snapshot)
    {
        if (snapshot.Find(Route.Slice.Id) is { } route)
        {
            (Snapshot, Route) = (snapshot, route);
        }
    }

    /// <summary>As told in <see cref="DebugAnswer.SideHeader"/>.</summary>
    public override string ToString()
    {
        var text = new DefaultInterpolatedStringHandler(32, 4);
        text.AppendLiteral(AnsweredBy == Side.Extracted ? "extracted" : "magento");
        text.AppendLiteral("; reason=");
        text.AppendFormatted(Fallback == FallbackReason.None
            ? SliceStats.ReasonWords[(int)Decision.Reason]
            : "fallback-" + SliceStats.FallbackWords[(int)Fallback]);
        text.AppendLiteral("; slice=");
        text.AppendFormatted(Route.Slice.Id);
        if (IsFromCache)
        {
            text.AppendLiteral("; cache=hit");
        }

        return text.ToStringAndClear();
    }
}
