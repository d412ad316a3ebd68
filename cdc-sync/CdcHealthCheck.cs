using Microsoft.Extensions.Diagnostics.HealthChecks;
using Strangler.CdcSync.Apply;

namespace Strangler.CdcSync;

/// <summary>Ready when every target streams.</summary>
internal sealed class CdcHealthCheck(CdcEngine engine) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var waiting = engine.Targets.Select(target => (target.Context.Service, target.Context.Progress))
            .Where(target => target.Progress.State != CheckpointStore.Streaming)
            .Select(target => $"{target.Service}: {target.Progress.State}{(target.Progress.Reason is { } reason ? $" ({reason})" : "")}").ToList();
        if (waiting.Count == 0 && engine.Retention is { IsLow: true, Current: { } retention })
        {
            return Task.FromResult(HealthCheckResult.Degraded(FormattableString.Invariant(
                $"the source removes {retention.NeededFile}, the oldest log file still needed, in {retention.HoursLeft:0.#} hours")));
        }

        return Task.FromResult(waiting.Count == 0 ? HealthCheckResult.Healthy("every target streams") : HealthCheckResult.Unhealthy(string.Join("; ", waiting)));
    }
}
