using System.Globalization;
using Strangler.Proxy.Evaluation;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Gates;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Ramps;

/// <summary>Whether a ramp may go to its next step, and if not, what it waits for. The evaluator acts on it, the API shows it.</summary>
internal static class RampProgress
{
    /// <summary>Null: it waits for the gates alone.</summary>
    public static string? WaitsFor(
        Ramp ramp, RampConfig config, StageEntry entry, bool killSwitch, long comparedSinceMoved, IEnumerable<FreezeWindow> freezes, DateTimeOffset now)
    {
        if (killSwitch)
        {
            return "the kill switch, which is on: nobody is asked but Magento";
        }

        if (ramp.State == RampState.Holding && ramp.HoldSecondsLeft is > 0 and var hold)
        {
            return Text($"held for {hold:0} s more after a step back");
        }

        if (entry.Stage == Stage.Shadow && comparedSinceMoved < config.ShadowComparisons)
        {
            return Text($"{config.ShadowComparisons - comparedSinceMoved} more comparisons");
        }

        if (entry.Stage == Stage.Canary && ramp.StoodSeconds < config.StepSeconds)
        {
            return Text($"the step's time, {config.StepSeconds - ramp.StoodSeconds:0} s more");
        }

        return freezes.FirstOrDefault(freeze => freeze.Contains(now)) is { } frozen ? $"the end of a freeze: {frozen}" : null;
    }

    /// <summary>Pairs of answers compared since the slice stands where it stands.</summary>
    public static long Compared(Judgement judgement) =>
        judgement.Input is { } input ? input.History.Last(input.StoodSeconds).Both(EvidenceMetric.Compared) : 0;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
