using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Apply;

/// <summary>Two mirrored tables of the same columns, of which one took the other's name; <see cref="IsExchange"/> says that the other took its.</summary>
internal sealed record Swap(MirrorTable Table, MirrorTable Replica, bool IsExchange);

/// <summary>
/// Makes the mirrors of two tables that traded places at the source trade their rows: only those that differ are written and made dirty, all
/// in the transaction of the caller, so that a reader sees the old table or the new one and nothing between.
/// </summary>
internal static class TableSwap
{
    private const string Old = "cdc_swap_old";
    private const string New = "cdc_swap_new";

    /// <summary>What the names of a RENAME stand for in the end, where those are tables that can trade their rows.</summary>
    public static IEnumerable<Swap> Of(TablesRenamed renamed, string database, MirrorSet mirrors, Func<string, bool> isComplete)
    {
        var contents = new Dictionary<TableName, TableName>();
        foreach (var (from, to) in renamed.Steps)
        {
            contents[to] = contents.Remove(from, out var origin) ? origin : from;
        }

        foreach (var (name, origin) in contents)
        {
            if (name.Database == database && origin.Database == database && name != origin && mirrors.Find(name.Name) is { } table && mirrors.Find(origin.Name) is { } replica
                && !replica.IsSubscribed && table.IsSubscribed && isComplete(name.Name) && isComplete(origin.Name) && HaveSameColumns(table.Definition, replica.Definition))
            {
                yield return new Swap(table, replica, contents.TryGetValue(origin, out var back) && back == name);
            }
        }
    }

    /// <returns>How many rows were other ones.</returns>
    public static async Task<long> ExecuteAsync(MySqlConnection connection, Swap swap, DirtyKeys dirty, CancellationToken cancellationToken)
    {
        var (table, replica) = (SqlLiteral.Name(swap.Table.Name), SqlLiteral.Name(swap.Replica.Name));
        // Temporary tables are made and dropped without a commit.
        await TargetDatabase.ExecuteAsync(
            connection, $"DROP TEMPORARY TABLE IF EXISTS {Old}, {New}; CREATE TEMPORARY TABLE {Old} LIKE {table}; CREATE TEMPORARY TABLE {New} LIKE {table}", cancellationToken);
        var gone = await TargetDatabase.ExecuteAsync(connection, Difference(Old, swap.Table, table, replica), cancellationToken);
        var come = await TargetDatabase.ExecuteAsync(connection, Difference(New, swap.Table, replica, table), cancellationToken);
        await MarkAsync(connection, swap.Table, dirty, cancellationToken);
        var columns = string.Join(", ", swap.Table.Columns.Select(column => SqlLiteral.Name(column.Name)));
        var sql = $"{Remove(table, Old, swap.Table)}; INSERT INTO {table} ({columns}) SELECT {columns} FROM {New};\n"
            + (swap.IsExchange ? $"{Remove(replica, New, swap.Table)}; INSERT INTO {replica} ({columns}) SELECT {columns} FROM {Old}" : $"DELETE FROM {replica}");
        await TargetDatabase.ExecuteAsync(connection, sql, cancellationToken);
        await TargetDatabase.ExecuteAsync(connection, $"DROP TEMPORARY TABLE {Old}, {New}", cancellationToken);
        return Math.Max(gone, come);
    }

    private static bool HaveSameColumns(TableDefinition one, TableDefinition other) => one.Columns.SequenceEqual(other.Columns) && one.Key!.SequenceEqual(other.Key!);

    private static string Difference(string into, MirrorTable definition, string table, string other)
    {
        var key = definition.KeyColumns.Select(column => SqlLiteral.Name(definition.Columns[column].Name)).ToList();
        var sql = new StringBuilder("INSERT INTO ").Append(into).Append(" (").AppendJoin(", ", definition.Columns.Select(column => SqlLiteral.Name(column.Name))).Append(") SELECT ")
            .AppendJoin(", ", definition.Columns.Select(column => $"t.{SqlLiteral.Name(column.Name)}"))
            .Append(" FROM ").Append(table).Append(" t LEFT JOIN ").Append(other).Append(" o ON ").AppendJoin(" AND ", key.Select(column => $"t.{column} = o.{column}"))
            .Append(" WHERE o.").Append(key[0]).Append(" IS NULL OR NOT (");
        return sql.AppendJoin(" AND ", definition.Columns.Select(column => $"{Exactly(column, "t")} <=> {Exactly(column, "o")}")).Append(')').ToString();
    }

    // What a collation takes for the same is not.
    private static string Exactly(ColumnDefinition column, string table) => column switch
    {
        { DataType: "enum" or "set" or "bit" } => $"{table}.{SqlLiteral.Name(column.Name)} + 0",
        { CharacterSet: not null } or { DataType: "json" } => $"CAST({table}.{SqlLiteral.Name(column.Name)} AS BINARY)",
        _ => $"{table}.{SqlLiteral.Name(column.Name)}",
    };

    private static string Remove(string table, string rows, MirrorTable definition) =>
        $"DELETE t FROM {table} t JOIN {rows} r ON {string.Join(" AND ", definition.KeyColumns.Select(column => SqlLiteral.Name(definition.Columns[column].Name)).Select(column => $"t.{column} = r.{column}"))}";

    private static async Task MarkAsync(MySqlConnection connection, MirrorTable table, DirtyKeys dirty, CancellationToken cancellationToken)
    {
        foreach (var rows in new[] { Old, New })
        {
            await foreach (var row in RowLookup.AllAsync(connection, table, rows, table.DirtyColumns, cancellationToken))
            {
                table.MarkDirty(row, dirty);
            }
        }
    }
}
