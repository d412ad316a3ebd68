using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Apply;

/// <summary>What became of a mirror when it was brought to its source's definition.</summary>
internal enum SchemaResult
{
    Unchanged,

    /// <summary>Altered so that its rows are still those of the source.</summary>
    Followed,

    /// <summary>Altered, but only the source knows the rows' new values.</summary>
    NeedsCopy,

    /// <summary>Made anew, and empty.</summary>
    Created,
}

/// <summary>
/// Makes mirrors as their source tables are defined, and alters them as those change. What a mirror was made from is kept beside it, so that
/// definitions of the same server are compared and not the words of two. Every step can be repeated after a crash.
/// </summary>
internal sealed class MirrorSchema(MySqlConnection connection, TargetFlavor flavor)
{
    public static string Text(TableDefinition definition, bool isPart) => JsonSerializer.Serialize(StoredDefinition.Of(definition) with { IsPart = isPart }, DefinitionJson.Default.StoredDefinition);

    /// <summary>The names of the columns in such a text.</summary>
    public static IReadOnlyCollection<string> ColumnsOf(string text) =>
        [.. JsonSerializer.Deserialize(text, DefinitionJson.Default.StoredDefinition)!.Columns.Select(column => column.Name)];

    public async Task<SchemaResult> BringAsync(TableDefinition wanted, bool isPart, string? known, CancellationToken cancellationToken)
    {
        var name = wanted.Name.Name;
        var exists = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = @name", new { name }, cancellationToken: cancellationToken)) > 0;
        var old = known is null ? null : JsonSerializer.Deserialize(known, DefinitionJson.Default.StoredDefinition);
        if (!exists || old is null || old.IsPart != isPart || !old.Key.SequenceEqual(wanted.Key!) || KeyTypesDiffer(old, wanted))
        {
            await TargetDatabase.ExecuteAsync(connection, $"DROP TABLE IF EXISTS {SqlLiteral.Name(name)}", cancellationToken);
            await TargetDatabase.ExecuteAsync(connection, Create(wanted), cancellationToken);
            return SchemaResult.Created;
        }

        var result = Same(old, wanted) ? SchemaResult.Unchanged : await AlterAsync(wanted, old, cancellationToken);
        return await FollowIndexesAsync(wanted, old, cancellationToken) && result == SchemaResult.Unchanged ? SchemaResult.Followed : result;
    }

    /// <summary>Adds and drops the indexes that the source added and dropped; those that the service made for itself stay.</summary>
    private async Task<bool> FollowIndexesAsync(TableDefinition wanted, StoredDefinition old, CancellationToken cancellationToken)
    {
        if (old.Indexes is null)
        {
            return false;
        }

        var now = Indexes(wanted);
        var actual = (await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = @Name", new { wanted.Name.Name },
            cancellationToken: cancellationToken))).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var changed = old.Indexes.Where(index => now.GetValueOrDefault(index.Key) != index.Value).Select(index => index.Key).ToList();
        var dropped = changed.Where(actual.Contains).Select(name => $"DROP INDEX {SqlLiteral.Name(name)}").ToList();
        var added = now.Where(index => old.Indexes.GetValueOrDefault(index.Key) != index.Value && (changed.Contains(index.Key) || !actual.Contains(index.Key)))
            .Select(index => $"ADD INDEX {SqlLiteral.Name(index.Key)} {index.Value}").ToList();
        if (dropped.Count + added.Count == 0)
        {
            return false;
        }

        await TargetDatabase.ExecuteAsync(connection, $"ALTER TABLE {SqlLiteral.Name(wanted.Name.Name)} {string.Join(", ", dropped.Concat(added))}", cancellationToken);
        return true;
    }

    /// <summary>The indexes that a mirror can have, each with its columns as SQL; a unique one is a plain one there.</summary>
    internal static SortedDictionary<string, string> Indexes(TableDefinition table) => new(
        table.Indexes.Where(index => index.Kind is "BTREE" or "HASH" && index.Columns.All(column => IsIndexable(table, column.Column, column.Prefix))).ToDictionary(
            index => index.Name,
            index => $"({string.Join(", ", index.Columns.Select(column => SqlLiteral.Name(column.Column) + (column.Prefix is null ? "" : $"({column.Prefix})")))})"),
        StringComparer.OrdinalIgnoreCase);

    private string Create(TableDefinition table)
    {
        var sql = new StringBuilder("CREATE TABLE ").AppendName(table.Name.Name).Append(" (\n  ").AppendJoin(",\n  ", table.Columns.Select(flavor.Declare));
        sql.Append(",\n  PRIMARY KEY (").AppendJoin(", ", table.Key!.Select(SqlLiteral.Name)).Append(')');
        foreach (var (name, columns) in Indexes(table))
        {
            sql.Append(",\n  KEY ").AppendName(name).Append(' ').Append(columns);
        }

        return sql.Append("\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4").ToString();
    }

    private async Task<SchemaResult> AlterAsync(TableDefinition wanted, StoredDefinition old, CancellationToken cancellationToken)
    {
        // What the mirror really has may be ahead of what was noted, when a crash came between.
        var actual = (await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = @Name", new { wanted.Name.Name },
            cancellationToken: cancellationToken))).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var needsCopy = false;
        var steps = new List<string>();
        foreach (var gone in actual.Where(column => wanted.Column(column) is null))
        {
            steps.Add($"DROP COLUMN {SqlLiteral.Name(gone)}");
        }

        for (var i = 0; i < wanted.Columns.Count; i++)
        {
            var column = wanted.Columns[i];
            var before = old.Columns.FirstOrDefault(known => string.Equals(known.Name, column.Name, StringComparison.OrdinalIgnoreCase));
            var place = i == 0 ? " FIRST" : $" AFTER {SqlLiteral.Name(wanted.Columns[i - 1].Name)}";
            if (!actual.Contains(column.Name))
            {
                steps.Add($"ADD COLUMN {flavor.Declare(column)}{place}");
            }
            else if (before != column)
            {
                steps.Add($"MODIFY COLUMN {flavor.Declare(column)}{place}");
            }

            // A changed type may have changed values; a column that is new under a vanished one's place may be that one renamed.
            needsCopy |= before is not null && !SameValues(before, column);
            needsCopy |= before is null && column.HasExpressionDefault;
            needsCopy |= before is null && old.Columns.Any(known => wanted.Column(known.Name) is null);
        }

        if (steps.Count > 0)
        {
            await TargetDatabase.ExecuteAsync(connection, $"ALTER TABLE {SqlLiteral.Name(wanted.Name.Name)} {string.Join(", ", steps)}", cancellationToken);
        }

        return needsCopy ? SchemaResult.NeedsCopy : SchemaResult.Followed;
    }

    private static bool SameValues(ColumnDefinition before, ColumnDefinition after) =>
        before.ColumnType == after.ColumnType && before.CharacterSet == after.CharacterSet && before.IsNullable == after.IsNullable
        && before.HasExpressionDefault == after.HasExpressionDefault;

    private static bool Same(StoredDefinition old, TableDefinition wanted) => old.Columns.SequenceEqual(wanted.Columns);

    private static bool KeyTypesDiffer(StoredDefinition old, TableDefinition wanted) => wanted.Key!.Any(name =>
        old.Columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } before
        || before.DataType != wanted.Column(name)!.DataType || before.CharacterSet != wanted.Column(name)!.CharacterSet || before.Collation != wanted.Column(name)!.Collation);

    // A whole text column cannot be in a plain index.
    private static bool IsIndexable(TableDefinition table, string name, int? prefix) =>
        table.Column(name) is { } column && (prefix is not null || !(column.DataType.EndsWith("text", StringComparison.Ordinal) || column.DataType.EndsWith("blob", StringComparison.Ordinal)
            || column.DataType is "json" or "geometry"));
}

/// <summary>What a mirror was made from.</summary>
internal sealed record StoredDefinition(IReadOnlyList<ColumnDefinition> Columns, IReadOnlyList<string> Key)
{
    /// <summary>Whether only some of the source's columns are there.</summary>
    public bool IsPart { get; init; }

    /// <summary>The secondary indexes; null where an earlier version did not note them.</summary>
    public IReadOnlyDictionary<string, string>? Indexes { get; init; }

    public static StoredDefinition Of(TableDefinition table) => new(table.Columns, table.Key!) { Indexes = MirrorSchema.Indexes(table) };
}

[JsonSerializable(typeof(StoredDefinition))]
internal sealed partial class DefinitionJson : JsonSerializerContext;
