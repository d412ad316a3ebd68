namespace Strangler.Proxy.Replaying;

/// <summary>Registers what asks the requests of a log again.</summary>
internal static class ReplayServices
{
    public static IServiceCollection AddReplaying(this IServiceCollection services)
    {
        services.AddSingleton<ReplayRuns>();
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ReplayJson.Default));
        return services;
    }
}
