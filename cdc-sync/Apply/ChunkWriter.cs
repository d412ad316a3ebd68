using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.DeadLetters;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>Commits what a chunk wrote: dirty keys and checkpoint, in the chunk's transaction.</summary>
internal delegate Task CommitChunk(StatementSender sender, DirtyKeys dirty, IReadOnlyList<TableCopy> changed, CancellationToken cancellationToken);

/// <summary>
/// Writes what the copying side has read, between the batches of the stream: each piece as soon as the stream has passed the place in the
/// log for which it holds. One connection with the applying side, one thread.
/// </summary>
internal sealed class ChunkWriter(
    MySqlConnection connection, TargetContext context, SnapshotWindows windows, TableFollower follower, ChunkReader mirrorReader, int maximumStatement, CommitChunk commit,
    ILogger logger)
{
    private readonly List<CopyItem> _waiting = [];

    public void Add(CopyItem item) => _waiting.Add(item);

    /// <summary>Writes everything that is due when the stream stands at a position, and lets go what cannot be used any more.</summary>
    public async Task WriteAsync(SourcePosition position, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _waiting.Count;)
        {
            var item = _waiting[i];
            if (item is ReadItem { Window.IsInvalid: false } read && !position.HasReached(read.Chunk.Position))
            {
                i++;
                continue;
            }

            _waiting.RemoveAt(i);
            var started = context.Time.GetTimestamp();
            var isWritten = item switch
            {
                BeginItem begin => await BeginAsync(begin, cancellationToken),
                SettledItem settled => await SettleAsync(settled, cancellationToken),
                CopyAgainItem again => await CopyAgainAsync(again, cancellationToken),
                ReadItem { Window.IsInvalid: true } => false,
                ReadItem found => await TryAsync(found, position, cancellationToken),
                _ => false,
            };
            if (item is ReadItem { Window: var window })
            {
                windows.Close(window);
            }

            item.Took = context.Time.GetElapsedTime(started);
            item.Done(isWritten);
        }
    }

    // Kept in the database before the first row of the stream goes through: were it not, a restart would leave such rows and forget their ends.
    private async Task<bool> BeginAsync(BeginItem item, CancellationToken cancellationToken)
    {
        if (Current(item.Copy) is not { State: CopyState.Pending } copy)
        {
            return false;
        }

        // Rows held back of the mirror that it takes the place of will be tried, each with its chunk.
        var isFilled = copy.Mode == CopyMode.Fill && context.Held.CountOf(copy.Table) > 0;
        await SaveAsync([copy with { State = CopyState.Copying, LastKey = null, Rows = 0 }], cancellationToken, isFilled ? copy.Table : null);
        return true;
    }

    private async Task<bool> SettleAsync(SettledItem item, CancellationToken cancellationToken)
    {
        if (Current(item.Copy) is not { } copy)
        {
            return false;
        }

        await SaveAsync([copy with { State = item.State, Reason = item.Reason }], cancellationToken);
        return true;
    }

    private async Task<bool> CopyAgainAsync(CopyAgainItem item, CancellationToken cancellationToken)
    {
        // What waits to be copied, or cannot be copied now, is as good as ordered.
        var copies = item.Tables.Where(table => context.Copies.Find(table) is { State: CopyState.Streaming or CopyState.Copying }).Select(table => follower.CopyAgain(table, "by order")).ToList();
        foreach (var copy in copies)
        {
            windows.Invalidate(copy.Table);
        }

        await SaveAsync(copies, cancellationToken);
        return true;
    }

    private async Task SaveAsync(List<TableCopy> copies, CancellationToken cancellationToken, string? cleared = null)
    {
        var sender = new StatementSender(connection, maximumStatement);
        await sender.DrainAsync(cancellationToken);
        foreach (var copy in copies)
        {
            await ProgressStore.SaveAsync(connection, copy, cancellationToken);
        }

        if (cleared is not null)
        {
            await DeadLetterStore.ClearAsync(connection, cleared, cancellationToken);
        }

        await commit(sender, new DirtyKeys(), copies, cancellationToken);
        if (cleared is not null)
        {
            context.Held.Clear(cleared);
            context.Held.BeCareful(cleared);
        }

        copies.ForEach(context.Copies.Set);
    }

    /// <summary>Writes what was read; false where the target took it back, so that it is read again.</summary>
    private async Task<bool> TryAsync(ReadItem item, SourcePosition position, CancellationToken cancellationToken)
    {
        var isCareful = context.Held.IsCareful(item.Table.Name.Name);
        var sender = new StatementSender(connection, maximumStatement, isStrict: isCareful);
        var letters = new CarefulWriter(connection, context.Held, position, maximumStatement, logger);
        try
        {
            var isWritten = item is ChunkItem chunk ? await WriteAsync(chunk, sender, letters, isCareful, cancellationToken)
                : await WriteAsync((RereadItem)item, sender, letters, isCareful, cancellationToken);
            letters.Committed();
            return isWritten;
        }
        catch (Exception fault) when (TargetFault.Passes(fault) || (!isCareful && RowFault.Is(fault)))
        {
            await sender.RollbackAsync();
            if (!TargetFault.Passes(fault))
            {
                context.Held.BeCareful(item.Table.Name.Name);
            }

            return false;
        }
    }

    private async Task<bool> WriteAsync(ChunkItem item, StatementSender sender, CarefulWriter letters, bool isCareful, CancellationToken cancellationToken)
    {
        if (Current(item.Copy) is not { } copy || Mirror(item) is not { } table)
        {
            return false;
        }

        var isComparison = copy.Mode == CopyMode.Compare;
        var mirrored = isComparison ? await MirroredAsync(table, item, cancellationToken) : [];
        var dirty = new DirtyKeys();
        if (item.Chunk.Raw is { } raw)
        {
            await sender.DrainAsync(cancellationToken);
            await raw.WriteAsync(connection, table, raw.Keys.Any(key => item.Window.IsTouched(key)) ? key => item.Window.IsTouched(key) : null, cancellationToken);
        }
        else
        {
            await SendAsync(sender, isCareful ? letters : null, ChunkDifference.Of(table, item.Chunk.Rows, item.Window, mirrored, isComparison ? dirty : null), cancellationToken);
        }

        if (isCareful)
        {
            foreach (var key in item.Chunk.KeysBy(table).Where(key => !item.Window.IsTouched(key)))
            {
                await letters.ReleaseAsync(table, key, cancellationToken);
            }
        }

        var unknown = item.Window.TouchedPartly is null ? [] : item.Chunk.KeysBy(table).Where(key => item.Window.IsPartly(key)).Select(key => key.Values).ToList();
        await RereadStore.OrderAsync(connection, table.Name, unknown, "changed in part while it was copied", cancellationToken);
        var held = isComparison && item.UpTo is null ? await LeftAsync(table, letters, cancellationToken) : [];
        await RereadStore.OrderAsync(connection, table.Name, held, "held back before the table was copied", cancellationToken);
        var next = Next(copy, item);
        await ProgressStore.SaveAsync(connection, next, cancellationToken);
        if (item.UpTo is null && !isComparison)
        {
            dirty.AddAll();
        }

        await commit(sender, dirty, [next], cancellationToken);
        context.Copies.Set(next);
        if (unknown.Count + held.Count > 0)
        {
            context.Rereads.Ordered();
        }

        context.Metrics.Copied(context.Service, item.Chunk.Count);
        return true;
    }

    /// <summary>Rows that are held back though all that the source has were tried: they are gone, or are refused still. Those of another key are let go.</summary>
    private static async Task<List<ColumnValue[]>> LeftAsync(MirrorTable table, CarefulWriter letters, CancellationToken cancellationToken)
    {
        var held = letters.HeldOf(table.Name);
        foreach (var key in held.Where(key => key.Values.Length != table.KeyColumns.Count))
        {
            await letters.EndAsync(table, key, cancellationToken);
        }

        return [.. held.Where(key => key.Values.Length == table.KeyColumns.Count).Select(key => key.Values)];
    }

    private static TableCopy Next(TableCopy copy, ChunkItem item)
    {
        var next = copy with { State = CopyState.Copying, LastKey = item.UpTo, Rows = copy.Rows + item.Chunk.Count };
        if (item.UpTo is not null)
        {
            return next;
        }

        return next with { State = CopyState.Streaming, Reason = copy.Reason == TableFollower.Unsure ? copy.Reason : null };
    }

    private async Task<List<ColumnValue[]>> MirroredAsync(MirrorTable table, ChunkItem item, CancellationToken cancellationToken) => follower.SortsAlike(table.Definition)
        ? await mirrorReader.ReadRangeAsync(table.Definition, item.After, item.UpTo, cancellationToken)
        : await mirrorReader.ReadKeysAsync(table.Definition, [.. item.Chunk.KeysBy(table).Select(key => key.Values)], cancellationToken);

    private async Task<bool> WriteAsync(RereadItem item, StatementSender sender, CarefulWriter letters, bool isCareful, CancellationToken cancellationToken)
    {
        if (Mirror(item) is not { } table)
        {
            return false;
        }

        var mirrored = await mirrorReader.ReadKeysAsync(table.Definition, [.. item.Orders.Select(order => order.Key)], cancellationToken);
        var dirty = new DirtyKeys();
        await SendAsync(sender, isCareful ? letters : null, ChunkDifference.Of(table, item.Chunk.Rows, item.Window, mirrored, dirty), cancellationToken);
        if (isCareful)
        {
            foreach (var key in item.Orders.Select(order => new RowKey(order.Key)).Where(key => !item.Window.IsTouched(key)))
            {
                await letters.ReleaseAsync(table, key, cancellationToken);
            }
        }

        await RereadStore.RemoveAsync(connection, [.. item.Orders.Where(order => !item.Window.IsPartly(new RowKey(order.Key)))], cancellationToken);
        await commit(sender, dirty, [], cancellationToken);
        return true;
    }

    private TableCopy? Current(TableCopy begun) => context.Copies.Find(begun.Table) is { } copy && copy.Generation == begun.Generation ? copy : null;

    /// <summary>The mirror that the rows belong to; null when the table is another one by now.</summary>
    private MirrorTable? Mirror(ReadItem item) =>
        follower.Mirrors.Find(item.Table.Name.Name) is { } table && table.Columns.SequenceEqual(item.Table.Columns) && table.Definition.Key!.SequenceEqual(item.Table.Key!) ? table : null;

    // The connection is free for others after it, inside the transaction.
    private async Task SendAsync(StatementSender sender, CarefulWriter? letters, PendingRows pending, CancellationToken cancellationToken)
    {
        if (letters is not null)
        {
            await sender.DrainAsync(cancellationToken);
            await letters.WriteAsync(pending.Table, pending.InOrder(), cancellationToken);
            return;
        }

        foreach (var statement in pending.Statements(maximumStatement))
        {
            await sender.AddAsync(statement, cancellationToken);
        }

        await sender.DrainAsync(cancellationToken);
    }
}
