using Strangler.ServiceDefaults;
namespace Strangler.Proxy.Freshness;

/// <summary>Registers what keeps the slices' promises about their data.</summary>
internal static class FreshnessServices
{
    public static IServiceCollection AddFreshness(this IServiceCollection services) => services
        .AddSingleton<LagMonitor>()
        .AddSupervisedService<LagMonitor>()
        .AddSingleton<AwaitClient>()
        .AddSingleton<WriteMarks>()
        .AddSingleton<FreshnessStats>()
        .AddSingleton<FreshnessService>();
}
