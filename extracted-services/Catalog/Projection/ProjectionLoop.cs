using System.Threading.Channels;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Catalog.Database;
using Strangler.Catalog.Telemetry;

namespace Strangler.Catalog.Projection;

/// <summary>
/// Runs the projector: at start, at every hint of cdc-sync, and once in an interval without any. A failure is logged and tried
/// again; hints that come while it works are one hint.
/// </summary>
internal sealed partial class ProjectionLoop(
    Projector projector, SchemaMigrator migrator, IOptions<CatalogOptions> options, CatalogMetrics metrics, TimeProvider time,
    ILogger<ProjectionLoop> logger) : BackgroundService
{
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _hasProjected;
    private bool _isMigrated;
    private int _rebuildRequested;
    private bool _waiting;

    /// <summary>The mirror changed.</summary>
    public void Hint() => _hints.Writer.TryWrite(true);

    /// <summary>Rebuild everything, dirty or not.</summary>
    public void RequestRebuild()
    {
        Interlocked.Exchange(ref _rebuildRequested, 1);
        Hint();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await RunAsync(stoppingToken);
            await WaitAsync(stoppingToken);
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var rebuild = Interlocked.Exchange(ref _rebuildRequested, 0) == 1;
        try
        {
            if (!_isMigrated)
            {
                await migrator.MigrateAsync(stoppingToken);
                _isMigrated = true;
            }

            var result = await projector.RunAsync(rebuild, stoppingToken);
            rebuild &= result == ProjectionResult.AnotherProjects;
            Note(result);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (MySqlException fault) when (fault.ErrorCode == MySqlErrorCode.NoSuchTable && !_hasProjected)
        {
            // cdc-sync makes the mirror's tables; until it has, there is nothing to project.
            Note(ProjectionResult.WaitingForMirror);
        }
#pragma warning disable CA1031 // The loop's edge: whatever failed is tried again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            metrics.ProjectionFailed();
            Log.ProjectionFailed(logger, fault);
        }

        if (rebuild)
        {
            Interlocked.Exchange(ref _rebuildRequested, 1);
        }
    }

    private void Note(ProjectionResult result)
    {
        if (result == ProjectionResult.WaitingForMirror)
        {
            if (!_waiting)
            {
                Log.WaitingForMirror(logger);
            }

            _waiting = true;
            return;
        }

        _waiting = false;
        _hasProjected |= result != ProjectionResult.AnotherProjects;
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var pause = new CancellationTokenSource(options.Value.PollInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, stoppingToken);
        try
        {
            await _hints.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // Time to look without a hint, or to stop.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.WaitingForMirror, LogLevel.Information, "Waiting for cdc-sync to complete the first copy of the mirror")]
        public static partial void WaitingForMirror(ILogger logger);

        [LoggerMessage(EventIds.ProjectionFailed, LogLevel.Error, "Projection failed; it will be tried again")]
        public static partial void ProjectionFailed(ILogger logger, Exception fault);
    }
}
