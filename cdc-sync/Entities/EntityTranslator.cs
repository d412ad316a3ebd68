using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Entities;

/// <summary>
/// Says what a differing row means: <c>SKU 24-MB01, store view de, attribute name: value is 'a' here, 'b' at the source</c>. Names are looked up
/// at the source, and in the mirror where the source has them no more. Not safe for several threads.
/// </summary>
internal sealed class EntityTranslator(EntityMap map, MySqlConnection source, MySqlConnection target)
{
    private readonly Dictionary<(string Table, string Key, string Column, string Value), string?> _known = [];

    /// <summary>One line for each column that differs; null when the row belongs to no entity.</summary>
    public async Task<IReadOnlyList<string>?> TranslateAsync(TableDefinition table, RowDifference difference, CancellationToken cancellationToken)
    {
        if (difference.Row is not { } row || map.OfTable(difference.Table) is not var (entity, related))
        {
            return null;
        }

        var whose = new StringBuilder(await OwnerAsync(entity, related, table, row, cancellationToken));
        foreach (var rule in map.Names ?? [])
        {
            if (Text(table, row, rule.Column) is { } value && !string.Equals(rule.Table, entity.Table, StringComparison.Ordinal))
            {
                whose.Append(", ").Append(rule.As).Append(' ').Append(await LookUpAsync(rule.Table, rule.Key, rule.Show, value, cancellationToken) ?? value);
            }
        }

        var where = $" ({difference.Table}, applied up to {difference.Position})";
        return difference.Kind switch
        {
            DifferenceKind.Missing => [$"{whose}: the row is missing here{where}"],
            DifferenceKind.Extra => [$"{whose}: the row is here and not at the source{where}"],
            _ => [.. difference.Columns.Select(column => $"{whose}: {column.Column} is {Quoted(column.Mirror)} here, {Quoted(column.Source)} at the source{where}")],
        };
    }

    private async Task<string> OwnerAsync(EntityDefinition entity, RelatedTable related, TableDefinition table, ColumnValue[] row, CancellationToken cancellationToken)
    {
        var value = Text(table, row, related.Column);
        foreach (var step in related.Through ?? [])
        {
            value = value is null ? null : await LookUpAsync(step.Table, step.Key, step.Column, value, cancellationToken);
        }

        if (value is null)
        {
            return $"unknown {entity.Name}";
        }

        var label = entity.Label is null ? null
            : related.Name == entity.Table ? Text(table, row, entity.Label)
            : await LookUpAsync(entity.Table, entity.Key, entity.Label, value, cancellationToken);
        return label is null ? $"{entity.Name} {value}" : $"{entity.LabelName ?? entity.Name} {label}";
    }

    private async Task<string?> LookUpAsync(string table, string key, string column, string value, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue((table, key, column, value), out var found))
        {
            found = await AskAsync(source, table, key, column, value, cancellationToken) ?? await AskAsync(target, table, key, column, value, cancellationToken);
            _known[(table, key, column, value)] = found;
        }

        return found;
    }

    private static async Task<string?> AskAsync(MySqlConnection connection, string table, string key, string column, string value, CancellationToken cancellationToken)
    {
        try
        {
#pragma warning disable CA2100 // Quoted names.
            await using var command = new MySqlCommand(
                $"SELECT {SqlLiteral.Name(column)} FROM {SqlLiteral.Name(table)} WHERE {SqlLiteral.Name(key)} = @value LIMIT 1", connection);
#pragma warning restore CA2100
            command.Parameters.AddWithValue("value", value);
            return await command.ExecuteScalarAsync(cancellationToken) is { } found and not DBNull ? Convert.ToString(found, System.Globalization.CultureInfo.InvariantCulture) : null;
        }
        catch (MySqlException)
        {
            // A name is an extra: the difference is told without it too.
            return null;
        }
    }

    private static string? Text(TableDefinition table, ColumnValue[] row, string column)
    {
        for (var i = 0; i < table.Columns.Count; i++)
        {
            if (string.Equals(table.Columns[i].Name, column, StringComparison.OrdinalIgnoreCase))
            {
                return row[i].IsNull ? null : row[i].ToString();
            }
        }

        return null;
    }

    private static string Quoted(string? value) => value is null ? "NULL" : $"'{value}'";
}
