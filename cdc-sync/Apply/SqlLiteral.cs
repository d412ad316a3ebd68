using System.Globalization;
using System.Text;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Apply;

/// <summary>Writes names and values as SQL that any session with <c>sql_mode=''</c> and <c>utf8mb4</c> reads back exactly.</summary>
internal static class SqlLiteral
{
    public static StringBuilder AppendName(this StringBuilder sql, string name) =>
        sql.Append('`').Append(name.Replace("`", "``", StringComparison.Ordinal)).Append('`');

    public static string Name(string name) => new StringBuilder().AppendName(name).ToString();

    public static StringBuilder AppendValue(this StringBuilder sql, in ColumnValue value, ColumnDefinition column)
    {
        switch (value.Kind)
        {
            case ValueKind.Absent or ValueKind.Null:
                return sql.Append("NULL");
            case ValueKind.Int64:
                return sql.Append(value.Int64);
            case ValueKind.UInt64:
                return sql.Append(value.UInt64);
            case ValueKind.Single or ValueKind.Double:
                // As text the server would take a small FLOAT key for a DECIMAL; the exponent makes it a double always.
                return sql.Append(value.Double.ToString("E16", CultureInfo.InvariantCulture));
            case ValueKind.Text:
                return sql.AppendText(value.Text);
            default:
                return AppendBytes(sql, value.Bytes, column);
        }
    }

    public static StringBuilder AppendText(this StringBuilder sql, string text)
    {
        sql.Append('\'');
        var rest = text.AsSpan();
        while (true)
        {
            var special = rest.IndexOfAny('\'', '\\', '\0');
            if (special < 0)
            {
                return sql.Append(rest).Append('\'');
            }

            sql.Append(rest[..special]).Append(rest[special] switch { '\'' => "''", '\\' => "\\\\", _ => "\\0" });
            rest = rest[(special + 1)..];
        }
    }

    private static StringBuilder AppendBytes(StringBuilder sql, byte[] bytes, ColumnDefinition column)
    {
        if (bytes.Length == 0)
        {
            return sql.Append("''");
        }

        if (column.CharacterSet is { } characterSet)
        {
            sql.Append('_').Append(characterSet).Append(' ');
        }

        return sql.Append("x'").Append(Convert.ToHexString(bytes)).Append('\'');
    }
}
