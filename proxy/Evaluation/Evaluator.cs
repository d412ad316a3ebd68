using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Ramps;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Evaluation;

/// <summary>
/// The loop that judges: on the one replica that holds the lease, every interval, each slice with a ramp. Any replica can take over at any time,
/// since everything but the count of equal judgements in a row lies in the control database, and every change names the version it starts from.
/// </summary>
internal sealed partial class Evaluator(
    LeaderLease lease, RampStore ramps, RampDriver driver, RoutingStore routing, StageFollower follower, EvidenceStore evidence,
    IOptions<EvaluationOptions> options, TimeProvider time, ILogger<Evaluator> logger) : BackgroundService
{
    private static readonly TimeSpan CompactInterval = TimeSpan.FromSeconds(30);
    private long _compactedAt = time.GetTimestamp();
    private readonly Dictionary<string, string> _faults = new(StringComparer.Ordinal);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await lease.ReleaseAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is MySqlException or InvalidOperationException or OperationCanceledException)
        {
            // It runs out by itself.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.IntervalMilliseconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (follower.Unreachable is not null)
            {
                continue;
            }

            await GuardAsync("all slices", async () =>
            {
                var judged = lease.IsHeld;
                if (await lease.TryTakeAsync(stoppingToken))
                {
                    if (!judged)
                    {
                        driver.Begin();
                    }

                    await JudgeAllAsync(stoppingToken);
                    await CompactAsync(stoppingToken);
                }
            }, stoppingToken);
        }
    }

    private async Task JudgeAllAsync(CancellationToken cancellationToken)
    {
        foreach (var ramp in await ramps.ReadAllAsync(cancellationToken))
        {
            if (ramp.State != RampState.Aborted && lease.IsHeld && routing.Current.Find(ramp.SliceId) is { } route)
            {
                // One slice that cannot be judged must not keep the others from being judged.
                await GuardAsync(ramp.SliceId, () => driver.DriveAsync(ramp, route, cancellationToken), cancellationToken);
            }
        }
    }

    private async Task CompactAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_compactedAt) < CompactInterval)
        {
            return;
        }

        _compactedAt = time.GetTimestamp();
        await evidence.CompactAsync(options.Value.FineMinutes * 60.0, options.Value.KeepHours * 3600, cancellationToken);
    }

    // The same fault comes back several times a second; it is said once, and again when it was gone in between.
    private async Task GuardAsync(string what, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
            _faults.Remove(what);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (_faults.GetValueOrDefault(what) != fault.Message)
            {
                Log.Failed(logger, what, fault);
                _faults[what] = fault.Message;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.EvaluationFailed, LogLevel.Error, "{Slice} cannot be judged now; nothing goes forward, and the next judgement tries again")]
        public static partial void Failed(ILogger logger, string slice, Exception fault);
    }
}
