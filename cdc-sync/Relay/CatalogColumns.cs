using System.Globalization;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Relay;

/// <summary>A table as a table map of the log would describe it, from the catalogue: for rows that are read and not logged.</summary>
internal static class CatalogColumns
{
    public static TableMapEvent Map(TableDefinition table) => new(
        0, table.Name, [.. table.Columns.Select(Column)], HasSignedness: true, HasCharacterSets: true)
    {
        PrimaryKey = table.Key?.Select(name => table.Columns.ToList().FindIndex(column => column.Name == name)).ToArray(),
    };

    private static BinlogColumn Column(ColumnDefinition column)
    {
        var (type, metadata) = Type(column);
        return new BinlogColumn(type, metadata)
        {
            Name = column.Name,
            IsNullable = column.IsNullable,
            Unsigned = column.IsUnsigned,
            CharacterSet = column.CharacterSet ?? CharacterSets.Binary,
            GeometryType = column.DataType == "point" ? 1 : null,
        };
    }

    private static (ColumnType Type, int Metadata) Type(ColumnDefinition column) => column.DataType switch
    {
        "tinyint" => (ColumnType.Tiny, 0),
        "smallint" => (ColumnType.Short, 0),
        "mediumint" => (ColumnType.Int24, 0),
        "int" => (ColumnType.Long, 0),
        "bigint" => (ColumnType.LongLong, 0),
        "decimal" => (ColumnType.NewDecimal, Size(column, 0, 10) | Size(column, 1, 0) << 8),
        "float" => (ColumnType.Float, 4),
        "double" => (ColumnType.Double, 8),
        "bit" => (ColumnType.Bit, Size(column, 0, 1) / 8 << 8 | Size(column, 0, 1) % 8),
        "year" => (ColumnType.Year, 0),
        "date" => (ColumnType.Date, 0),
        "time" => (ColumnType.Time2, Size(column, 0, 0)),
        "datetime" => (ColumnType.DateTime2, Size(column, 0, 0)),
        "timestamp" => (ColumnType.Timestamp2, Size(column, 0, 0)),
        "enum" => (ColumnType.Enum, 2),
        "set" => (ColumnType.Set, 8),
        "json" => (ColumnType.Json, 4),
        "vector" => (ColumnType.Vector, 4),
        "point" or "linestring" or "polygon" or "multipoint" or "multilinestring" or "multipolygon" or "geometry" or "geometrycollection" or "geomcollection" => (ColumnType.Geometry, 4),
        _ => (ColumnType.VarChar, 0),
    };

    private static int Size(ColumnDefinition column, int index, int otherwise)
    {
        var open = column.ColumnType.IndexOf('(', StringComparison.Ordinal);
        var close = column.ColumnType.IndexOf(')', StringComparison.Ordinal);
        var parts = open < 0 || close < open ? [] : column.ColumnType[(open + 1)..close].Split(',');
        return index < parts.Length ? int.Parse(parts[index], CultureInfo.InvariantCulture) : otherwise;
    }
}
