using Strangler.Proxy.Flags;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>One row of <c>write_switch</c>.</summary>
internal sealed class SwitchRow
{
    public long Id { get; init; }

    public string SliceId { get; init; } = "";

    public string Scope { get; init; } = "";

    public string FromSide { get; init; } = "";

    public string ToSide { get; init; } = "";

    public bool DryRun { get; init; }

    public string Who { get; init; } = "";

    public string Reason { get; init; } = "";

    public string Step { get; init; } = "";

    public string? Outcome { get; init; }

    public string? Detail { get; init; }

    public DateTime StartedAt { get; init; }

    public DateTime? FrozenAt { get; init; }

    public DateTime? ReleasedAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    public string Coordinator { get; init; } = "";

    public int Epoch { get; init; }

    public string? CancelBy { get; init; }

    public string? CancelReason { get; init; }

    public SwitchView ToView() => new(
        Id, SliceId, Enum.Parse<WriteScope>(Scope, ignoreCase: true), Enum.Parse<Side>(FromSide, ignoreCase: true), Enum.Parse<Side>(ToSide, ignoreCase: true),
        DryRun, Who, Reason, Enum.Parse<SwitchStep>(Step, ignoreCase: true), Outcome is null ? null : Enum.Parse<SwitchOutcome>(Outcome, ignoreCase: true),
        Detail, Utc(StartedAt), Utc(FrozenAt), Utc(ReleasedAt), Utc(FinishedAt), Coordinator)
    {
        Epoch = Epoch,
    };

    internal static DateTimeOffset Utc(DateTime value) => new(DateTime.SpecifyKind(value, DateTimeKind.Utc));

    private static DateTimeOffset? Utc(DateTime? value) => value is { } known ? Utc(known) : null;
}

/// <summary>One row of <c>write_switch_replica</c>.</summary>
internal sealed class SwitchReplicaRow
{
    public string Replica { get; init; } = "";

    public string Gate { get; init; } = "";

    public int InFlight { get; init; }

    public int Held { get; init; }

    public int Refused { get; init; }

    public long Version { get; init; }

    public DateTime ConfirmedAt { get; init; }

    public SwitchReplicaView ToView() =>
        new(Replica, Enum.Parse<WriteGateState>(Gate, ignoreCase: true), InFlight, Held, Refused, Version, SwitchRow.Utc(ConfirmedAt));
}

/// <summary>One row of <c>write_switch_step</c>.</summary>
internal sealed class SwitchStepRow
{
    public string Step { get; init; } = "";

    public DateTime At { get; init; }

    public string Text { get; init; } = "";

    public bool Ok { get; init; }

    public SwitchLine ToLine() => new(Enum.Parse<SwitchStep>(Step, ignoreCase: true), SwitchRow.Utc(At), Text, Ok);
}
