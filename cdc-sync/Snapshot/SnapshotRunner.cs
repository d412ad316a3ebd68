using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Snapshot;

/// <summary>
/// Copies tables in chunks of their key while the stream runs, parents before children, and waits for new orders. It only reads the source;
/// the chunks are written by the applying side when the stream has passed them. The next chunk is read while one is written.
/// </summary>
internal sealed partial class SnapshotRunner(TargetContext context, ChunkReader reader, SnapshotWindows windows, WorkQueue queue, Func<List<string>> order, ILogger<SnapshotRunner> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = context.Copies.Changed;
            var next = order().Select(context.Copies.Find).FirstOrDefault(copy => copy is { State: CopyState.Pending or CopyState.Copying });
            if (next is null)
            {
                await changed.WaitAsync(cancellationToken);
            }
            else
            {
                await CopyAsync(next, cancellationToken);
            }
        }
    }

    private async Task CopyAsync(TableCopy copy, CancellationToken cancellationToken)
    {
        Log.Started(logger, copy.Table, ProgressStore.Text(copy.Mode));
        var after = copy.LastKey;
        var rows = copy.Rows;
        ChunkItem? written = null;
        while (true)
        {
            if (context.Copies.Find(copy.Table)?.Generation != copy.Generation || context.Catalog.Find(copy.Table) is not { Key: not null } definition)
            {
                // Ordered anew or altered meanwhile: what was begun is of no use.
                await Ended(written);
                return;
            }

            var window = windows.Open(copy.Table);
            ChunkItem item;
            try
            {
                var chunk = await reader.ReadAsync(definition, after, context.Options.ChunkRows, window.OpenedAt, cancellationToken);
                var upTo = chunk.Rows.Count < context.Options.ChunkRows ? null : KeyOf(definition, chunk.Rows[^1]);
                item = new ChunkItem(copy, definition, window, chunk, after, upTo);
            }
            catch
            {
                windows.Close(window);
                throw;
            }

            if (written is not null && !await written.Written.WaitAsync(cancellationToken))
            {
                windows.Close(window);
                Log.Again(logger, copy.Table);
                (after, written) = (written.After, null);
                continue;
            }

            await queue.PutAsync(item, cancellationToken);
            rows += item.Chunk.Rows.Count;
            if (item.UpTo is not null)
            {
                (after, written) = (item.UpTo, item);
            }
            else if (await item.Written.WaitAsync(cancellationToken))
            {
                Log.Done(logger, copy.Table, rows);
                return;
            }
            else
            {
                Log.Again(logger, copy.Table);
                (after, written) = (item.After, null);
            }
        }

        async Task Ended(ChunkItem? last)
        {
            if (last is not null)
            {
                await last.Written.WaitAsync(cancellationToken);
            }
        }
    }

    private static ColumnValue[] KeyOf(Catalog.TableDefinition table, ColumnValue[] row) =>
        [.. table.Key!.Select(name => row[table.Columns.ToList().FindIndex(column => column.Name == name)])];

    private static partial class Log
    {
        [LoggerMessage(EventIds.TableCopyStarted, LogLevel.Information, "{Table}: copying ({Mode})")]
        public static partial void Started(ILogger logger, string table, string mode);

        [LoggerMessage(EventIds.TableCopyDone, LogLevel.Information, "{Table}: copied {Rows} rows")]
        public static partial void Done(ILogger logger, string table, long rows);

        [LoggerMessage(EventIds.ChunkReadAgain, LogLevel.Debug, "{Table}: a chunk is read again, its rows changed underneath")]
        public static partial void Again(ILogger logger, string table);
    }
}
