using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Ramps;

/// <summary>A place on a ramp.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Percent">The canary's share; 0 elsewhere.</param>
public sealed record RampStep(Stage Stage, double Percent)
{
    public override string ToString() =>
        Stage == Stage.Canary ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"canary {Percent:0.###} %") : StageStore.Word(Stage);
}

/// <summary>The steps of a ramp in their order: shadow, the canary's shares, live.</summary>
internal static class RampPlan
{
    public static IReadOnlyList<RampStep> Steps(RampConfig config) =>
        [new(Stage.Shadow, 0), .. config.Steps.Select(percent => percent >= 100 ? new RampStep(Stage.Live, 0) : new RampStep(Stage.Canary, percent))];

    /// <summary>The step after the place where a slice stands; null at the end.</summary>
    public static RampStep? Next(RampConfig config, Stage stage, double percent) => stage switch
    {
        Stage.Legacy => new RampStep(Stage.Shadow, 0),
        Stage.Shadow => Steps(config)[1],
        Stage.Canary => Steps(config).FirstOrDefault(step => step.Stage == Stage.Live || (step.Stage == Stage.Canary && step.Percent > percent)),
        _ => null,
    };

    /// <summary>What a schema cannot say about a plan.</summary>
    public static IEnumerable<string> Faults(RampConfig? config)
    {
        var steps = config?.Steps ?? [];
        for (var i = 1; i < steps.Count; i++)
        {
            if (steps[i] <= steps[i - 1])
            {
                yield return $"ramp: 'percents' must rise, {steps[i]} comes after {steps[i - 1]}";
            }
        }
    }
}
