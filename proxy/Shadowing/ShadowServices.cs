using Strangler.Proxy.Evidence;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Recording;
using Strangler.Proxy.Replaying;
using Strangler.ServiceDefaults;

namespace Strangler.Proxy.Shadowing;

/// <summary>Registers what asks the other side and compares.</summary>
internal static class ShadowServices
{
    public static IServiceCollection AddShadowing(this IServiceCollection services)
    {
        services.AddOptions<ShadowOptions>().BindConfiguration("Shadow").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ParityBook>();
        services.AddSingleton<ParityStore>();
        services.AddSingleton<ParityKeeper>();
        services.AddSingleton<IParityEvidence>(provider => provider.GetRequiredService<ParityKeeper>());
        services.AddSupervisedService<ParityKeeper>();
        services.AddSingleton<SideClient>();
        services.AddSingleton<SliceFindings>();
        services.AddSingleton<Comparison>();
        services.AddSingleton<Shadows>();
        services.AddReplaying();
        services.AddRecording();
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ParityJson.Default));
        return services;
    }
}
