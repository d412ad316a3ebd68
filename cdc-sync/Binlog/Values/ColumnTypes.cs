using System.Globalization;
using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>Whether a column as logged can be the column that the catalogue describes now.</summary>
internal static class ColumnTypes
{
    public static bool Fits(BinlogColumn logged, ColumnDefinition described) => described.DataType switch
    {
        "tinyint" => logged.Type == ColumnType.Tiny,
        "smallint" => logged.Type == ColumnType.Short,
        "mediumint" => logged.Type == ColumnType.Int24,
        "int" => logged.Type == ColumnType.Long,
        "bigint" => logged.Type == ColumnType.LongLong,
        "float" => logged.Type == ColumnType.Float,
        "double" => logged.Type == ColumnType.Double,
        "decimal" => logged.Type == ColumnType.NewDecimal && HasNumbers(described.ColumnType, logged.Metadata & 0xFF, logged.Metadata >> 8),
        "bit" => logged.Type == ColumnType.Bit && HasNumbers(described.ColumnType, ((logged.Metadata >> 8) * 8) + (logged.Metadata & 0xFF), 0),
        "year" => logged.Type == ColumnType.Year,
        "date" => logged.Type is ColumnType.Date or ColumnType.NewDate,
        "time" => logged.Type == ColumnType.Time || (logged.Type == ColumnType.Time2 && HasNumbers(described.ColumnType, logged.Metadata, 0)),
        "datetime" => logged.Type == ColumnType.DateTime || (logged.Type == ColumnType.DateTime2 && HasNumbers(described.ColumnType, logged.Metadata, 0)),
        "timestamp" => logged.Type == ColumnType.Timestamp || (logged.Type == ColumnType.Timestamp2 && HasNumbers(described.ColumnType, logged.Metadata, 0)),
        "enum" => logged.Type == ColumnType.Enum,
        "set" => logged.Type == ColumnType.Set,
        "char" or "binary" => logged.Type is ColumnType.String or ColumnType.VarString,
        "varchar" or "varbinary" => logged.Type is ColumnType.VarChar or ColumnType.VarString or ColumnType.VarCharCompressed,
        "tinytext" or "tinyblob" => IsBlob(logged, 1),
        "text" or "blob" => IsBlob(logged, 2),
        "mediumtext" or "mediumblob" => IsBlob(logged, 3),
        "longtext" or "longblob" => IsBlob(logged, 4),
        "json" => logged.Type == ColumnType.Json || IsBlob(logged, 4),
        _ => true,
    };

    private static bool IsBlob(BinlogColumn logged, int lengthBytes) => logged.Metadata == lengthBytes
        && logged.Type is ColumnType.Blob or ColumnType.TinyBlob or ColumnType.MediumBlob or ColumnType.LongBlob or ColumnType.BlobCompressed;

    // The numbers in the brackets of decimal(12,4), bit(1), datetime(6); none are zeros.
    private static bool HasNumbers(string columnType, int first, int second)
    {
        var (open, close) = (columnType.IndexOf('('), columnType.IndexOf(')'));
        var numbers = open < 0 || close < open ? [] : columnType[(open + 1)..close].Split(',');
        return Number(numbers, 0) == first && Number(numbers, 1) == second;
    }

    private static int Number(string[] numbers, int index) =>
        index < numbers.Length && int.TryParse(numbers[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
