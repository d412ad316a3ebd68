using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Control;

/// <summary>What a change must look like to be taken. Each check returns what is wrong, or null.</summary>
internal static class StageRequestRules
{
    private const int MaximumReasonLength = 1000;

    public static string? Fault(StageRequest request, SliceView slice)
    {
        if (!TryParse(request.Stage, out var stage))
        {
            return "'stage' must be legacy, shadow, canary, live or retired";
        }

        if (stage == Stage.Canary && PercentOf(request, slice) is not (>= 0 and <= 100))
        {
            return "canary needs 'percent', 0 to 100 (0 with rules that include somebody)";
        }

        if (stage != Stage.Canary && request.Percent is not null)
        {
            return $"'percent' belongs to canary, not to {request.Stage}";
        }

        if (stage == Stage.Retired && slice.Stage is not (Stage.Live or Stage.Retired))
        {
            return $"only a live slice can be retired; {slice.Id} is {StageStore.Word(slice.Stage)}";
        }

        return ReasonFault(request.Reason);
    }

    public static bool TryParse(string? text, out Stage stage)
    {
        stage = default;
        return text is [var first, ..] && char.IsAsciiLetter(first) && Enum.TryParse(text, ignoreCase: true, out stage) && Enum.IsDefined(stage);
    }

    /// <summary>The share asked for; without one, a canary keeps the share it has.</summary>
    public static double? PercentOf(StageRequest request, SliceView slice) =>
        request.Percent ?? (slice.Stage == Stage.Canary ? slice.Percent : null);

    public static string? ReasonFault(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? "'reason' must say why"
        : reason.Length > MaximumReasonLength ? $"'reason' has more than {MaximumReasonLength} characters"
        : null;
}
