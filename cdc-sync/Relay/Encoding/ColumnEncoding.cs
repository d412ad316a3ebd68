using System.Globalization;
using System.Text.Json;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Relay.Encoding;

/// <summary>How one column's values are published: its schema, and the writer of a value that is not NULL.</summary>
internal sealed record ColumnEncoding(string Name, ConnectSchema Schema, Action<Utf8JsonWriter, ColumnValue> WriteValue)
{
    /// <summary>What stands for NULL, as JSON.</summary>
    public string Null { get; init; } = "null";

    public void Write(Utf8JsonWriter writer, in ColumnValue value)
    {
        if (value.IsAbsent)
        {
            throw new NotSupportedException(
                $"The log holds a partial row image without the column '{Name}', of which no Debezium message can be made: set binlog_row_image=FULL on the source for all sessions.");
        }

        if (value.IsNull)
        {
            writer.WriteRawValue(Null, skipInputValidation: true);
        }
        else
        {
            WriteValue(writer, value);
        }
    }
}

/// <summary>Chooses encodings by a column's type in the log and the modes of the relay. https://debezium.io/documentation/reference/3.5/connectors/mysql.html#mysql-data-types</summary>
internal sealed class ColumnEncodings(RelayOptions options)
{
    private const int Point = 1;

    // Debezium counts the stored byte from 1900, which is how it writes the year 0000; no other year gives that.
    private const int YearZero = 1900;

    private readonly TemporalEncodings _temporal = new(options.TimePrecisionMode);

    /// <param name="column">The column with its name, completed from the catalogue.</param>
    /// <param name="described">What only the catalogue knows of it, where it does.</param>
    public ColumnEncoding Of(BinlogColumn column, ColumnDescription described)
    {
        var name = column.Name!;
        var isOptional = column.IsNullable;
        return column.Type switch
        {
            ColumnType.Tiny => Number("int16"),
            ColumnType.Short => Number(column.Unsigned ? "int32" : "int16"),
            ColumnType.Int24 => Number("int32"),
            ColumnType.Long => Number(column.Unsigned ? "int64" : "int32"),
            ColumnType.LongLong when column.Unsigned && options.BigintUnsignedHandlingMode == UnsignedBigIntHandling.Precise => new(
                name, Default(Decimals.Schema(isOptional, 0, null), described), static (writer, value) => Decimals.Write(writer, Unsigned(value).ToString(CultureInfo.InvariantCulture))),
            ColumnType.LongLong => new(name, Default(new ConnectSchema("int64", isOptional), described), static (writer, value) => writer.WriteNumberValue(value.Int64)),
            ColumnType.Float => new(name, Default(new ConnectSchema("float", isOptional), described), static (writer, value) => WriteReal(writer, ((float)value.Double).ToString("R", CultureInfo.InvariantCulture))),
            ColumnType.Double => new(name, Default(new ConnectSchema("double", isOptional), described), static (writer, value) => WriteReal(writer, value.Double.ToString("R", CultureInfo.InvariantCulture))),
            ColumnType.NewDecimal => Decimal(name, isOptional, column, described),
            ColumnType.Bit => Bits(name, isOptional, (column.Metadata >> 8) * 8 + (column.Metadata & 0xFF), described),
            ColumnType.Year => new(name, Default(ConnectSchema.Semantic("int32", isOptional, "io.debezium.time.Year"), described), static (writer, value) => writer.WriteNumberValue(value.Int64 == 0 ? YearZero : value.Int64)),
            ColumnType.Date or ColumnType.NewDate or ColumnType.Time or ColumnType.Time2 or ColumnType.DateTime or ColumnType.DateTime2 or ColumnType.Timestamp or ColumnType.Timestamp2 =>
                _temporal.Of(name, column, isOptional, described.Default),
            ColumnType.Enum or ColumnType.Set => Members(name, isOptional, column, described),
            ColumnType.Json => new(name, Default(ConnectSchema.Semantic("string", isOptional, "io.debezium.data.Json"), described), static (writer, value) => writer.WriteStringValue(CompactJson.Of(value.Text))),
            ColumnType.Vector => Vector(name, isOptional),
            ColumnType.Geometry => Geometry(name, isOptional, column.GeometryType == Point || described.IsPoint),
            _ when column.CharacterSet == CharacterSets.Binary => Binary(name, isOptional, described),
            _ => Characters(name, isOptional, column.CharacterSet, described),
        };

        ColumnEncoding Number(string type) => new(name, Default(new ConnectSchema(type, isOptional), described), static (writer, value) => writer.WriteNumberValue(value.Int64));
    }

    private static ulong Unsigned(in ColumnValue value) => value.UInt64;

    private static ConnectSchema Default(ConnectSchema schema, ColumnDescription described) => described.Default is null ? schema : schema with { Default = described.Default };

    private ColumnEncoding Decimal(string name, bool isOptional, BinlogColumn column, ColumnDescription described)
    {
        var (precision, scale) = (column.Metadata & 0xFF, column.Metadata >> 8);
        return options.DecimalHandlingMode switch
        {
            DecimalHandling.String => new(name, Default(new ConnectSchema("string", isOptional), described), static (writer, value) => writer.WriteStringValue(value.Text)),
            DecimalHandling.Double => new(name, Default(new ConnectSchema("double", isOptional), described), static (writer, value) =>
                WriteReal(writer, double.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture))),
            _ => new(name, Default(Decimals.Schema(isOptional, scale, precision), described), static (writer, value) => Decimals.Write(writer, value.Text)),
        };
    }

    private static ColumnEncoding Bits(string name, bool isOptional, int length, ColumnDescription described)
    {
        if (length == 1)
        {
            return new(name, Default(new ConnectSchema("boolean", isOptional), described), static (writer, value) => writer.WriteBooleanValue(value.Int64 != 0));
        }

        var bytes = (length + 7) / 8;
        var schema = ConnectSchema.Semantic("bytes", isOptional, "io.debezium.data.Bits") with { Parameters = [("length", length.ToString(CultureInfo.InvariantCulture))] };
        return new(name, Default(schema, described), (writer, value) =>
        {
            Span<byte> littleEndian = stackalloc byte[8];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(littleEndian, value.UInt64);
            writer.WriteBase64StringValue(littleEndian[..bytes]);
        });
    }

    private static ColumnEncoding Members(string name, bool isOptional, BinlogColumn column, ColumnDescription described)
    {
        var members = column.Members ?? described.Members ?? throw new InvalidDataException(
            $"The members of the column '{name}' are not known: set binlog_row_metadata=FULL on the source.");
        var isSet = column.Type == ColumnType.Set;
        var schema = ConnectSchema.Semantic("string", isOptional, isSet ? "io.debezium.data.EnumSet" : "io.debezium.data.Enum") with
        {
            Parameters = [("allowed", string.Join(',', members))],
        };
        return new(name, Default(schema, described), isSet
            ? (writer, value) => writer.WriteStringValue(string.Join(',', members.Where((_, bit) => (value.UInt64 >> bit & 1) != 0)))
            : (writer, value) => writer.WriteStringValue(value.Int64 > 0 && value.Int64 <= members.Count ? members[(int)value.Int64 - 1] : ""));
    }

    private ColumnEncoding Binary(string name, bool isOptional, ColumnDescription described) => options.BinaryHandlingMode switch
    {
        BinaryHandling.Hex => new(name, Default(new ConnectSchema("string", isOptional), described), static (writer, value) => writer.WriteStringValue(Convert.ToHexStringLower(Bytes(value)))),
        BinaryHandling.Base64UrlSafe => new(name, Default(new ConnectSchema("string", isOptional), described), static (writer, value) =>
            writer.WriteStringValue(Convert.ToBase64String(Bytes(value)).Replace('+', '-').Replace('/', '_'))),
        BinaryHandling.Base64 => new(name, Default(new ConnectSchema("string", isOptional), described), static (writer, value) => writer.WriteBase64StringValue(Bytes(value))),
        _ => new(name, Default(new ConnectSchema("bytes", isOptional), described), static (writer, value) => writer.WriteBase64StringValue(Bytes(value))),
    };

    // A character set that is not known here leaves bytes, which are no text that anybody could read: the server's own name for it is in the error.
    private static ColumnEncoding Characters(string name, bool isOptional, string? characterSet, ColumnDescription described)
    {
        var schema = described.IsJson ? ConnectSchema.Semantic("string", isOptional, "io.debezium.data.Json") : new ConnectSchema("string", isOptional);
        return new(name, Default(schema, described), (writer, value) => writer.WriteStringValue(value.Kind == ValueKind.Text
            ? value.Text
            : throw new NotSupportedException($"The column '{name}' holds characters of the set {characterSet}, which cannot be read here: leave its table out of the relay.")));
    }

    private static ColumnEncoding Geometry(string name, bool isOptional, bool isPoint)
    {
        ConnectField[] shared = [new("wkb", new ConnectSchema("bytes", isPoint)), new("srid", new ConnectSchema("int32", true))];
        return isPoint
            ? new(name, ConnectSchema.Struct(isOptional, "io.debezium.data.geometry.Point",
                [new("x", new ConnectSchema("double", false)), new("y", new ConnectSchema("double", false)), .. shared]) with
            { Version = 1, Documentation = "Geometry (POINT)" }, static (writer, value) => Geometries.WritePoint(writer, Bytes(value)))
            : new(name, ConnectSchema.Struct(isOptional, "io.debezium.data.geometry.Geometry", shared) with { Version = 1 }, static (writer, value) => Geometries.Write(writer, Bytes(value)));
    }

    private static ColumnEncoding Vector(string name, bool isOptional) => new(
        name, ConnectSchema.Semantic("array", isOptional, "io.debezium.data.FloatVector") with { Items = new ConnectSchema("float", false) }, static (writer, value) =>
        {
            writer.WriteStartArray();
            foreach (var number in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Bytes(value)))
            {
                writer.WriteNumberValue(number);
            }

            writer.WriteEndArray();
        });

    // With a point always, so that a reader without the schema sees that it is no integer.
    private static void WriteReal(Utf8JsonWriter writer, string number) =>
        writer.WriteRawValue(number.AsSpan().IndexOfAny('.', 'E') < 0 ? number + ".0" : number, skipInputValidation: true);

    private static byte[] Bytes(in ColumnValue value) => value.Kind == ValueKind.Bytes ? value.Bytes : System.Text.Encoding.Latin1.GetBytes(value.Text);
}

/// <summary>What the log does not say of a column and the source's catalogue does.</summary>
/// <param name="Default">The default value as the JSON of a message would hold it; null for none.</param>
/// <param name="Members">The members of an ENUM or SET.</param>
/// <param name="IsJson">MariaDB: a text column whose check demands JSON.</param>
/// <param name="IsPoint">A geometry column declared POINT.</param>
/// <param name="Comment">The column's comment, which becomes the schema's documentation.</param>
internal sealed record ColumnDescription(string? Default = null, IReadOnlyList<string>? Members = null, bool IsJson = false, bool IsPoint = false, string? Comment = null)
{
    public static ColumnDescription None { get; } = new();
}
