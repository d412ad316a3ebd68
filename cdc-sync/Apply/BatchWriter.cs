using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// Writes the changes of one batch into the mirror, inside one transaction of the caller's. Changes of one key are made one; what
/// foreign keys do to children is done in between, in order. One batch, one thread.
/// </summary>
internal sealed class BatchWriter(
    MySqlConnection connection, MirrorSet mirrors, TableCopies copies, string database, SnapshotWindows windows, int maximumStatement)
{
    private readonly Dictionary<string, PendingRows> _pending = [];
    private readonly StringBuilder _statements = new();

    public DirtyKeys Dirty { get; } = new();

    /// <summary>Tables whose rows can only be had by copying them again.</summary>
    public HashSet<string> CopyAgain { get; } = [];

    public int Rows { get; private set; }

    /// <summary>Whether anything was written that a reader of the mirror could see.</summary>
    public bool HasWork { get; private set; }

    public async Task AddAsync(IReadOnlyCollection<Change> collection, CancellationToken cancellationToken)
    {
        var changes = collection as IReadOnlyList<Change> ?? [.. collection];
        for (var i = 0; i < changes.Count;)
        {
            if (changes[i] is RowChange row && row.Table.Database == database)
            {
                var run = mirrors.HasChildren(row.Table.Name) ? CascadingRun(changes, i) : 0;
                if (run > 0)
                {
                    await FlushIfTouchedAsync(mirrors.Descendants(row.Table.Name), cancellationToken);
                    var cascade = new Cascade(connection, mirrors, windows, Dirty);
                    await cascade.FollowAsync(row.Table.Name, changes.Skip(i).Take(run).Cast<RowChange>().ToList(), cancellationToken);
                    HasWork = true;
                }

                for (var end = i + Math.Max(run, 1); i < end; i++)
                {
                    AddRow((RowChange)changes[i]);
                }

                continue;
            }

            if (changes[i] is TableChange { What: TableEvent.Truncated } truncated)
            {
                await TruncateAsync(truncated.Table.Name, cancellationToken);
            }
            else if (changes[i] is TableChange { What: TableEvent.ChangedByStatement } statement && mirrors.Find(statement.Table.Name) is not null)
            {
                CopyAgain.Add(statement.Table.Name);
            }

            i++;
        }
    }

    /// <summary>Sends everything that is still pending.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var pending in _pending.Values)
        {
            foreach (var statement in pending.Statements(maximumStatement))
            {
                await SendAsync(statement, cancellationToken);
            }

            pending.Clear();
        }

        await SendPendingAsync(cancellationToken);
    }

    /// <summary>Removes every row of a table, inside the transaction.</summary>
    public async Task TruncateAsync(string name, CancellationToken cancellationToken)
    {
        if (mirrors.Find(name) is not { } table)
        {
            return;
        }

        _pending.GetValueOrDefault(name)?.Clear();
        await FlushAsync(cancellationToken);
        await TargetDatabase.ExecuteAsync(connection, $"DELETE FROM {SqlLiteral.Name(table.Name)}", cancellationToken);
        windows.Invalidate(name);
        HasWork = true;
        if (table.Subscription.Dirty is { Count: > 0 })
        {
            Dirty.AddAll();
        }
    }

    private void AddRow(RowChange change)
    {
        if (mirrors.Find(change.Table.Name) is not { } table || IsNotBegun(table.Name))
        {
            return;
        }

        if (!_pending.TryGetValue(table.Name, out var pending))
        {
            _pending[table.Name] = pending = new PendingRows(table);
        }

        Rows++;
        HasWork = true;
        var before = change.Before is null ? null : table.Arrange(change.Shape, change.Before);
        var after = change.After is null ? null : table.Arrange(change.Shape, change.After);
        if (before is not null && after is not null)
        {
            Complete(after, before);
        }

        if (before is not null)
        {
            table.MarkDirty(before, Dirty);
            var key = table.KeyOf(before);
            if (after is null || !table.KeyOf(after).Equals(key))
            {
                windows.Touch(table.Name, key);
                pending.Delete(key);
            }
        }

        if (after is not null)
        {
            table.MarkDirty(after, Dirty);
            var key = table.KeyOf(after);
            if (IsPartial(after))
            {
                // A row that is not copied yet stays partial: it must be read after this change.
                windows.TouchPartly(table.Name, key);
            }
            else
            {
                windows.Touch(table.Name, key);
            }

            if (key.Values.Any(value => value.IsAbsent) || (IsPartial(after) && IsBlind(table, change, before, key)))
            {
                CopyAgain.Add(table.Name);
            }

            pending.Upsert(key, after, change.Operation == RowOperation.Insert);
        }
    }

    // All of its rows are still to be read. One that came early could outlive parents that are not copied yet, and nobody would log its end.
    private bool IsNotBegun(string table) => copies.Find(table) is { State: CopyState.Pending, Mode: CopyMode.Fill } && !windows.IsOpen(table);

    // Rows whose other columns nobody knows: a moved key without its row, an insert whose computed defaults were not logged.
    private static bool IsBlind(MirrorTable table, RowChange change, ColumnValue[]? before, RowKey key) => change.Operation == RowOperation.Insert
        ? change.After!.Any(value => value.IsAbsent)
        : before is not null && !table.KeyOf(before).Equals(key);

    private static void Complete(ColumnValue[] after, ColumnValue[] before)
    {
        for (var i = 0; i < after.Length; i++)
        {
            after[i] = after[i].IsAbsent ? before[i] : after[i];
        }
    }

    private static bool IsPartial(ColumnValue[] row) => row.Any(value => value.IsAbsent);

    /// <summary>How many changes from here on make the server act on children in the same way; none when this one does not.</summary>
    private static int CascadingRun(IReadOnlyList<Change> changes, int from)
    {
        var first = (RowChange)changes[from];
        if (first.Operation == RowOperation.Insert || !first.ForeignKeyChecks)
        {
            return 0;
        }

        // An update moves keys one after the other; deletes of one table can go together.
        var end = from + 1;
        while (first.Operation == RowOperation.Delete && end < changes.Count
            && changes[end] is RowChange { Operation: RowOperation.Delete, ForeignKeyChecks: true } next && next.Table == first.Table)
        {
            end++;
        }

        return end - from;
    }

    private async Task FlushIfTouchedAsync(HashSet<string> tables, CancellationToken cancellationToken)
    {
        if (tables.Any(table => _pending.TryGetValue(table, out var pending) && pending.Count > 0))
        {
            await FlushAsync(cancellationToken);
        }
        else
        {
            await SendPendingAsync(cancellationToken);
        }
    }

    // Statements travel together: a small batch is one round trip.
    private async Task SendAsync(string statement, CancellationToken cancellationToken)
    {
        if (_statements.Length > 0 && _statements.Length + statement.Length > maximumStatement)
        {
            await SendPendingAsync(cancellationToken);
        }

        _statements.Append(statement).Append(";\n");
    }

    private async Task SendPendingAsync(CancellationToken cancellationToken)
    {
        if (_statements.Length > 0)
        {
            await TargetDatabase.ExecuteAsync(connection, _statements, cancellationToken);
            _statements.Clear();
        }
    }
}
