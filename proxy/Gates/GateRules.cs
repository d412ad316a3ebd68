using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Gates;

/// <summary>A gate that applies, and whether the slice itself declares it.</summary>
internal readonly record struct AppliedGate(GateConfig Config, bool Declared);

/// <summary>Which gates stand before a stage: those of the slice, and the usual ones of the stage for what it does not mention.</summary>
internal static class GateRules
{
    private const int Day = 24 * 3600;

    private static readonly GateConfig[] Data =
    [
        new(GateMetrics.Lag, Max: 5000, WindowSeconds: 60, MinimumSamples: 1),
        new(GateMetrics.DeadLetters, Max: 0, MinimumSamples: 1),
        new(GateMetrics.DataDifferences, Max: 0, MinimumSamples: 1, MaximumAgeHours: 24),
    ];

    private static readonly GateConfig[] Service =
    [
        new(GateMetrics.ErrorRate, Max: 0.01),
        new(GateMetrics.LatencyP99Ratio, Max: 1),
        new(GateMetrics.ParityField, Max: 0.0003, WindowSeconds: Day, MinimumSamples: 1000),
    ];

    // They stop a slice that costs orders; too few orders to tell stop nothing.
    private static readonly GateConfig[] Shop =
    [
        new(GateMetrics.Orders, Min: 0.9, WindowSeconds: 3600, MinimumSamples: 30, Required: false),
        new(GateMetrics.CartAdds, Min: 0.9, WindowSeconds: 3600, MinimumSamples: 30, Required: false),
        new(GateMetrics.Logins, Min: 0.9, WindowSeconds: 3600, MinimumSamples: 30, Required: false),
    ];

    // 1,000 comparisons without a difference put the bound at 99.73 %, 10,000 at 99.97 %.
    private static readonly GateConfig[] Canary =
    [
        .. Data, .. Service,
        new(GateMetrics.Retention, Min: 24, MinimumSamples: 1),
        new(GateMetrics.Parity, Min: 0.997, WindowSeconds: Day, MinimumSamples: 1000),
    ];

    private static readonly GateConfig[] Wider =
    [
        .. Canary, .. Shop,
        new(GateMetrics.FallbackRate, Max: 0.01),
        new(GateMetrics.ErrorRateDelta, Max: 0.001),
    ];

    private static readonly GateConfig[] Live =
    [
        .. Wider.Where(gate => gate.Metric != GateMetrics.Parity),
        new(GateMetrics.Parity, Min: 0.9995, WindowSeconds: Day, MinimumSamples: 10_000),
    ];

    private static readonly GateConfig[] Retired =
    [
        new(GateMetrics.DeadLetters, Max: 0, MinimumSamples: 1),
        new(GateMetrics.DataDifferences, Max: 0, MinimumSamples: 1, MaximumAgeHours: 24),
        new(GateMetrics.ErrorRate, Max: 0.01),
        new(GateMetrics.FallbackRate, Max: 0.01),
    ];

    private static readonly GateConfig[] Writes =
    [
        new(GateMetrics.Lag, Max: 2000, WindowSeconds: 60, MinimumSamples: 1),
        new(GateMetrics.Rehearsal, MinimumSamples: 1, MaximumAgeHours: 24),
    ];

    /// <summary>The gates before a stage, for a slice that stands at another, or at a smaller share of it.</summary>
    public static IReadOnlyList<AppliedGate> Before(SliceConfig slice, Stage from, Stage to)
    {
        // Nobody sees what a shadow does; it is how the evidence comes to be.
        if (to is Stage.Legacy or Stage.Shadow)
        {
            return [];
        }

        var usual = to switch
        {
            Stage.Canary when from != Stage.Canary => Canary,
            Stage.Canary => Wider,
            Stage.Live => from == Stage.Canary ? Live : Live.Where(gate => gate.Metric is not (GateMetrics.FallbackRate or GateMetrics.ErrorRateDelta)),
            _ => Retired,
        };
        return Apply(slice, usual);
    }

    /// <summary>The gates whose breach sends a slice back from where it stands.</summary>
    public static IReadOnlyList<AppliedGate> While(SliceConfig slice, Stage stage) => stage switch
    {
        Stage.Canary => [.. Apply(slice, Wider).Where(gate => GateMetrics.SendsBack(gate.Config.Metric))],
        Stage.Live => [.. Apply(slice, Live).Where(gate => GateMetrics.SendsBack(gate.Config.Metric))],
        _ => [],
    };

    private static IReadOnlyList<AppliedGate> Apply(SliceConfig slice, IEnumerable<GateConfig> usual)
    {
        var declared = slice.Gates ?? [];
        var more = slice.Writes is null ? usual : usual.Where(gate => Writes.All(stricter => stricter.Metric != gate.Metric)).Concat(Writes);
        return
        [
            .. declared.Select(gate => new AppliedGate(gate, true)),
            .. more.Where(gate => declared.All(own => own.Metric != gate.Metric)).Select(gate => new AppliedGate(gate, false)),
        ];
    }

    /// <summary>What a schema cannot say about declared gates.</summary>
    public static IEnumerable<string> Faults(SliceConfig slice)
    {
        foreach (var gate in slice.Gates ?? [])
        {
            if (gate.Metric is GateMetrics.DataDifferences or GateMetrics.Rehearsal)
            {
                if (gate.MaximumAgeHours is null)
                {
                    yield return $"gate '{gate.Metric}' needs 'maximumAgeHours': what was proved once grows old";
                }
            }
            else if (gate.MaximumAgeHours is not null)
            {
                yield return $"gate '{gate.Metric}' is measured all the time and takes no 'maximumAgeHours'";
            }

            if (gate.MaximumDropped is not null && gate.Metric is not (GateMetrics.Parity or GateMetrics.ParityField))
            {
                yield return $"gate '{gate.Metric}' rests on no copies and takes no 'maximumDropped'";
            }

            var atLeast = gate.Metric is GateMetrics.Parity or GateMetrics.Retention or GateMetrics.Orders or GateMetrics.CartAdds or GateMetrics.Logins;
            if (gate.Metric != GateMetrics.Rehearsal && (atLeast ? gate.Min is null || gate.Max is not null : gate.Max is null || gate.Min is not null))
            {
                yield return $"gate '{gate.Metric}' takes {(atLeast ? "'min', and no 'max'" : "'max', and no 'min'")}";
            }
        }
    }
}
