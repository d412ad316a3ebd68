using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Proxy.Evaluation;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Evidence;

/// <summary>
/// Brings this replica's counts into the control database a few times a second, and once more when it stops. While the database is away the
/// counts add up in the recorder: nothing is lost, nothing grows. A batch of which nobody knows whether it was written is written again, and counts once.
/// </summary>
internal sealed partial class EvidenceWriter(
    EvidenceRecorder recorder, EvidenceStore store, StageFollower follower, IOptions<EvaluationOptions> options, TimeProvider time, ILogger<EvidenceWriter> logger)
    : BackgroundService
{
    private readonly SemaphoreSlim _oneWriter = new(1, 1);
    private EvidenceBatch? _pending;
    private long _sequence;
    private bool _isFailing;

    /// <summary>Writes what there is now. False when the database refused; nothing is lost then.</summary>
    public async Task<bool> WriteAsync(CancellationToken cancellationToken)
    {
        await _oneWriter.WaitAsync(cancellationToken);
        try
        {
            while ((_pending ??= Next()) is { } batch)
            {
                await store.AppendAsync(follower.ReplicaId, batch, cancellationToken);
                _pending = null;
            }

            if (_isFailing)
            {
                _isFailing = false;
                Log.Written(logger);
            }

            return true;
        }
        catch (Exception fault) when (fault is MySqlException or InvalidOperationException or TimeoutException)
        {
            if (!_isFailing)
            {
                _isFailing = true;
                Log.NotWritten(logger, fault.Message);
            }

            return false;
        }
        finally
        {
            _oneWriter.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _oneWriter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.IntervalMilliseconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Before the first answer the tables may not be there yet.
            if (follower.Unreachable is null)
            {
                await WriteAsync(stoppingToken);
            }
        }
    }

    private EvidenceBatch? Next() => recorder.Take() is { Count: > 0 } counts ? new EvidenceBatch(++_sequence, counts) : null;

    private static partial class Log
    {
        [LoggerMessage(EventIds.EvidenceWritten, LogLevel.Information, "Evidence is written again; what was counted meanwhile is in it")]
        public static partial void Written(ILogger logger);

        [LoggerMessage(EventIds.EvidenceNotWritten, LogLevel.Warning, "Evidence cannot be written ({Fault}); it is kept and written later")]
        public static partial void NotWritten(ILogger logger, string fault);
    }
}
