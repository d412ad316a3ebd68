using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Freshness;

/// <summary>Whether a service's data are young enough for a slice with a bound.</summary>
internal static class FreshnessRule
{
    /// <param name="config">The slice's promise; null is <see cref="FreshnessMode.Eventual"/>.</param>
    /// <param name="ageMilliseconds">Upper bound of the data's age; null when unknown, which no bound accepts.</param>
    public static bool Holds(FreshnessConfig? config, double? ageMilliseconds) => config switch
    {
        { Mode: FreshnessMode.Bounded } => ageMilliseconds <= config.Milliseconds,
        _ => true,
    };
}
