using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Catalog;

/// <summary>Reads table definitions and foreign keys from a server's <c>information_schema</c>, with MySQL's and MariaDB's ways of writing them made one.</summary>
internal static class CatalogReader
{
    public static async Task<List<TableDefinition>> TablesAsync(
        MySqlConnection connection, string database, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            return [];
        }

        var isMariaDb = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        var parameters = new { database, names };
        var columns = await connection.QueryAsync<ColumnRow>(new CommandDefinition(
            """
            SELECT TABLE_NAME AS TableName, COLUMN_NAME AS Name, DATA_TYPE AS DataType, COLUMN_TYPE AS ColumnType, CHARACTER_SET_NAME AS CharacterSet,
                   COLLATION_NAME AS Collation, IS_NULLABLE AS IsNullable, COLUMN_DEFAULT AS ColumnDefault, EXTRA AS Extra, COLUMN_COMMENT AS Comment
            FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = @database AND TABLE_NAME IN @names ORDER BY TABLE_NAME, ORDINAL_POSITION
            """, parameters, cancellationToken: cancellationToken));
        var indexes = await connection.QueryAsync<IndexRow>(new CommandDefinition(
            """
            SELECT TABLE_NAME AS TableName, INDEX_NAME AS Name, NON_UNIQUE AS NonUnique, COLUMN_NAME AS ColumnName, SUB_PART AS Prefix, NULLABLE AS Nullable, INDEX_TYPE AS Kind
            FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = @database AND TABLE_NAME IN @names ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX
            """, parameters, cancellationToken: cancellationToken));
        var byTable = indexes.ToLookup(index => index.TableName);
        var collations = (await connection.QueryAsync<(string Table, string? Collation)>(new CommandDefinition(
            "SELECT TABLE_NAME, TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = @database AND TABLE_NAME IN @names",
            parameters, cancellationToken: cancellationToken))).ToDictionary(row => row.Table, row => row.Collation);
        var checks = isMariaDb ? await JsonChecksAsync(connection, database, cancellationToken) : EmptyLookup;
        return [.. columns.GroupBy(column => column.TableName).Select(table =>
            Table(new TableName(database, table.Key), [.. table.Select(column => Column(column, isMariaDb))], [.. byTable[table.Key]]) with
            {
                AutoIncrement = table.FirstOrDefault(column => column.Extra.Contains("auto_increment", StringComparison.OrdinalIgnoreCase))?.Name,
                CharacterSet = collations.GetValueOrDefault(table.Key)?.Split('_')[0],
                Comments = table.Where(column => column.Comment.Length > 0).ToDictionary(column => column.Name, column => column.Comment, StringComparer.OrdinalIgnoreCase),
                JsonColumns = [.. checks[table.Key]],
            })];
    }

    private static ILookup<string, string> EmptyLookup { get; } = Array.Empty<(string Table, string Column)>().ToLookup(row => row.Table, row => row.Column);

    private static async Task<ILookup<string, string>> JsonChecksAsync(MySqlConnection connection, string database, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Table, string Column)>(new CommandDefinition(
            """
            SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.CHECK_CONSTRAINTS
            WHERE CONSTRAINT_SCHEMA = @database AND LEVEL = 'Column' AND CHECK_CLAUSE LIKE 'json\_valid(%'
            """, new { database }, cancellationToken: cancellationToken));
        return rows.ToLookup(row => row.Table, row => row.Column);
    }

    public static async Task<List<ForeignKey>> ForeignKeysAsync(MySqlConnection connection, string database, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<ForeignKeyRow>(new CommandDefinition(
            """
            SELECT k.CONSTRAINT_NAME AS Name, k.TABLE_NAME AS Child, k.COLUMN_NAME AS ChildColumn, k.REFERENCED_TABLE_NAME AS Parent,
                   k.REFERENCED_COLUMN_NAME AS ParentColumn, r.DELETE_RULE AS OnDelete, r.UPDATE_RULE AS OnUpdate
            FROM information_schema.KEY_COLUMN_USAGE k
            JOIN information_schema.REFERENTIAL_CONSTRAINTS r
              ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
            WHERE k.CONSTRAINT_SCHEMA = @database AND k.REFERENCED_TABLE_SCHEMA = @database
            ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
            """, new { database }, cancellationToken: cancellationToken));
        return [.. rows.GroupBy(row => (row.Child, row.Name)).Select(key =>
        {
            var first = key.First();
            return new ForeignKey(
                first.Name, first.Parent, [.. key.Select(row => row.ParentColumn)], first.Child, [.. key.Select(row => row.ChildColumn)],
                Action(first.OnDelete), Action(first.OnUpdate));
        })];
    }

    private static TableDefinition Table(TableName name, List<ColumnDefinition> columns, List<IndexRow> rows)
    {
        var indexes = rows.GroupBy(row => row.Name).ToList();
        // Without a primary key a unique one without NULLs tells rows apart just as well.
        var key = indexes.FirstOrDefault(index => index.Key == "PRIMARY")
            ?? indexes.FirstOrDefault(index => index.All(row => row.NonUnique == 0 && row is { Nullable: not "YES", Prefix: null, ColumnName: not null }));
        return new TableDefinition(
            name,
            columns,
            key?.Select(row => row.ColumnName!).ToList(),
            [.. indexes.Where(index => index != key && index.All(row => row.ColumnName is not null))
                .Select(index => new IndexDefinition(index.Key, index.First().Kind, [.. index.Select(row => (row.ColumnName!, (int?)row.Prefix))]))]);
    }

    private static ColumnDefinition Column(ColumnRow row, bool isMariaDb)
    {
        var (value, isExpression) = isMariaDb ? MariaDbDefault(row) : MySqlDefault(row);
        return new ColumnDefinition(
            row.Name, row.DataType.ToLowerInvariant(), row.ColumnType, row.CharacterSet, row.Collation, row.IsNullable == "YES", value, isExpression);
    }

    // MariaDB shows a default as it would be written: NULL, a quoted literal, a number or an expression.
    private static (string? Literal, bool IsExpression) MariaDbDefault(ColumnRow row) => row.ColumnDefault switch
    {
        null or "NULL" => (null, row.Extra.Contains("GENERATED", StringComparison.OrdinalIgnoreCase)),
        ['\'' or 'b' or 'x' or '-' or (>= '0' and <= '9'), ..] => (row.ColumnDefault, false),
        _ => (null, true),
    };

    // MySQL shows the bare value, and says beside it whether it is an expression.
    private static (string? Literal, bool IsExpression) MySqlDefault(ColumnRow row)
    {
        if (row.Extra.Contains("GENERATED", StringComparison.OrdinalIgnoreCase) || (row.ColumnDefault ?? "").StartsWith("CURRENT_TIMESTAMP", StringComparison.OrdinalIgnoreCase))
        {
            return (null, true);
        }

        return row.ColumnDefault is null ? (null, false)
            : row.DataType is "bit" or "binary" or "varbinary" ? (row.ColumnDefault, false)
            : ($"'{row.ColumnDefault.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'", false);
    }

    private static ReferentialAction Action(string rule) => rule switch
    {
        "CASCADE" => ReferentialAction.Cascade,
        "SET NULL" => ReferentialAction.SetNull,
        _ => ReferentialAction.None,
    };

    private sealed record ColumnRow
    {
        public string TableName { get; init; } = "";

        public string Name { get; init; } = "";

        public string DataType { get; init; } = "";

        public string ColumnType { get; init; } = "";

        public string? CharacterSet { get; init; }

        public string? Collation { get; init; }

        public string IsNullable { get; init; } = "";

        public string? ColumnDefault { get; init; }

        public string Extra { get; init; } = "";

        public string Comment { get; init; } = "";
    }

    private sealed record IndexRow
    {
        public string TableName { get; init; } = "";

        public string Name { get; init; } = "";

        public long NonUnique { get; init; }

        public string? ColumnName { get; init; }

        public long? Prefix { get; init; }

        public string? Nullable { get; init; }

        public string Kind { get; init; } = "";
    }

    private sealed record ForeignKeyRow
    {
        public string Name { get; init; } = "";

        public string Child { get; init; } = "";

        public string ChildColumn { get; init; } = "";

        public string Parent { get; init; } = "";

        public string ParentColumn { get; init; } = "";

        public string OnDelete { get; init; } = "";

        public string OnUpdate { get; init; } = "";
    }
}
