using System.Text;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Verify;

/// <summary>
/// SQL that gives a row the same 256-bit hash on either server, whatever kind it is, when and only when its values are the same. Every value
/// is hashed as its length and its canonical bytes, so that nothing can move from one column into the next, and NULL is no value at all.
/// </summary>
internal static class RowHash
{
    /// <summary>The hash of a row in hexadecimal.</summary>
    /// <param name="columns">The columns on the side that computes.</param>
    /// <param name="others">The same columns, in the same order, on the other side.</param>
    public static string Expression(IReadOnlyList<ColumnDefinition> columns, IReadOnlyList<ColumnDefinition> others)
    {
        var sql = new StringBuilder("SHA2(CONCAT(");
        for (var i = 0; i < columns.Count; i++)
        {
            var value = Value(columns[i], others[i]);
            sql.Append(i > 0 ? ", " : "");
            // A length begins with a digit, so that no value looks like NULL.
            sql.Append(columns[i].IsNullable || others[i].IsNullable ? $"COALESCE(CONCAT(LENGTH({value}), ':', {value}), 'N')" : $"LENGTH({value}), ':', {value}");
        }

        return sql.Append("), 256)").ToString();
    }

    /// <summary>A value as bytes that both sides write alike.</summary>
    private static string Value(ColumnDefinition column, ColumnDefinition other)
    {
        var name = SqlLiteral.Name(column.Name);
        switch (column.DataType)
        {
            case "tinyint" or "smallint" or "mediumint" or "int" or "bigint" or "year" or "bit":
                // As a number: ZEROFILL is a way of printing.
                return $"({name} + 0)";
            case "float" or "double":
                // Plain text rounds a FLOAT; the sum also makes MySQL's negative zero the zero that MariaDB keeps for it.
                return $"({name} + 0e0)";
            case "enum" or "set":
                // Both, since a member may have another text, and a text another place.
                return $"CONCAT({name} + 0, '/', CONVERT({name} USING utf8mb4))";
            case "decimal" or "date" or "time" or "datetime" or "timestamp":
                return name;
            case "inet4" or "inet6" or "uuid" when other.DataType != column.DataType:
                return $"CAST({name} AS BINARY({(column.DataType == "inet4" ? 4 : 16)}))";
            case "inet4" or "inet6" or "uuid":
                return name;
            case "json":
                return Long($"CONVERT({name} USING utf8mb4)");
        }

        // Bytes as stored where both sides store alike: a conversion would make different bytes the same letter.
        var bytes = column.CharacterSet is not null && Set(column) != Set(other) && other.DataType != "json"
            ? $"CONVERT(CONVERT({name} USING utf8mb4) USING binary)"
            : $"CONVERT({name} USING binary)";
        return column.DataType is "char" or "varchar" or "binary" or "varbinary" or "tinytext" or "tinyblob" ? bytes : Long(bytes);
    }

    // A row of whole long values could be longer than a server's longest string, which then were NULL.
    private static string Long(string value) => $"SHA2({value}, 256)";

    private static string? Set(ColumnDefinition column) => column.CharacterSet == "utf8" ? "utf8mb3" : column.CharacterSet;
}
