using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Snapshot;

/// <summary>
/// Carries out the orders of <c>cdc_reread</c>: reads the rows by key while the stream runs and leaves them to the applying side to write.
/// An order is kept until its row was read and written at one and the same place in the log.
/// </summary>
internal sealed partial class RereadRunner(
    TargetContext context, TargetDatabase target, ChunkReader reader, SnapshotWindows windows, WorkQueue queue, ILogger<RereadRunner> logger)
{
    private const int RowsAtOnce = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // What was ordered before a restart is still there.
        context.Rereads.Ordered();
        await using var connection = await target.OpenAsync(cancellationToken);
        while (true)
        {
            await context.Rereads.WaitAsync(cancellationToken);
            while (await RoundAsync(connection, cancellationToken))
            {
            }
        }
    }

    /// <summary>Goes once through all orders; says whether some are left.</summary>
    private async Task<bool> RoundAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var (last, done, left) = (0L, 0, 0);
        while (await RereadStore.FirstAsync(connection, RowsAtOnce, last, cancellationToken) is { Count: > 0 } orders)
        {
            last = orders[^1].Id;
            foreach (var table in orders.GroupBy(order => order.Table))
            {
                var (written, kept) = await CarryOutAsync(connection, table.Key, [.. table], cancellationToken);
                (done, left) = (done + written, left + kept);
            }
        }

        if (done > 0)
        {
            Log.Done(logger, context.Service, done, left);
        }

        if (left > 0)
        {
            await Task.Delay(Pause, context.Time, cancellationToken);
        }

        return left > 0;
    }

    private async Task<(int Done, int Left)> CarryOutAsync(MySqlConnection connection, string name, List<RereadOrder> orders, CancellationToken cancellationToken)
    {
        if (context.Copies.Find(name) is not { State: CopyState.Streaming or CopyState.Copying } || context.DefinitionOf(name) is not { Key: not null } table)
        {
            // Copied as a whole from a later moment on, or not mirrored at all.
            await RereadStore.RemoveAsync(connection, orders, cancellationToken);
            return (orders.Count, 0);
        }

        if (orders.Exists(order => order.Key.Length != table.Key.Count))
        {
            // The table has another key by now, and was made anew for it.
            await RereadStore.RemoveAsync(connection, orders, cancellationToken);
            return (orders.Count, 0);
        }

        var window = windows.Open(name);
        RereadItem item;
        try
        {
            var chunk = await reader.ReadKeysAsync(table, [.. orders.Select(order => order.Key)], window.OpenedAt, cancellationToken);
            item = new RereadItem(table, window, chunk, orders);
        }
        catch (Exception fault)
        {
            windows.Close(window);
            if (ChunkReader.IsAlteredMeanwhile(fault))
            {
                return (0, orders.Count);
            }

            throw;
        }

        await queue.PutAsync(item, cancellationToken);
        if (!await item.Written.WaitAsync(cancellationToken))
        {
            return (0, orders.Count);
        }

        var kept = orders.Count(order => window.IsPartly(new Changes.RowKey(order.Key)));
        return (orders.Count - kept, kept);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RowsReread, LogLevel.Information, "{Service}: {Rows} single rows were read again, {Left} are left")]
        public static partial void Done(ILogger logger, string service, int rows, int left);
    }
}
