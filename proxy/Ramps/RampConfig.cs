namespace Strangler.Proxy.Ramps;

/// <summary>The plan by which a slice goes forward by itself.</summary>
/// <param name="ShadowComparisons">Compared pairs of answers that stage <c>shadow</c> needs.</param>
/// <param name="Percents">The canary's steps; <c>100</c> is stage <c>live</c>.</param>
/// <param name="StepSeconds">How long each step holds at least, with all gates passing.</param>
/// <param name="HoldSeconds">After a step back: how long nothing goes forward.</param>
public sealed record RampConfig(
    int ShadowComparisons = 1000, IReadOnlyList<double>? Percents = null, int StepSeconds = 600, int HoldSeconds = 3600)
{
    private static readonly double[] Default = [1, 5, 25, 50, 100];

    /// <summary>The steps, the usual ones where none are given.</summary>
    public IReadOnlyList<double> Steps => Percents is { Count: > 0 } ? Percents : Default;
}
