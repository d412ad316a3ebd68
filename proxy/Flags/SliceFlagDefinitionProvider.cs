using Microsoft.FeatureManagement;
using Strangler.Proxy.Decisions;

namespace Strangler.Proxy.Flags;

/// <summary>Gives Microsoft.FeatureManagement one flag per slice, made from the routing snapshot, so that flags, facade and dashboard read one truth.</summary>
internal sealed class SliceFlagDefinitionProvider(RoutingStore routing) : IFeatureDefinitionProvider
{
    public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName) =>
        routing.Current.Find(featureName)?.Flag ?? Task.FromResult<FeatureDefinition>(null!);

    public async IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync()
    {
        foreach (var route in routing.Current.Routes)
        {
            yield return await route.Flag;
        }
    }
}
