using System.Globalization;
using System.Text;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Snapshot;

/// <summary>Reads rows by SELECT so that they are the very values that the log would give for them.</summary>
internal static class RowTextReader
{
    /// <summary>The session in which the expressions below mean what they should: bytes of text columns come as stored.</summary>
    public const string Session = "SET SESSION sql_mode = '', time_zone = '+00:00', character_set_client = utf8mb4, collation_connection = utf8mb4_bin, character_set_results = NULL";

    public static string Expression(ColumnDefinition column) => column.DataType switch
    {
        // Plain text would round them to six digits.
        "float" => $"({SqlLiteral.Name(column.Name)} + 0e0)",
        "enum" or "set" or "bit" or "year" => $"({SqlLiteral.Name(column.Name)} + 0)",
        // As they are stored and logged, not as they are printed.
        "uuid" or "inet6" => $"CAST({SqlLiteral.Name(column.Name)} AS BINARY(16))",
        "inet4" => $"CAST({SqlLiteral.Name(column.Name)} AS BINARY(4))",
        _ => SqlLiteral.Name(column.Name),
    };

    public static ColumnValue[] Read(ref TextRow row, IReadOnlyList<ColumnDefinition> columns)
    {
        var values = new ColumnValue[columns.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = row.TryNext(out var text) ? Value(text, columns[i]) : ColumnValue.Null;
        }

        return values;
    }

    /// <summary>A value from the text that the server prints for it.</summary>
    public static ColumnValue Value(ReadOnlySpan<byte> text, ColumnDefinition column)
    {
        switch (column.DataType)
        {
            case "tinyint" or "smallint" or "mediumint" or "int" or "bigint" or "year" or "enum" or "set" or "bit":
                return text is [(byte)'-', ..]
                    ? ColumnValue.Of(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))
                    : ColumnValue.Of(ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture));
            case "float":
                return ColumnValue.Of((float)double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
            case "double":
                return ColumnValue.Of(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
            case "decimal" or "date" or "time" or "datetime" or "timestamp":
                return ColumnValue.Of(Encoding.ASCII.GetString(text));
            case "json":
                return ColumnValue.Of(Encoding.UTF8.GetString(text));
            default:
                return CharacterSets.TryDecode(column.CharacterSet ?? CharacterSets.Binary, text) is { } decoded ? ColumnValue.Of(decoded) : ColumnValue.Of(text.ToArray());
        }
    }
}
