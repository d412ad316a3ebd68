using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.DeadLetters;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// Writes the changes of one batch into the mirror, inside one transaction of the caller's. Changes of one key are made one; what
/// foreign keys do to children is done in between, in order. However many changes there are, only so many of them are held. One batch, one thread.
/// </summary>
internal sealed partial class BatchWriter(
    MySqlConnection connection, StatementSender sender, MirrorSet mirrors, TableCopies copies, string database, SnapshotWindows windows,
    CarefulWriter letters, bool isCareful, int maximumStatement)
{
    private const int MaximumPendingRows = 20_000;
    // While the server has nothing else to do, so that it works on the first rows while the next are read.
    private const int EagerPendingRows = 2000;
    private const long MaximumPendingBytes = 16 * 1024 * 1024;
    private const int MaximumRun = 1000;

    private readonly Dictionary<string, PendingRows> _pending = [];
    private readonly PartialRows _partial = new(connection, sender, copies);
    private readonly List<RowChange> _run = [];
    private readonly HeldChanges _held = new(sender, letters);
    private int _pendingRows;
    private long _pendingBytes;

    public DirtyKeys Dirty { get; } = new();

    /// <summary>The tables that were written to.</summary>
    public IEnumerable<string> Tables => _pending.Keys;

    /// <summary>Tables whose rows can only be had by copying them again, and why.</summary>
    public Dictionary<string, string> CopyAgain { get; } = [];

    /// <summary>The first statement that changed rows without logging them.</summary>
    public TableChange? ChangedByStatement { get; private set; }

    /// <summary>Tables in which a cascade may have missed rows, for their parents were not copied yet.</summary>
    public HashSet<string> Unsure { get; } = [];

    public int Rows { get; private set; }

    /// <summary>Whether rows were ordered to be read again.</summary>
    public bool HasOrdered => _partial.HasOrdered;

    /// <summary>Whether anything was written that a reader of the mirror could see.</summary>
    public bool HasWork { get; private set; }

    public async Task AddAsync(IEnumerable<Change> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
        {
            if (_run.Count > 0 && !(change is RowChange { Operation: RowOperation.Delete, ForeignKeyChecks: true } && change.Table == _run[0].Table && _run.Count < MaximumRun))
            {
                await EndRunAsync(cancellationToken);
            }

            switch (change)
            {
                case RowChange row when row.Table.Database == database:
                    await AddAsync(row, cancellationToken);
                    break;
                case UnreadableRow unreadable when unreadable.Table.Database == database:
                    await HoldAsync(unreadable, cancellationToken);
                    break;
                case TableChange { What: TableEvent.Truncated } truncated when truncated.Table.Database == database:
                    await TruncateAsync(truncated.Table.Name, cancellationToken);
                    break;
                case TableChange { What: TableEvent.ChangedByStatement } statement when statement.Table.Database == database && mirrors.Find(statement.Table.Name) is not null:
                    CopyAgain[statement.Table.Name] = $"changed by a statement: {statement.Statement}";
                    ChangedByStatement ??= statement;
                    break;
            }
        }

        if (_run.Count > 0)
        {
            await EndRunAsync(cancellationToken);
        }
    }

    /// <summary>Sends everything that is still pending.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _partial.ResolveAsync(Dirty, cancellationToken);
        await _held.SettleAsync(cancellationToken);
        foreach (var pending in _pending.Values.Where(pending => pending.Count > 0))
        {
            var rows = pending.InOrder(byKey: !isCareful);
            var parts = rows.FindIndex(row => row is { Row: not null, IsInsert: false } && row.IsPartial);
            if (isCareful)
            {
                await sender.DrainAsync(cancellationToken);
                await letters.WriteAsync(pending.Table, parts < 0 ? rows : rows[..parts], cancellationToken);
                if (parts >= 0)
                {
                    await letters.WriteAsync(pending.Table, rows[parts..], cancellationToken);
                    await _partial.OrderMissingAsync(pending.Table, [.. rows[parts..].Where(row => !letters.IsHeld(pending.Table.Name, row.Key))], cancellationToken);
                }

                pending.Clear();
                continue;
            }

            foreach (var statement in RowStatements.Of(pending.Table, parts < 0 ? rows : rows[..parts], maximumStatement))
            {
                await sender.AddAsync(statement, cancellationToken);
            }

            if (parts >= 0)
            {
                await _partial.WriteAsync(pending.Table, rows[parts..], maximumStatement, cancellationToken);
            }

            pending.Clear();
        }

        (_pendingRows, _pendingBytes) = (0, 0);
    }

    /// <summary>Lets two tables trade their rows.</summary>
    public async Task SwapAsync(Swap swap, ILogger logger, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await sender.DrainAsync(cancellationToken);
        var rows = await TableSwap.ExecuteAsync(connection, swap, Dirty, cancellationToken);
        Log.Swapped(logger, swap.Table.Name, swap.Replica.Name, rows, Dirty.Count);
        foreach (var key in await letters.TradeAsync(swap, cancellationToken))
        {
            // Its own table may do without it, the other not; or it is taken there.
            _partial.Order(swap.Table, key);
        }

        windows.Invalidate(swap.Table.Name);
        windows.Invalidate(swap.Replica.Name);
        HasWork = true;
    }

    /// <summary>Removes every row of a table, inside the transaction.</summary>
    public async Task TruncateAsync(string name, CancellationToken cancellationToken)
    {
        if (mirrors.Find(name) is not { } table)
        {
            return;
        }

        _pending.GetValueOrDefault(name)?.Clear();
        _partial.Forget(name);
        await FlushAsync(cancellationToken);
        await sender.DrainAsync(cancellationToken);
        await letters.ClearAsync(table, cancellationToken);
        await sender.AddAsync($"DELETE FROM {SqlLiteral.Name(table.Name)}", cancellationToken);
        windows.Invalidate(name);
        HasWork = true;
        if (table.Subscription.Dirty is { Count: > 0 })
        {
            Dirty.AddAll();
        }
    }

    private async ValueTask AddAsync(RowChange row, CancellationToken cancellationToken)
    {
        if (row.Operation != RowOperation.Insert && row.ForeignKeyChecks && mirrors.HasChildren(row.Table.Name))
        {
            if (row.Operation == RowOperation.Delete)
            {
                // Deletes of one table can be followed together; an update moves keys one after the other.
                _run.Add(row);
                return;
            }

            if (Cascade.MayMoveChildren(mirrors, row))
            {
                await FollowAsync([row], cancellationToken);
            }
        }

        await AddRowAsync(row, cancellationToken);
    }

    private async Task EndRunAsync(CancellationToken cancellationToken)
    {
        await FollowAsync(_run, cancellationToken);
        foreach (var row in _run)
        {
            await AddRowAsync(row, cancellationToken);
        }

        _run.Clear();
    }

    private async Task FollowAsync(List<RowChange> changes, CancellationToken cancellationToken)
    {
        var parent = changes[0].Table.Name;
        var tables = mirrors.Descendants(parent);
        if (changes.Any(change => Cascade.NeedsMirror(mirrors, change)))
        {
            tables.Add(parent);
        }

        if (tables.Any(table => _pending.TryGetValue(table, out var pending) && pending.Count > 0))
        {
            await FlushAsync(cancellationToken);
        }

        await sender.DrainAsync(cancellationToken);
        var cascade = new Cascade(connection, mirrors, windows, Dirty);
        await cascade.FollowAsync(parent, changes, cancellationToken);
        Unsure.UnionWith(cascade.Unsure);
        foreach (var (child, reason) in cascade.Unknown)
        {
            CopyAgain[child] = reason;
        }

        HasWork = true;
    }

    private async Task HoldAsync(UnreadableRow row, CancellationToken cancellationToken)
    {
        if (mirrors.Find(row.Table.Name) is not { } table || IsNotBegun(table.Name))
        {
            return;
        }

        await FlushAsync(cancellationToken);
        await sender.DrainAsync(cancellationToken);
        await letters.HoldAsync(table, table.KeyOf(table.Arrange(row.Shape, row.Key)), row.Reason, cancellationToken);
        HasWork = true;
    }

    private ValueTask AddRowAsync(RowChange change, CancellationToken cancellationToken)
    {
        if (mirrors.Find(change.Table.Name) is not { } table || IsNotBegun(table.Name))
        {
            return ValueTask.CompletedTask;
        }

        if (!_pending.TryGetValue(table.Name, out var pending))
        {
            _pending[table.Name] = pending = new PendingRows(table);
        }

        Rows++;
        HasWork = true;
        var before = change.Before is null ? null : table.Arrange(change.Shape, change.Before);
        var after = change.After is null ? null : table.Arrange(change.Shape, change.After);
        var isUncertain = false;
        if (before is not null && after is not null)
        {
            // MariaDB logs a REPLACE as an update that tells the key and leaves out what went back to its default.
            isUncertain = RowImage.IsPartial(before) && table.KeyColumns.All(column => !after[column].IsAbsent);
            RowImage.Complete(table, change, after, before);
        }

        var oldKey = before is null ? (RowKey?)null : table.KeyOf(before);
        var newKey = after is null ? (RowKey?)null : before is not null && table.IsSameKey(before, after) ? oldKey : table.KeyOf(after);
        if (RowImage.IsUnknown(oldKey) || RowImage.IsUnknown(newKey))
        {
            CopyAgain[table.Name] = "a partial row image does not tell the row's key";
            return ValueTask.CompletedTask;
        }

        if (change.IsIncomplete)
        {
            _partial.Order(table, newKey!.Value);
        }

        if (after is not null && oldKey is { } old && !old.Equals(newKey!.Value) && RowImage.IsPartial(after))
        {
            return MoveAsync(pending, old, newKey.Value, before!, after, cancellationToken);
        }

        if (newKey is { } kept && _held.IsHeld(table, kept))
        {
            _held.Note(table, kept, after);
            if (oldKey is null || oldKey.Value.Equals(kept))
            {
                return ValueTask.CompletedTask;
            }

            after = null;
        }
        else if (oldKey is { } gone && _held.IsHeld(table, gone))
        {
            _held.Note(table, gone, null);
        }

        if (before is not null)
        {
            TakeBefore(pending, before, oldKey!.Value, isGone: after is null || !oldKey.Value.Equals(newKey!.Value));
        }

        if (after is not null)
        {
            TakeAfter(pending, change, after, newKey!.Value, oldKey);
            if (isUncertain && RowImage.IsPartial(after))
            {
                _partial.Order(table, newKey.Value);
            }
        }

        _pendingRows++;
        _pendingBytes += RowImage.Size(after);
        var isEnough = _pendingRows >= MaximumPendingRows || _pendingBytes >= MaximumPendingBytes || (_pendingRows >= EagerPendingRows && sender.IsIdle);
        return isEnough ? new ValueTask(FlushAsync(cancellationToken)) : ValueTask.CompletedTask;
    }

    private void TakeBefore(PendingRows pending, ColumnValue[] before, RowKey key, bool isGone)
    {
        if (!pending.Table.MarkDirty(before, Dirty))
        {
            _partial.Note(pending.Table, key);
        }

        if (isGone)
        {
            windows.Touch(pending.Table.Name, key);
            pending.Delete(key);
        }
    }

    private void TakeAfter(PendingRows pending, RowChange change, ColumnValue[] after, RowKey key, RowKey? oldKey)
    {
        var table = pending.Table;
        var isInsert = change.Operation == RowOperation.Insert;
        if (!table.MarkDirty(after, Dirty))
        {
            _partial.Note(table, key);
        }

        if (!RowImage.IsPartial(after))
        {
            windows.Touch(table.Name, key);
        }
        else
        {
            // A row that is not copied yet stays partial: it must be read after this change.
            windows.TouchPartly(table.Name, key);
            if (isInsert && !RowImage.IsKnown(table, after))
            {
                _partial.Order(table, key);
            }
        }

        // A row that takes another's key is a new one there, though it was logged as an update.
        pending.Upsert(key, after, isInsert || (oldKey is { } old && !old.Equals(key)));
    }

    /// <summary>A row moves to another key, and the log tells only what changed: the rest moves along in the mirror.</summary>
    private async ValueTask MoveAsync(PendingRows pending, RowKey from, RowKey to, ColumnValue[] before, ColumnValue[] after, CancellationToken cancellationToken)
    {
        var table = pending.Table;
        windows.Touch(table.Name, from);
        windows.TouchPartly(table.Name, to);
        if (!table.MarkDirty(before, Dirty) | !table.MarkDirty(after, Dirty))
        {
            _partial.Note(table, from);
        }

        if (_held.IsHeld(table, from))
        {
            // What the mirror has of it is not what it was.
            _held.Note(table, from, null);
            pending.Delete(from);
            _partial.Order(table, to);
            return;
        }

        if (pending.Find(from) is { Row: { } row, IsPartial: false })
        {
            for (var i = 0; i < after.Length; i++)
            {
                after[i] = after[i].IsAbsent ? row[i] : after[i];
            }

            pending.Delete(from);
            pending.Upsert(to, after, isInsert: true);
            return;
        }

        await FlushAsync(cancellationToken);
        await _partial.MoveAsync(table, from, to, after, isCareful, cancellationToken);
    }

    // All of its rows are still to be read. One that came early could outlive parents that are not copied yet, and nobody would log its end.
    private bool IsNotBegun(string table) => copies.Find(table) is { State: CopyState.Pending, Mode: CopyMode.Fill };

    private static partial class Log
    {
        [LoggerMessage(EventIds.TablesSwapped, LogLevel.Information, "{Table} and {Replica} traded places: {Rows} rows differ, {Keys} keys are dirty")]
        public static partial void Swapped(ILogger logger, string table, string replica, long rows, int keys);
    }
}
