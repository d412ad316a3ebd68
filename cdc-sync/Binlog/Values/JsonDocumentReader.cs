using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>MySQL's binary JSON as the text the server prints for it.</summary>
/// <remarks>https://dev.mysql.com/doc/dev/mysql-server/latest/json__binary_8h.html</remarks>
internal static class JsonDocumentReader
{
    private const int MaximumDepth = 100;

    // Offsets may point anywhere, so a small hostile document could be made to print itself for ever.
    private const int MaximumExpansion = 64;

    private enum JsonType : byte
    {
        SmallObject = 0,
        LargeObject = 1,
        SmallArray = 2,
        LargeArray = 3,
        Literal = 4,
        Int16 = 5,
        UInt16 = 6,
        Int32 = 7,
        UInt32 = 8,
        Int64 = 9,
        UInt64 = 10,
        Double = 11,
        String = 12,
        Opaque = 15,
    }

    public static string ToText(ReadOnlySpan<byte> document)
    {
        var text = new StringBuilder(document.Length * 2);
        Append(text, (JsonType)document[0], document[1..], 0, 1024 + (document.Length * MaximumExpansion));
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonType type, ReadOnlySpan<byte> data, int depth, int limit)
    {
        if (depth > MaximumDepth || text.Length > limit)
        {
            throw new FormatException($"Malformed JSON document: deeper than {MaximumDepth} or longer than its bytes can hold.");
        }

        var reader = new ByteReader(data);
        switch (type)
        {
            case JsonType.SmallObject or JsonType.LargeObject or JsonType.SmallArray or JsonType.LargeArray:
                AppendContainer(text, data, type is JsonType.SmallObject or JsonType.LargeObject, type is JsonType.LargeObject or JsonType.LargeArray, depth, limit);
                break;
            case JsonType.Literal:
                text.Append(reader.ReadByte() switch
                {
                    0 => "null",
                    1 => "true",
                    2 => "false",
                    var other => throw reader.Malformed($"a JSON literal {other}"),
                });
                break;
            case JsonType.Int16:
                text.Append((short)reader.ReadUInt16());
                break;
            case JsonType.UInt16:
                text.Append(reader.ReadUInt16());
                break;
            case JsonType.Int32:
                text.Append((int)reader.ReadUInt32());
                break;
            case JsonType.UInt32:
                text.Append(reader.ReadUInt32());
                break;
            case JsonType.Int64:
                text.Append((long)reader.ReadUInt64());
                break;
            case JsonType.UInt64:
                text.Append(reader.ReadUInt64());
                break;
            case JsonType.Double:
                text.Append(DoubleText(BinaryPrimitives.ReadDoubleLittleEndian(reader.Take(8))));
                break;
            case JsonType.String:
                AppendString(text, Encoding.UTF8.GetString(reader.Take(ReadVariableLength(ref reader))));
                break;
            case JsonType.Opaque:
                AppendOpaque(text, ref reader);
                break;
            default:
                throw reader.Malformed($"a JSON value of type {(byte)type}");
        }
    }

    private static void AppendContainer(StringBuilder text, ReadOnlySpan<byte> data, bool isObject, bool large, int depth, int limit)
    {
        var reader = new ByteReader(data);
        var count = ReadOffset(ref reader, large);
        var size = ReadOffset(ref reader, large);
        var entry = 1 + (large ? 4 : 2);
        var keyEntry = isObject ? (large ? 4 : 2) + 2 : 0;
        if (size > data.Length || (long)count * (entry + keyEntry) > reader.Remaining)
        {
            throw reader.Malformed($"a JSON container of {count} items in {size} bytes");
        }

        data = data[..size];
        var values = reader.Offset + (count * keyEntry);
        text.Append(isObject ? '{' : '[');
        for (var i = 0; i < count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            if (isObject)
            {
                var key = new ByteReader(data);
                key.Skip(reader.Offset + (i * keyEntry));
                var (at, length) = (ReadOffset(ref key, large), key.ReadUInt16());
                var name = new ByteReader(data);
                name.Skip(at);
                AppendString(text, Encoding.UTF8.GetString(name.Take(length)));
                text.Append(": ");
            }

            var item = new ByteReader(data);
            item.Skip(values + (i * entry));
            var type = (JsonType)item.ReadByte();
            var inlined = type is JsonType.Literal or JsonType.Int16 or JsonType.UInt16 || (large && (type is JsonType.Int32 or JsonType.UInt32));
            if (inlined)
            {
                Append(text, type, item.Rest, depth + 1, limit);
            }
            else
            {
                var value = new ByteReader(data);
                value.Skip(ReadOffset(ref item, large));
                Append(text, type, value.Rest, depth + 1, limit);
            }
        }

        text.Append(isObject ? '}' : ']');
    }

    private static void AppendOpaque(StringBuilder text, ref ByteReader reader)
    {
        var type = (ColumnType)reader.ReadByte();
        var data = reader.Take(ReadVariableLength(ref reader));
        var inner = new ByteReader(data);
        switch (type)
        {
            case ColumnType.NewDecimal:
                var (precision, scale) = (inner.ReadByte(), inner.ReadByte());
                text.Append(DecimalValue.Read(ref inner, precision, scale));
                break;
            case ColumnType.Date or ColumnType.DateTime or ColumnType.Timestamp:
                var packed = (long)inner.ReadUInt64();
                var moment = TemporalValue.DateTimeText(packed >> 24, packed & 0xFFFFFF, 6, ref inner);
                text.Append('"').Append(type == ColumnType.Date ? moment[..10] : moment).Append('"');
                break;
            case ColumnType.Time:
                text.Append('"').Append(TimeText((long)inner.ReadUInt64())).Append('"');
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"\"base64:type{(byte)type}:").Append(Convert.ToBase64String(data)).Append('"');
                break;
        }
    }

    private static string TimeText(long packed)
    {
        var magnitude = Math.Abs(packed);
        var whole = magnitude >> 24;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(packed < 0 ? "-" : "")}{(whole >> 12) & 0x3FF:00}:{(whole >> 6) & 63:00}:{whole & 63:00}{TemporalValue.FractionText(magnitude & 0xFFFFFF, 6)}");
    }

    private static int ReadOffset(ref ByteReader reader, bool large)
    {
        var offset = large ? reader.ReadUInt32() : reader.ReadUInt16();
        return offset <= int.MaxValue ? (int)offset : throw reader.Malformed($"a JSON offset of {offset}");
    }

    private static int ReadVariableLength(ref ByteReader reader)
    {
        long length = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = reader.ReadByte();
            length |= (long)(part & 0x7F) << shift;
            if ((part & 0x80) == 0)
            {
                return length <= reader.Remaining ? (int)length : throw reader.Malformed($"a JSON value of {length} bytes");
            }
        }

        throw reader.Malformed("a JSON length without end");
    }

    public static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var character in value)
        {
            switch (character)
            {
                case '"' or '\\':
                    text.Append('\\').Append(character);
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case < ' ':
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
                    break;
                default:
                    text.Append(character);
                    break;
            }
        }

        text.Append('"');
    }

    // The server prints the shortest digits that read back as the same number, plainly where the decimal point is within 15 digits.
    public static string DoubleText(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new FormatException("Malformed JSON document: a number that is not finite.");
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var letter = shortest.IndexOf('E');
        var mantissa = letter < 0 ? shortest : shortest[..letter];
        var written = letter < 0 ? 0 : int.Parse(shortest.AsSpan(letter + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var dot = mantissa.IndexOf('.');
        var integral = dot < 0 ? mantissa.Length : dot;
        var unpointed = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leadingZeros = unpointed.Length - unpointed.TrimStart('0').Length;
        var digits = unpointed.Trim('0');
        var exponent = written + integral - leadingZeros - 1;
        var point = exponent + 1;
        var sign = value < 0 ? "-" : "";
        if (point is >= -14 and <= 15)
        {
            return sign + (point <= 0
                ? "0." + new string('0', -point) + digits
                : digits.Length <= point ? digits.PadRight(point, '0') + ".0" : digits[..point] + "." + digits[point..]);
        }

        return sign + digits[..1] + (digits.Length > 1 ? "." + digits[1..] : "") + "e" + exponent.ToString(CultureInfo.InvariantCulture);
    }
}
