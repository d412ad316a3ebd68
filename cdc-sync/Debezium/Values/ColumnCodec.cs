using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Debezium.Values;

/// <summary>
/// Turns one column's values, as Debezium writes them, into the values that the source's log would give. How they are written is told by the
/// message's schema where there is one, else by the connector's modes; what they mean is told by the column's definition.
/// </summary>
internal sealed class ColumnCodec
{
    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("0123456789.+-Ee"u8);

    private readonly Converter _convert;
    private readonly ColumnValue _null;

    private ColumnCodec(ColumnDefinition column, Converter convert)
    {
        Column = column;
        _convert = convert;
        // A value that Debezium could not tell is null even where the server takes none.
        _null = column.IsNullable ? ColumnValue.Null : Missing(column);
    }

    private delegate ColumnValue Converter(in RawValue value);

    public ColumnDefinition Column { get; }

    public ColumnValue Convert(in RawValue value) => value.Kind == RawKind.Null ? _null : _convert(value);

    /// <summary>The codec of a column.</summary>
    /// <param name="column">Its definition when the row was written.</param>
    /// <param name="schema">What the message says of the field, null when it says nothing.</param>
    /// <param name="modes">The connector's modes.</param>
    public static ColumnCodec Of(ColumnDefinition column, FieldSchema? schema, ValueModes modes)
    {
        var text = new StringDecoder(column);
        return new ColumnCodec(column, column.DataType switch
        {
            "tinyint" or "smallint" or "mediumint" or "int" => Integer,
            "bigint" => BigInteger(column, schema, modes),
            "year" => Year,
            "float" => Single,
            "double" => Double,
            "decimal" => Decimal(column, schema, modes),
            "bit" => Bits(column),
            "date" or "time" or "datetime" or "timestamp" => MomentCodec.Of(column, schema, modes.Time).Convert,
            "enum" => Enum(Members.Of(column)),
            "set" => Set(Members.Of(column)),
            "json" => Json,
            "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob" => Binary(column, schema, modes),
            "vector" => Vector,
            "point" or "linestring" or "polygon" or "geometry" or "multipoint" or "multilinestring" or "multipolygon" or "geometrycollection" or "geomcollection" => Geometry,
            _ => text.Convert,
        });
    }

    internal static FormatException Unexpected(ColumnDefinition column, in RawValue value) =>
        new($"a {value.Kind.ToString().ToLowerInvariant()} is no value of the column {column.Name} {column.ColumnType}");

    private static ColumnValue Integer(in RawValue value) => value.Kind switch
    {
        RawKind.Boolean => ColumnValue.Of(value.IsTrue ? 1L : 0L),
        RawKind.Number => ColumnValue.Of(Int64(value.Text)),
        _ => throw new FormatException("not an integer"),
    };

    private static Converter BigInteger(ColumnDefinition column, FieldSchema? schema, ValueModes modes)
    {
        if (!column.IsUnsigned)
        {
            return Integer;
        }

        var mode = schema is null ? modes.Unsigned : schema.Type == "bytes" ? UnsignedMode.Precise : UnsignedMode.Long;
        return mode == UnsignedMode.Precise ? Precise : Long;

        ColumnValue Long(in RawValue value) => value.Kind == RawKind.Number
            ? ColumnValue.Of(unchecked((ulong)Int64(value.Text)))
            : throw new ModeMismatchException(nameof(KafkaOptions.BigintUnsignedHandling), "long", $"{column.Name} holds no number");

        ColumnValue Precise(in RawValue value)
        {
            if (value.Kind != RawKind.Text)
            {
                throw new ModeMismatchException(nameof(KafkaOptions.BigintUnsignedHandling), "precise", $"{column.Name} holds a number");
            }

            return ColumnValue.Of(ulong.Parse(DecimalText.FromUnscaled(Base64(value.Text), 0), NumberStyles.None, CultureInfo.InvariantCulture));
        }
    }

    // The connector counts the server's year 0000 from 1900.
    private static ColumnValue Year(in RawValue value)
    {
        var year = value.Kind == RawKind.Number ? Int64(value.Text) : throw new FormatException("not a year");
        return ColumnValue.Of(year == 1900 ? 0 : year);
    }

    private static ColumnValue Single(in RawValue value) => value.Kind == RawKind.Number
        ? ColumnValue.Of(Utf8Parser.TryParse(value.Text, out float number, out var used) && used == value.Text.Length ? number : throw new FormatException("not a number"))
        : throw new FormatException("not a number");

    private static ColumnValue Double(in RawValue value) => value.Kind == RawKind.Number
        ? ColumnValue.Of(Utf8Parser.TryParse(value.Text, out double number, out var used) && used == value.Text.Length ? number : throw new FormatException("not a number"))
        : throw new FormatException("not a number");

    private static Converter Decimal(ColumnDefinition column, FieldSchema? schema, ValueModes modes)
    {
        var scale = ColumnNumbers.Scale(column);
        var mode = schema is null ? modes.Decimal : schema.Type switch { "bytes" => DecimalMode.Precise, "string" => DecimalMode.String, _ => DecimalMode.Double };
        if (mode == DecimalMode.Precise && schema?.Parameter("scale") is { } told && int.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var toldScale))
        {
            scale = toldScale;
        }

        return mode switch { DecimalMode.Precise => Precise, DecimalMode.String => Text, _ => Number };

        ColumnValue Precise(in RawValue value) => value.Kind == RawKind.Text && IsBase64(value.Text)
            ? ColumnValue.Of(DecimalText.FromUnscaled(Base64(value.Text), scale))
            : throw Mismatch("precise", value);

        ColumnValue Text(in RawValue value) => value.Kind == RawKind.Text && value.Text.IndexOfAnyExcept(NumberCharacters) < 0
            ? ColumnValue.Of(DecimalText.FromText(value.Text, scale))
            : throw Mismatch("string", value);

        // Rounded to a double, the largest values are beyond what the column takes.
        ColumnValue Number(in RawValue value) => value.Kind == RawKind.Number
            ? ColumnValue.Of(DecimalText.Within(DecimalText.FromText(value.Text, scale), ColumnNumbers.First(column) ?? 10, scale))
            : throw Mismatch("double", value);

        ModeMismatchException Mismatch(string mode, in RawValue value) =>
            new(nameof(KafkaOptions.DecimalHandling), mode, $"{column.Name} holds '{Encoding.UTF8.GetString(value.Text[..Math.Min(value.Text.Length, 40)])}'");
    }

    private static Converter Bits(ColumnDefinition column) => (in RawValue value) =>
    {
        switch (value.Kind)
        {
            case RawKind.Boolean:
                return ColumnValue.Of(value.IsTrue ? 1L : 0L);
            case RawKind.Text:
                var bytes = Base64(value.Text);
                if (bytes.Length > 8)
                {
                    break;
                }

                ulong bits = 0;
                for (var i = bytes.Length - 1; i >= 0; i--)
                {
                    bits = (bits << 8) | bytes[i];
                }

                return ColumnValue.Of(bits);
        }

        throw Unexpected(column, value);
    };

    private static Converter Enum(Members members) => (in RawValue value) =>
        ColumnValue.Of(members.Enum(value.Kind == RawKind.Text ? Encoding.UTF8.GetString(value.Text) : throw new FormatException("not a member of an ENUM")));

    private static Converter Set(Members members) => (in RawValue value) =>
        ColumnValue.Of(members.Set(value.Kind == RawKind.Text ? Encoding.UTF8.GetString(value.Text) : throw new FormatException("not members of a SET")));

    private static ColumnValue Json(in RawValue value) =>
        ColumnValue.Of(ServerJson.Print(value.Kind == RawKind.Text ? value.Text : throw new FormatException("not a JSON document in a string")));

    private static ColumnValue Geometry(in RawValue value)
    {
        if (value.Kind != RawKind.Geometry)
        {
            throw new FormatException("not a geometry");
        }

        var binary = Base64(value.Text);
        var bytes = new byte[4 + binary.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value.Srid);
        binary.CopyTo(bytes, 4);
        return ColumnValue.Of(bytes);
    }

    private static ColumnValue Vector(in RawValue value) => value.Kind switch
    {
        RawKind.Vector => ColumnValue.Of(value.Text.ToArray()),
        RawKind.Text => ColumnValue.Of(Base64(value.Text)),
        _ => throw new FormatException("not a vector"),
    };

    private static Converter Binary(ColumnDefinition column, FieldSchema? schema, ValueModes modes)
    {
        // BINARY(n) is always n bytes long.
        var length = column.DataType == "binary" ? ColumnNumbers.First(column) ?? 1 : 0;
        // A schema of type bytes says that JSON holds base64; a string may be any of the others.
        var mode = schema is { Type: "bytes" } ? BinaryMode.Bytes : modes.Binary;
        if (schema is { Type: "string" } && mode == BinaryMode.Bytes)
        {
            throw new ModeMismatchException(nameof(KafkaOptions.BinaryHandling), "bytes", $"{column.Name} is a string in the messages");
        }

        return (in RawValue value) =>
        {
            if (value.Kind != RawKind.Text)
            {
                throw Unexpected(column, value);
            }

            var bytes = mode == BinaryMode.Hex ? Hex(value.Text) : mode == BinaryMode.Base64UrlSafe ? Base64Url(value.Text) : IsBase64(value.Text) ? Base64(value.Text) : throw Mismatch(value);
            if (bytes.Length < length)
            {
                Array.Resize(ref bytes, length);
            }

            return ColumnValue.Of(bytes);
        };

        byte[] Hex(ReadOnlySpan<byte> text)
        {
            var bytes = new byte[text.Length / 2];
            return text.Length % 2 == 0 && System.Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done
                ? bytes
                : throw new ModeMismatchException(nameof(KafkaOptions.BinaryHandling), "hex", $"{column.Name} holds no hexadecimal digits");
        }

        byte[] Base64Url(ReadOnlySpan<byte> text) => System.Buffers.Text.Base64Url.IsValid(text)
            ? System.Buffers.Text.Base64Url.DecodeFromUtf8(text)
            : throw new ModeMismatchException(nameof(KafkaOptions.BinaryHandling), "base64-url-safe", $"{column.Name} holds something else");

        ModeMismatchException Mismatch(in RawValue value) =>
            new(nameof(KafkaOptions.BinaryHandling), mode.ToString(), $"{column.Name} holds '{Encoding.UTF8.GetString(value.Text[..Math.Min(value.Text.Length, 40)])}'");
    }

    private static ColumnValue Missing(ColumnDefinition column) => column.DataType switch
    {
        "date" => ColumnValue.Of("0000-00-00"),
        "time" => ColumnValue.Of(TemporalText.Time(0, ColumnNumbers.First(column) ?? 0)),
        "datetime" or "timestamp" => ColumnValue.Of(TemporalText.ZeroDateTime(ColumnNumbers.First(column) ?? 0)),
        _ => ColumnValue.Null,
    };

    private static long Int64(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long value, out var used) && used == text.Length
        ? value
        // A connector of doubles writes whole numbers with a point.
        : Utf8Parser.TryParse(text, out decimal number, out used) && used == text.Length && decimal.Truncate(number) == number && number is >= long.MinValue and <= long.MaxValue
            ? (long)number
            : throw new FormatException("not a whole number");

    private static bool IsBase64(ReadOnlySpan<byte> text) => text.Length % 4 == 0 && System.Buffers.Text.Base64.IsValid(text);

    private static byte[] Base64(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return System.Buffers.Text.Base64.DecodeFromUtf8(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            ? written == bytes.Length ? bytes : bytes[..written]
            : throw new FormatException("not base64");
    }

    /// <summary>Character columns: text, or bytes of the column's character set where the log would give those.</summary>
    private sealed class StringDecoder(ColumnDefinition column)
    {
        private readonly Encoding? _encoding = ServerCharacterSets.Bytes(column.CharacterSet);

        public ColumnValue Convert(in RawValue value)
        {
            var text = value.Kind switch
            {
                RawKind.Text or RawKind.Number => Encoding.UTF8.GetString(value.Text),
                RawKind.Boolean => value.IsTrue ? "1" : "0",
                _ => throw Unexpected(column, value),
            };
            return _encoding is null ? ColumnValue.Of(text) : ColumnValue.Of(_encoding.GetBytes(text));
        }
    }
}

/// <summary>The numbers in a column's type.</summary>
internal static class ColumnNumbers
{
    /// <summary>The first number between the parentheses: a length, a precision.</summary>
    public static int? First(ColumnDefinition column) => Numbers(column.ColumnType) is [var first, ..] ? first : null;

    /// <summary>The digits after a DECIMAL's point.</summary>
    public static int Scale(ColumnDefinition column) => Numbers(column.ColumnType) is [_, var scale, ..] ? scale : 0;

    private static List<int> Numbers(string type)
    {
        var (open, close) = (type.IndexOf('(', StringComparison.Ordinal), type.IndexOf(')', StringComparison.Ordinal));
        return open < 0 || close < open
            ? []
            : [.. type[(open + 1)..close].Split(',').Select(part => int.TryParse(part, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var number) ? number : 0)];
    }
}
