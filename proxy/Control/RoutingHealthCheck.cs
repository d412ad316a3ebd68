using Microsoft.Extensions.Diagnostics.HealthChecks;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Control;

/// <summary>Ready once the routing state is known, from the database or from the copy on disk.</summary>
internal sealed class RoutingHealthCheck(StageFollower stages, SliceCatalogStore catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !stages.IsLoaded ? HealthCheckResult.Unhealthy($"stages are not known yet: {stages.Unreachable}")
        : stages.Unreachable is { } fault ? HealthCheckResult.Degraded($"control database: {fault}; routing by version {stages.Current.Version}")
        : catalog.Faults.Count > 0 ? HealthCheckResult.Degraded(string.Join("; ", catalog.Faults))
        : HealthCheckResult.Healthy($"version {stages.Current.Version}"));
}
