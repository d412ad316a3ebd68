using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Snapshot;

/// <summary>
/// Copies one table in chunks of its key while the stream runs. It only reads; the chunks are written by the applying side when the stream has
/// passed them, and the next one is read meanwhile.
/// </summary>
internal sealed partial class TableCopier(
    TargetContext context, ChunkReader source, ChunkReader mirror, SnapshotWindows windows, WorkQueue queue, SourceThrottle throttle, TableSweep sweep, RawTarget raw,
    ILogger<TableCopier> logger) : IAsyncDisposable
{
    private static readonly TimeSpan ProgressTold = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AlteredPause = TimeSpan.FromMilliseconds(50);

    /// <returns>The rows of the finished table; null when the copy was ordered anew or cannot go on, and what is to be done must be looked at again.</returns>
    public async Task<long?> CopyAsync(TableCopy copy, CancellationToken cancellationToken)
    {
        if (context.DefinitionOf(copy.Table) is not { Key: not null } table)
        {
            await Task.Delay(AlteredPause, context.Time, cancellationToken);
            return null;
        }

        try
        {
            var estimated = await source.EstimateAsync(table, cancellationToken);
            context.Meter.Begin(copy.Table, copy.Rows, estimated);
            Log.Started(logger, copy.Table, ProgressStore.Text(copy.Mode), estimated);
            if (copy.State == CopyState.Pending && !await BeginAsync(copy, cancellationToken))
            {
                return null;
            }

            if (copy is { Mode: CopyMode.Compare, LastKey: null } && !raw.SortsAlike(table))
            {
                await sweep.RunAsync(table, source, mirror, cancellationToken);
            }

            return await CopyChunksAsync(copy, cancellationToken);
        }
        catch (Exception fault) when (ChunkReader.IsAlteredMeanwhile(fault))
        {
            // The stream brings the table's new definition, and an order with it.
            await Task.Delay(AlteredPause, context.Time, cancellationToken);
            return null;
        }
        finally
        {
            context.Meter.End(copy.Table);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await mirror.DisposeAsync();
    }

    private async Task<bool> BeginAsync(TableCopy copy, CancellationToken cancellationToken)
    {
        var begin = new BeginItem(copy);
        await queue.PutAsync(begin, cancellationToken);
        return await begin.Written.WaitAsync(cancellationToken);
    }

    private async Task<long?> CopyChunksAsync(TableCopy copy, CancellationToken cancellationToken)
    {
        var (after, rows) = (copy.LastKey, copy.Rows);
        var isByKey = copy.Mode == CopyMode.Compare && context.DefinitionOf(copy.Table) is { } compared && !raw.SortsAlike(compared);
        // A comparison by single keys writes them all into one statement.
        var size = new ChunkSize(context.Options.Snapshot, isByKey ? Math.Min(context.Options.ChunkRows, 1000) : context.Options.ChunkRows);
        var told = context.Time.GetTimestamp();
        ChunkItem? written = null;
        while (true)
        {
            await throttle.PassAsync(cancellationToken);
            if (context.Copies.Find(copy.Table)?.Generation != copy.Generation || context.DefinitionOf(copy.Table) is not { Key: not null } table)
            {
                // Ordered anew or altered meanwhile: what was begun is of no use.
                await (written?.Written.WaitAsync(cancellationToken) ?? Task.CompletedTask);
                return null;
            }

            var started = context.Time.GetTimestamp();
            var item = await ReadAsync(copy, table, after, size.Rows, cancellationToken);
            var took = context.Time.GetElapsedTime(started);
            if (written is not null && !await written.Written.WaitAsync(cancellationToken))
            {
                windows.Close(item.Window);
                Log.Again(logger, copy.Table);
                await OvertakenAsync(written, cancellationToken);
                (after, rows, written) = (written.After, rows - written.Chunk.Count, null);
                continue;
            }

            size.Learn(item.Chunk.Count, item.Chunk.Bytes, written is not null && written.Took > took ? written.Took : took);
            await queue.PutAsync(item, cancellationToken);
            rows += item.Chunk.Count;
            if (item.UpTo is not null)
            {
                (after, written) = (item.UpTo, item);
            }
            else if (await item.Written.WaitAsync(cancellationToken))
            {
                return rows;
            }
            else
            {
                Log.Again(logger, copy.Table);
                await OvertakenAsync(item, cancellationToken);
                (after, rows, written) = (item.After, rows - item.Chunk.Count, null);
            }

            if (context.Time.GetElapsedTime(told) > ProgressTold && context.Copies.Find(copy.Table) is { } now && context.Meter.Of(now) is { } pace)
            {
                told = context.Time.GetTimestamp();
                Log.Progress(logger, copy.Table, pace.Rows, pace.Estimated, pace.RowsPerSecond, pace.SecondsLeft);
            }
        }
    }

    // A stream so far behind that it changed more rows than are remembered would do so again: it comes up to the place first.
    private async Task OvertakenAsync(ChunkItem item, CancellationToken cancellationToken)
    {
        while (item.Window.IsOverfull && context.Progress.Applied?.HasReached(item.Chunk.Position) == false)
        {
            await Task.Delay(AlteredPause, context.Time, cancellationToken);
        }
    }

    private async Task<ChunkItem> ReadAsync(TableCopy copy, TableDefinition table, ColumnValue[]? after, int rows, CancellationToken cancellationToken)
    {
        var window = windows.Open(copy.Table);
        try
        {
            var limit = new ChunkLimit(rows, context.Options.Snapshot.ChunkBytes, copy.Mode == CopyMode.Fill && raw.CanHold(table) && !context.Held.IsCareful(table.Name.Name));
            var chunk = await source.ReadAsync(table, after, limit, window.OpenedAt, cancellationToken);
            return new ChunkItem(copy, table, window, chunk, after, chunk.UpTo);
        }
        catch
        {
            windows.Close(window);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TableCopyStarted, LogLevel.Information, "{Table}: copying ({Mode}, about {Estimated} rows)")]
        public static partial void Started(ILogger logger, string table, string mode, long? estimated);

        [LoggerMessage(EventIds.TableCopyProgress, LogLevel.Information, "{Table}: {Rows} of about {Estimated} rows copied, {RowsPerSecond}/s, {SecondsLeft} s left")]
        public static partial void Progress(ILogger logger, string table, long rows, long? estimated, double? rowsPerSecond, double? secondsLeft);

        [LoggerMessage(EventIds.ChunkReadAgain, LogLevel.Debug, "{Table}: a chunk is read again, its rows changed underneath")]
        public static partial void Again(ILogger logger, string table);
    }
}
