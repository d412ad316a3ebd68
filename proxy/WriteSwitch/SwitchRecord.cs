using System.Text.Json.Serialization;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>Where a switch of writes is. What is undone when it stops there is said of each.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<SwitchStep>))]
public enum SwitchStep
{
    /// <summary>Whether it may begin: the way back first. Nothing to undo.</summary>
    Checking,

    /// <summary>Letting the data catch up and comparing them while everything runs. Nothing to undo.</summary>
    Preparing,

    /// <summary>Every replica confirms that it knows of the coming freeze. Undone by disarming.</summary>
    Arming,

    /// <summary>Every replica holds the slice's unsafe requests and has none under way. Undone by letting them go to where they went.</summary>
    Freezing,

    /// <summary>What the losing side has committed reaches the winning one. Undone as <see cref="Freezing"/>.</summary>
    Draining,

    /// <summary>The two sides are compared while nothing changes. Undone as <see cref="Freezing"/>.</summary>
    Verifying,

    /// <summary>The record has moved, in one transaction, and with it the freeze ended. Undone by a switch the other way.</summary>
    Releasing,

    Ended,
}

/// <summary>How a switch ended.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<SwitchOutcome>))]
public enum SwitchOutcome
{
    Switched,

    /// <summary>A dry run found nothing against it.</summary>
    WouldSwitch,

    /// <summary>Something speaks against it; nothing was begun.</summary>
    Refused,

    /// <summary>Begun and undone: everything is as it was.</summary>
    Cancelled,
}

/// <summary>What is asked for.</summary>
internal sealed record SwitchOrder(string Slice, WriteScope Scope, Side From, Side To, bool DryRun, string Who, string Reason)
{
    /// <summary>A gate does not pass and a person goes past it: the audit log says so when the switch begins.</summary>
    public bool Overrides { get; init; }
}

/// <summary>One thing that happened in a switch.</summary>
/// <param name="Step">In which step.</param>
/// <param name="At">When, by the control database's clock.</param>
/// <param name="Text">What, for people.</param>
/// <param name="Ok">False: it speaks against going on.</param>
public sealed record SwitchLine(SwitchStep Step, DateTimeOffset At, string Text, bool Ok);

/// <summary>What a replica said in a switch.</summary>
/// <param name="Replica">Its id.</param>
/// <param name="Gate">How its gate stands.</param>
/// <param name="InFlight">Unsafe requests of the slice under way there.</param>
/// <param name="Held">Requests that waited there in this switch.</param>
/// <param name="Refused">Requests that could not wait, or not long enough.</param>
/// <param name="Version">The stage snapshot it routes by.</param>
/// <param name="ConfirmedAt">When it said so.</param>
public sealed record SwitchReplicaView(string Replica, WriteGateState Gate, int InFlight, int Held, int Refused, long Version, DateTimeOffset ConfirmedAt);

/// <summary>A switch of writes, under way or ended.</summary>
/// <param name="Id">Rises.</param>
/// <param name="Slice">The slice.</param>
/// <param name="Scope">Everybody's requests, or a rehearsal's.</param>
/// <param name="From">The side that owned the data.</param>
/// <param name="To">The side that is to own them.</param>
/// <param name="DryRun">Nothing is frozen and nothing moved.</param>
/// <param name="Who">Who asked.</param>
/// <param name="Reason">Why.</param>
/// <param name="Step">Where it is.</param>
/// <param name="Outcome">Null while under way.</param>
/// <param name="Detail">Why it was refused or cancelled; what was left to say.</param>
/// <param name="StartedAt">By the control database's clock, like the others.</param>
/// <param name="FrozenAt">When the freeze was ordered.</param>
/// <param name="ReleasedAt">When its end was.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Coordinator">The replica that runs it.</param>
public sealed record SwitchView(
    long Id, string Slice, WriteScope Scope, Side From, Side To, bool DryRun, string Who, string Reason, SwitchStep Step, SwitchOutcome? Outcome,
    string? Detail, DateTimeOffset StartedAt, DateTimeOffset? FrozenAt, DateTimeOffset? ReleasedAt, DateTimeOffset? FinishedAt, string Coordinator)
{
    /// <summary>How long unsafe requests had to wait at most.</summary>
    public double? FrozenMilliseconds => (ReleasedAt - FrozenAt)?.TotalMilliseconds;

    public double? Milliseconds => (FinishedAt - StartedAt)?.TotalMilliseconds;

    /// <summary>What happened, in its order.</summary>
    public IReadOnlyList<SwitchLine> Steps { get; init; } = [];

    public IReadOnlyList<SwitchReplicaView> Replicas { get; init; } = [];

    [JsonIgnore]
    internal int Epoch { get; init; }
}
