using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Snapshot;

/// <summary>
/// Chooses the tables to be copied, several side by side, parents before children, and waits for new orders. A child's rows that were copied
/// before those of a mirrored parent could outlive them: the server logs no end of theirs.
/// </summary>
internal sealed partial class SnapshotRunner(TargetContext context, Func<TableCopier> newCopier, Func<MirrorSet> mirrors, ILogger<SnapshotRunner> logger)
{
    private readonly Dictionary<string, Task> _running = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (true)
            {
                var changed = context.Copies.Changed;
                while (_running.Count < context.Options.Snapshot.Tables && Next() is { } copy)
                {
                    _running[copy.Table] = CopyAsync(copy, stopping.Token);
                }

                await Task.WhenAny(_running.Values.Append(changed)).WaitAsync(cancellationToken);
                foreach (var (table, ended) in _running.Where(running => running.Value.IsCompleted).ToList())
                {
                    _running.Remove(table);
                    await ended;
                }
            }
        }
        finally
        {
            await stopping.CancelAsync();
            await Task.WhenAll(_running.Values).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private TableCopy? Next()
    {
        var set = mirrors();
        var open = context.Copies.All.Where(copy => copy.State is CopyState.Pending or CopyState.Copying).Select(copy => copy.Table).ToList();
        return set.ParentsFirst().Where(table => open.Contains(table) && !_running.ContainsKey(table) && !open.Exists(other => set.MustPrecede(other, table)))
            .Select(context.Copies.Find).FirstOrDefault();
    }

    private async Task CopyAsync(TableCopy copy, CancellationToken cancellationToken)
    {
        await Task.Yield();
        await using var copier = newCopier();
        var started = context.Time.GetTimestamp();
        if (await copier.CopyAsync(copy, cancellationToken) is { } rows)
        {
            var seconds = context.Time.GetElapsedTime(started).TotalSeconds;
            Log.Done(logger, copy.Table, rows, seconds, rows / Math.Max(seconds, 0.001));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TableCopyDone, LogLevel.Information, "{Table}: copied {Rows} rows in {Seconds:0.0} s ({RowsPerSecond:0}/s)")]
        public static partial void Done(ILogger logger, string table, long rows, double seconds, double rowsPerSecond);
    }
}
