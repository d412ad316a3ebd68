using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement;
using MySqlConnector;
using Strangler.Proxy.Dashboard;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache;
using Strangler.Proxy.Evaluation;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Journeys;
using Strangler.Proxy.Protection;
using Strangler.Proxy.Shadowing;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;
using Strangler.Proxy.WriteSwitch;
using Strangler.ServiceDefaults;
using Yarp.ReverseProxy.Configuration;

namespace Strangler.Proxy.Control;

/// <summary>Slices, stages, flags, decisions and the control listener's API, as one call before <c>Build</c> and two after.</summary>
internal static class FacadeControlExtensions
{
    private const string ControlConnection = "Control";

    public static WebApplicationBuilder AddFacadeControl(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RoutingOptions>().BindConfiguration("Facade").ValidateOnStart();
        services.AddSingleton<IValidateOptions<RoutingOptions>, RoutingOptionsValidator>();
        services.AddOptions<ControlOptions>().BindConfiguration("Control").ValidateOnStart();
        services.AddSingleton<IValidateOptions<ControlOptions>, ControlOptionsValidator>();
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ControlJson.Default);
            // A misspelt field of a change would otherwise be a change that silently says less.
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        });
        AddStages(services);
        AddDecisions(services);
        services.AddEdgeCache();
        services.AddShadowing();
        services.AddEvaluation();
        services.AddWriteSwitch();
        services.AddSingleton<ControlState>();
        services.AddSingleton<RequestRate>();
        services.AddSupervisedService<RequestRate>();
        services.AddSingleton<RouteExplainer>();
        services.AddSingleton<ControlAuthentication>();
        services.AddHealthChecks().AddCheck<RoutingHealthCheck>("routing", tags: [ServiceDefaultsExtensions.ReadyTag]);
        return builder;
    }

    /// <summary>The API and the dashboard on the control listener.</summary>
    public static WebApplication MapFacadeControl(this WebApplication app)
    {
        var authentication = app.Services.GetRequiredService<ControlAuthentication>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(next => context => authentication.InvokeAsync(context, next));
        app.MapControlApi();
        app.MapDashboard();
        return app;
    }

    private static void AddStages(IServiceCollection services)
    {
        services.AddSingleton(provider => new SliceCatalogStore(
            provider.GetRequiredService<IOptions<RoutingOptions>>().Value.SlicesFolder,
            Kept(provider, "slices.json"),
            provider.GetRequiredService<IOptions<RoutingOptions>>().Value.Services.Keys,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SliceCatalogStore>>()));
        services.AddSupervisedService<SliceCatalogStore>();
        services.AddReplicas();
        services.AddSingleton(provider => new MySqlDataSourceBuilder(ConnectionString(provider)).Build());
        services.AddSingleton<StageStore>();
        services.AddSingleton(provider => new StageFollower(
            provider.GetRequiredService<StageStore>(),
            provider.GetRequiredService<ReplicaStore>(),
            provider.GetRequiredService<ReplicaLease>(),
            provider.GetRequiredService<IOptions<ReplicaOptions>>(),
            ConnectionString(provider),
            Kept(provider, "stages.json"),
            provider.GetRequiredService<SliceCatalogStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StageFollower>>()));
        services.AddSupervisedService<StageFollower>();
    }

    private static void AddDecisions(IServiceCollection services)
    {
        services.AddSingleton<RoutingStore>();
        services.AddSingleton<IFeatureDefinitionProvider, SliceFlagDefinitionProvider>();
        services.AddFeatureManagement();
        services.AddSingleton<DecisionService>();
        services.AddSingleton(provider => new OverrideKey(
            provider.GetRequiredService<IOptions<ControlOptions>>().Value.OverrideKey, Kept(provider, "override.key")));
        services.AddSingleton(provider => Vary(provider.GetRequiredService<IOptions<ControlOptions>>().Value));
        services.AddSingleton<EvidenceRecorder>();
        services.AddSingleton<SliceStats>();
        services.AddSingleton<ServicePipelines>();
        services.AddFreshness();
        services.AddProtection();
        services.AddOptions<JourneyOptions>().BindConfiguration(JourneyOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<JourneyPins>();
        services.AddHttpClient(LagMonitor.ClientName, (provider, client) =>
        {
            client.BaseAddress = provider.GetRequiredService<IOptions<RoutingOptions>>().Value.CdcSync;
            client.Timeout = TimeSpan.FromSeconds(2);
        });
        services.RemoveAll<IProxyConfigProvider>();
        services.AddSingleton<IProxyConfigProvider, SliceConfigProvider>();
    }

    private static MagentoVarySource Vary(ControlOptions options) =>
        new(string.IsNullOrEmpty(options.CryptKey) ? null : new MagentoVary(options.CryptKey, [.. options.Currencies]));

    private static LastGoodFile Kept(IServiceProvider provider, string name) =>
        new(Path.Combine(provider.GetRequiredService<IOptions<RoutingOptions>>().Value.StateFolder, name));

    private static string ConnectionString(IServiceProvider provider) =>
        provider.GetRequiredService<IConfiguration>().GetConnectionString(ControlConnection) is { Length: > 0 } text
            ? new MySqlConnectionStringBuilder(text) { ConnectionTimeout = 3, ConnectionIdleTimeout = 60 }.ConnectionString
            : throw new OptionsValidationException(ControlConnection, typeof(string),
                ["ConnectionStrings:Control is not set: the control database, such as Server=127.0.0.1;Port=3307;User ID=control;Password=…;Database=strangler_control."]);
}
