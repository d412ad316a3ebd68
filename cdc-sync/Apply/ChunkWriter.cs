using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>Commits what a chunk wrote: dirty keys and checkpoint, in the chunk's transaction.</summary>
internal delegate Task CommitChunk(StatementSender sender, DirtyKeys dirty, IReadOnlyList<TableCopy> changed, CancellationToken cancellationToken);

/// <summary>
/// Writes what the copying side has read, between the batches of the stream: each piece as soon as the stream has passed the place in the
/// log for which it holds. One connection with the applying side, one thread.
/// </summary>
internal sealed class ChunkWriter(
    MySqlConnection connection, TargetContext context, SnapshotWindows windows, TableFollower follower, ChunkReader mirrorReader, int maximumStatement, CommitChunk commit)
{
    private readonly List<CopyItem> _waiting = [];

    public void Add(CopyItem item) => _waiting.Add(item);

    /// <summary>Writes everything that is due when the stream stands at a position, and lets go what cannot be used any more.</summary>
    public async Task WriteAsync(SourcePosition position, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _waiting.Count;)
        {
            var item = _waiting[i];
            if (!item.Window.IsInvalid && !position.HasReached(item.Chunk.Position))
            {
                i++;
                continue;
            }

            _waiting.RemoveAt(i);
            var isWritten = !item.Window.IsInvalid && (item is ChunkItem chunk ? await WriteAsync(chunk, cancellationToken) : await WriteAsync((RereadItem)item, cancellationToken));
            windows.Close(item.Window);
            item.Done(isWritten);
        }
    }

    private async Task<bool> WriteAsync(ChunkItem item, CancellationToken cancellationToken)
    {
        if (context.Copies.Find(item.Copy.Table) is not { } copy || copy.Generation != item.Copy.Generation || Mirror(item) is not { } table)
        {
            return false;
        }

        var isComparison = copy.Mode == CopyMode.Compare;
        var mirrored = isComparison ? await mirrorReader.ReadRangeAsync(table.Definition, item.After, item.UpTo, cancellationToken) : [];
        var sender = new StatementSender(connection, maximumStatement);
        var dirty = new DirtyKeys();
        await SendAsync(sender, ChunkDifference.Of(table, item.Chunk.Rows, item.Window, mirrored, isComparison ? dirty : null), cancellationToken);
        var unknown = item.Window.TouchedPartly is null ? [] : item.Chunk.Rows.Select(table.KeyOf).Where(key => item.Window.IsPartly(key)).Select(key => key.Values).ToList();
        await RereadStore.OrderAsync(connection, table.Name, unknown, "changed in part while it was copied", cancellationToken);
        var next = copy with
        {
            State = item.UpTo is null ? CopyState.Streaming : CopyState.Copying,
            LastKey = item.UpTo,
            Rows = copy.Rows + item.Chunk.Rows.Count,
            Reason = item.UpTo is null && copy.Reason != TableFollower.Unsure ? null : copy.Reason,
        };
        await ProgressStore.SaveAsync(connection, next, cancellationToken);
        if (next.State == CopyState.Streaming && !isComparison)
        {
            dirty.AddAll();
        }

        await commit(sender, dirty, [next], cancellationToken);
        context.Copies.Set(next);
        if (unknown.Count > 0)
        {
            context.Rereads.Ordered();
        }

        context.Metrics.Copied(context.Service, item.Chunk.Rows.Count);
        return true;
    }

    private async Task<bool> WriteAsync(RereadItem item, CancellationToken cancellationToken)
    {
        if (Mirror(item) is not { } table)
        {
            return false;
        }

        var mirrored = await mirrorReader.ReadKeysAsync(table.Definition, [.. item.Orders.Select(order => order.Key)], cancellationToken);
        var sender = new StatementSender(connection, maximumStatement);
        var dirty = new DirtyKeys();
        await SendAsync(sender, ChunkDifference.Of(table, item.Chunk.Rows, item.Window, mirrored, dirty), cancellationToken);
        await RereadStore.RemoveAsync(connection, [.. item.Orders.Where(order => !item.Window.IsPartly(new RowKey(order.Key)))], cancellationToken);
        await commit(sender, dirty, [], cancellationToken);
        return true;
    }

    /// <summary>The mirror that the rows belong to; null when the table is another one by now.</summary>
    private MirrorTable? Mirror(CopyItem item) =>
        follower.Mirrors.Find(item.Table.Name.Name) is { } table && table.Columns.SequenceEqual(item.Table.Columns) && table.Definition.Key!.SequenceEqual(item.Table.Key!) ? table : null;

    // The connection is free for others after it, inside the transaction.
    private async Task SendAsync(StatementSender sender, PendingRows pending, CancellationToken cancellationToken)
    {
        foreach (var statement in pending.Statements(maximumStatement))
        {
            await sender.AddAsync(statement, cancellationToken);
        }

        await sender.DrainAsync(cancellationToken);
    }
}
