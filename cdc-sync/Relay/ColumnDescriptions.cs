using System.Globalization;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Relay.Encoding;

namespace Strangler.CdcSync.Relay;

/// <summary>What the catalogue's words for a column mean for its messages.</summary>
internal static class ColumnDescriptions
{
    public static ColumnDescription Of(TableDefinition? table, string name) => table?.Column(name) is not { } column ? ColumnDescription.None : new ColumnDescription(
        Default: null,
        column.DataType is "enum" or "set" ? Members(column.ColumnType) : null,
        table.JsonColumns.Contains(column.Name),
        column.DataType == "point",
        table.Comments.GetValueOrDefault(column.Name));

    /// <summary>The default value as a message holds it; null when there is none.</summary>
    /// <param name="encoding">The column's encoding.</param>
    /// <param name="column">The column in the log.</param>
    /// <param name="definition">The column in the catalogue.</param>
    public static string? Default(ColumnEncoding encoding, BinlogColumn column, ColumnDefinition definition)
    {
        // What the clock fills in has no constant value; Debezium names the beginning of its count.
        var literal = definition is { HasExpressionDefault: true, IsNullable: false, DataType: "timestamp" or "datetime" } ? "1970-01-01 00:00:00" : definition.Default;
        if (literal is null or "NULL" || (definition.IsNullable && literal.StartsWith("'0000-", StringComparison.Ordinal)))
        {
            return null;
        }

        var json = RelayTable.Text(writer => encoding.WriteValue(writer, Value(Unquoted(literal), column, definition)));
        return json == "null" ? null : json;
    }

    private static string Unquoted(string literal) => literal is ['\'', .. var inner, '\''] ? inner.Replace("''", "'", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal) : literal;

    private static ColumnValue Value(string text, BinlogColumn column, ColumnDefinition definition)
    {
        switch (column.Type)
        {
            case ColumnType.Bit:
                return ColumnValue.Of(Convert.ToUInt64(text.TrimStart('b').Trim('\''), 2));
            case ColumnType.Year or ColumnType.Tiny or ColumnType.Short or ColumnType.Int24 or ColumnType.Long or ColumnType.LongLong:
                return text.StartsWith('-') ? ColumnValue.Of(long.Parse(text, CultureInfo.InvariantCulture)) : ColumnValue.Of(ulong.Parse(text, CultureInfo.InvariantCulture));
            case ColumnType.Float or ColumnType.Double:
                return ColumnValue.Of(double.Parse(text, CultureInfo.InvariantCulture));
            case ColumnType.NewDecimal:
                return ColumnValue.Of(Scaled(text, column.Metadata >> 8));
            case ColumnType.Enum:
                return ColumnValue.Of((long)Members(definition.ColumnType).ToList().IndexOf(text) + 1);
            case ColumnType.Set:
                var members = Members(definition.ColumnType).ToList();
                return ColumnValue.Of(text.Split(',', StringSplitOptions.RemoveEmptyEntries).Aggregate(0UL, (bits, member) => bits | 1UL << members.IndexOf(member)));
            case ColumnType.Time or ColumnType.Time2 when text.Count(part => part == ':') == 1:
                return ColumnValue.Of(text + ":00");
            default:
                return column.IsCharacter && column.CharacterSet == CharacterSets.Binary ? ColumnValue.Of(System.Text.Encoding.Latin1.GetBytes(text)) : ColumnValue.Of(text);
        }
    }

    // With all digits of the column's scale, as the server prints its values.
    private static string Scaled(string number, int scale)
    {
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? "" : number[(point + 1)..];
        var whole = point < 0 ? number : number[..point];
        return scale == 0 ? whole : $"{whole}.{digits.PadRight(scale, '0')[..scale]}";
    }

    /// <summary>The members of <c>enum('a','it''s')</c>.</summary>
    public static IReadOnlyList<string> Members(string columnType)
    {
        var members = new List<string>();
        var at = columnType.IndexOf('\'', StringComparison.Ordinal);
        while (at >= 0)
        {
            var end = at + 1;
            while (end < columnType.Length && (columnType[end] != '\'' || (end + 1 < columnType.Length && columnType[end + 1] == '\'')))
            {
                end += columnType[end] == '\'' ? 2 : 1;
            }

            members.Add(columnType[(at + 1)..end].Replace("''", "'", StringComparison.Ordinal));
            at = end + 1 < columnType.Length ? columnType.IndexOf('\'', end + 1) : -1;
        }

        return members;
    }
}
