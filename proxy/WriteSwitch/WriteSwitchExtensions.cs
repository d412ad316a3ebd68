using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Rehearsing;
using Strangler.ServiceDefaults;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>Gates, switches and rehearsals.</summary>
internal static class WriteSwitchExtensions
{
    public static void AddWriteSwitch(this IServiceCollection services)
    {
        services.AddOptions<WriteSwitchOptions>().BindConfiguration(WriteSwitchOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WriteGates>();
        services.AddSingleton<SwitchStore>();
        services.AddSingleton<SwitchChecks>();
        services.AddSingleton<CdcSyncClient>();
        services.AddSingleton<WayBackClient>();
        services.AddSingleton<SwitchRun>();
        services.AddSingleton<SwitchAgent>();
        services.AddSupervisedService<SwitchAgent>();
        services.AddSingleton<SwitchCoordinator>();
        services.AddSupervisedService<SwitchCoordinator>();
        services.AddSingleton<RehearsalMark>();
        services.AddSingleton<RehearsalStore>();
        services.AddSingleton<IRehearsalEvidence, RehearsalEvidenceReader>();
        services.AddSingleton<RehearsalRequests>();
        services.AddSingleton<RehearsalRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<RehearsalRunner>());
        // Each call brings its own bound; a step that must end ends by its token.
        services.AddHttpClient(CdcSyncClient.ClientName, (provider, client) =>
        {
            client.BaseAddress = provider.GetRequiredService<IOptions<RoutingOptions>>().Value.CdcSync;
            client.Timeout = Timeout.InfiniteTimeSpan;
        });
        services.AddHttpClient(WayBackClient.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan);
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, SwitchJson.Default));
    }
}
