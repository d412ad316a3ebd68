using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.EdgeCache.Pages;
using Strangler.Proxy.EdgeCache.Purging;
using Strangler.Proxy.EdgeCache.Shared;
using Strangler.ServiceDefaults;

namespace Strangler.Proxy.EdgeCache;

/// <summary>Registers what keeps answers at the facade.</summary>
internal static class EdgeCacheServices
{
    public static IServiceCollection AddEdgeCache(this IServiceCollection services)
    {
        services.AddOptions<EdgeCacheOptions>().BindConfiguration(EdgeCacheOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, EdgeCacheJson.Default));
        return services
            .AddSingleton<AnswerStore>()
            .AddSingleton<ChangeFeed>()
            .AddSingleton<ChangeListener>()
            .AddSupervisedService<ChangeListener>()
            .AddSingleton<PurgeFollower>()
            .AddSupervisedService<PurgeFollower>()
            .AddSingleton<SharedAnswers>()
            .AddHostedService(provider => provider.GetRequiredService<SharedAnswers>())
            .AddSingleton<CacheFreshness>()
            .AddSingleton<CacheStats>()
            .AddSingleton<CacheViews>()
            .AddSingleton<AnswerWriter>()
            .AddSingleton<Uncacheable>()
            .AddPages();
    }
}
