using Strangler.Proxy.Flags;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>What a plain change of stage may not do to a slice that writes: say that the service answers for data that Magento owns, or the reverse.</summary>
internal static class WriteStageRule
{
    /// <summary>Why not, with the way out; null when it may.</summary>
    public static string? Fault(SliceConfig slice, StageEntry entry, Stage to)
    {
        if (slice.Writes is null)
        {
            return null;
        }

        if (entry.Writes.SwitchId is { } id)
        {
            return $"Switch {id} of {slice.Id} is under way. Wait for it, or ./strangler switch cancel {slice.Id}.";
        }

        return (entry.Writes.Record, to) switch
        {
            (Side.Magento, Stage.Live or Stage.Retired) =>
                $"{slice.Id} writes, and Magento owns its data: ./strangler switch {slice.Id} --to service moves them and the stage together.",
            (Side.Extracted, Stage.Legacy or Stage.Shadow or Stage.Canary) =>
                $"{slice.Id} writes, and the service owns its data: ./strangler switch {slice.Id} --to magento brings them back and the stage with them. The kill switch sends everything to Magento at once, with what it has.",
            _ => null,
        };
    }
}
