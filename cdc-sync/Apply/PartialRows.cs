using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.DeadLetters;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// What a batch cannot tell from partial row images alone and asks of the mirror: whose rows they were, and whether the rest of a row is
/// there. What the mirror does not know either is ordered to be read again. One batch, one thread.
/// </summary>
internal sealed class PartialRows(MySqlConnection connection, StatementSender sender, TableCopies copies)
{
    private readonly Dictionary<MirrorTable, HashSet<RowKey>> _unmarked = [];
    private readonly Dictionary<MirrorTable, HashSet<RowKey>> _orders = [];

    /// <summary>Whether rows were ordered to be read again.</summary>
    public bool HasOrdered { get; private set; }

    /// <summary>Remembers a row whose image does not say what it makes dirty.</summary>
    public void Note(MirrorTable table, in RowKey key) => Of(_unmarked, table).Add(key);

    /// <summary>Remembers a row that only the source knows.</summary>
    public void Order(MirrorTable table, in RowKey key) => Of(_orders, table).Add(key);

    public void Forget(string table)
    {
        foreach (var gone in _unmarked.Keys.Where(key => key.Name == table).ToList())
        {
            _unmarked.Remove(gone);
        }
    }

    /// <summary>Marks dirty what the mirror says of the rows noted, before they are changed; and writes down the orders.</summary>
    public async Task ResolveAsync(DirtyKeys dirty, CancellationToken cancellationToken)
    {
        foreach (var (table, keys) in _unmarked)
        {
            await sender.DrainAsync(cancellationToken);
            foreach (var row in await RowLookup.FindAsync(connection, table, table.DirtyColumns, table.KeyColumns, [.. keys.Select(key => key.Values)], cancellationToken))
            {
                table.MarkDirty(row, dirty);
            }
        }

        _unmarked.Clear();
        foreach (var (table, keys) in _orders)
        {
            await OrderAsync(table, [.. keys.Select(key => key.Values)], cancellationToken);
        }

        _orders.Clear();
    }

    /// <summary>Writes parts of rows; those whose rest is not in the mirror are ordered to be read again.</summary>
    public async Task WriteAsync(MirrorTable table, IReadOnlyList<PendingRow> rows, int maximumStatement, CancellationToken cancellationToken)
    {
        await sender.DrainAsync(cancellationToken);
        foreach (var part in rows.Chunk(RowLookup.KeysPerStatement))
        {
            var found = 0;
            var sql = new StringBuilder();
            foreach (var statement in RowStatements.Of(table, part, maximumStatement))
            {
                sql.Append(statement).Append(";\n");
                if (sql.Length > maximumStatement)
                {
                    found += await TargetDatabase.ExecuteAsync(connection, sql, cancellationToken);
                    sql.Clear();
                }
            }

            found += sql.Length == 0 ? 0 : await TargetDatabase.ExecuteAsync(connection, sql, cancellationToken);
            if (found < part.Length)
            {
                await OrderMissingAsync(table, part, cancellationToken);
            }
        }
    }

    /// <summary>Orders those rows to be read again that the mirror does not have.</summary>
    public async Task OrderMissingAsync(MirrorTable table, IReadOnlyList<PendingRow> rows, CancellationToken cancellationToken)
    {
        // While the table is copied for the first time, rows that are not there come with their chunk, which is read after this change.
        if (rows.Count > 0 && copies.Find(table.Name) is { State: CopyState.Streaming } or { Mode: CopyMode.Compare })
        {
            var known = await RowLookup.FindAsync(connection, table, table.KeyColumns, table.KeyColumns, [.. rows.Select(row => row.Key.Values)], cancellationToken);
            var there = known.Select(table.KeyOf).ToHashSet();
            await OrderAsync(table, [.. rows.Select(row => row.Key).Where(key => !there.Contains(key)).Select(key => key.Values)], cancellationToken);
        }
    }

    /// <summary>Moves a row to another key with all of it that the mirror has. One that is refused, where that is looked for, is read again: then it shows whether the whole row is.</summary>
    public async Task MoveAsync(MirrorTable table, RowKey from, RowKey to, ColumnValue[] after, bool isCareful, CancellationToken cancellationToken)
    {
        await sender.DrainAsync(cancellationToken);
        // Keys that the collation takes for one are the same row; else nothing may stand where the row goes.
        if ((await RowLookup.FindAsync(connection, table, table.KeyColumns, table.KeyColumns, [to.Values], cancellationToken)) is [var there] && !table.KeyOf(there).Equals(from))
        {
            await RemoveAsync(table, to, cancellationToken);
        }

        var sql = new StringBuilder("UPDATE ").AppendName(table.Name).Append(" SET ");
        RowStatements.AppendSet(sql, table, after);
        table.AppendWhere(sql.Append(" WHERE "), table.KeyColumns, [from.Values]);
        var isMoved = false;
        try
        {
            isMoved = await TargetDatabase.ExecuteAsync(connection, sql, cancellationToken) > 0;
        }
        catch (Exception fault) when (isCareful && RowFault.Is(fault))
        {
            await RemoveAsync(table, from, cancellationToken);
        }

        if (!isMoved)
        {
            await OrderAsync(table, [to.Values], cancellationToken);
        }
    }

    private Task<int> RemoveAsync(MirrorTable table, RowKey key, CancellationToken cancellationToken) => TargetDatabase.ExecuteAsync(
        connection, table.AppendWhere(new StringBuilder("DELETE FROM ").AppendName(table.Name).Append(" WHERE "), table.KeyColumns, [key.Values]), cancellationToken);

    private async Task OrderAsync(MirrorTable table, IReadOnlyList<ColumnValue[]> keys, CancellationToken cancellationToken)
    {
        if (keys.Count > 0)
        {
            await sender.DrainAsync(cancellationToken);
            await RereadStore.OrderAsync(connection, table.Name, keys, "the log told only a part of the row", cancellationToken);
            HasOrdered = true;
        }
    }

    private static HashSet<RowKey> Of(Dictionary<MirrorTable, HashSet<RowKey>> sets, MirrorTable table)
    {
        if (!sets.TryGetValue(table, out var set))
        {
            sets[table] = set = [];
        }

        return set;
    }
}
