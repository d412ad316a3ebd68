using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using Strangler.Proxy.Stages;
using FlagAudience = Microsoft.FeatureManagement.FeatureFilters.Audience;

namespace Strangler.Proxy.Flags;

/// <summary>A slice's stage as a Microsoft.FeatureManagement definition of the same name: on means the service answers.</summary>
internal static class SliceFlag
{
    private static readonly FeatureFilterConfiguration AlwaysOn = new() { Name = "AlwaysOn" };

    public static FeatureDefinition Define(StageEntry entry) => new()
    {
        Name = entry.SliceId,
        RequirementType = RequirementType.All,
        EnabledFor = entry.Stage switch
        {
            Stage.Live or Stage.Retired => [AlwaysOn],
            Stage.Canary => [.. CanaryFilters(entry)],
            _ => [],
        },
    };

    private static IEnumerable<FeatureFilterConfiguration> CanaryFilters(StageEntry entry)
    {
        // Targeting hashes user and feature name: the same cohort key always falls on the same side of the same percentage,
        // and a higher percentage only adds visitors. (The percentage filter would throw the dice at each request.)
        yield return new FeatureFilterConfiguration
        {
            Name = "Microsoft.Targeting",
            ParametersObject = new TargetingFilterSettings
            {
                Audience = new FlagAudience
                {
                    Users = [],
                    Groups = [new GroupRollout { Name = Audience.IncludedGroup, RolloutPercentage = 100 }],
                    DefaultRolloutPercentage = entry.Percent,
                    Exclusion = new BasicAudience { Users = [], Groups = [Audience.ExcludedGroup] },
                },
            },
        };
        if (entry.Rules.TimeWindow is { } window)
        {
            yield return new FeatureFilterConfiguration
            {
                Name = "Microsoft.TimeWindow",
                ParametersObject = new TimeWindowFilterSettings { Start = window.Start, End = window.End },
            };
        }
    }
}
