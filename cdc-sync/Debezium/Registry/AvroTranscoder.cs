using System.Buffers;
using System.Text.Json;
using Avro;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium.Registry;

/// <summary>
/// Writes a message in Avro as the JSON that the connector's JSON converter would have written, bytes in base64, so that one reader knows both.
/// </summary>
internal static class AvroTranscoder
{
    private const int MaximumDepth = 60;

    // An item of no bytes at all (null, an empty record) could be claimed a billion times in five bytes.
    private const int MaximumEmptyItems = 4096;

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToJson(Schema schema, ReadOnlySpan<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length * 2 + 256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            var reader = new AvroReader(data);
            Write(schema, ref reader, writer, 0);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The schema in Kafka Connect's words.</summary>
    public static FieldSchema Describe(Schema schema) => Describe("", schema, 0);

    private static void Write(Schema schema, ref AvroReader reader, Utf8JsonWriter writer, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new FormatException("Malformed Avro: nested too deeply.");
        }

        switch (schema)
        {
            case LogicalSchema logical:
                Write(logical.BaseSchema, ref reader, writer, depth + 1);
                break;
            case RecordSchema record:
                writer.WriteStartObject();
                foreach (var field in record.Fields)
                {
                    writer.WritePropertyName(field.Name);
                    Write(field.Schema, ref reader, writer, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case UnionSchema union:
                var branch = reader.ReadLong();
                Write(branch >= 0 && branch < union.Count ? union[(int)branch] : throw new FormatException($"Malformed Avro: branch {branch} of a union of {union.Count}."), ref reader, writer, depth + 1);
                break;
            case ArraySchema array:
                WriteArray(array, ref reader, writer, depth);
                break;
            case MapSchema map:
                WriteMap(map, ref reader, writer, depth);
                break;
            case EnumSchema @enum:
                var symbol = reader.ReadLong();
                writer.WriteStringValue(symbol >= 0 && symbol < @enum.Count ? @enum[(int)symbol] : throw new FormatException($"Malformed Avro: symbol {symbol} of an enum of {@enum.Count}."));
                break;
            case FixedSchema @fixed:
                writer.WriteBase64StringValue(reader.Take(@fixed.Size));
                break;
            default:
                WritePrimitive(schema.Tag, ref reader, writer);
                break;
        }
    }

    private static void WritePrimitive(Schema.Type type, ref AvroReader reader, Utf8JsonWriter writer)
    {
        switch (type)
        {
            case Schema.Type.Null:
                writer.WriteNullValue();
                break;
            case Schema.Type.Boolean:
                writer.WriteBooleanValue(reader.ReadBoolean());
                break;
            case Schema.Type.Int or Schema.Type.Long:
                writer.WriteNumberValue(reader.ReadLong());
                break;
            case Schema.Type.Float:
                writer.WriteNumberValue(Finite(reader.ReadFloat()));
                break;
            case Schema.Type.Double:
                writer.WriteNumberValue(Finite(reader.ReadDouble()));
                break;
            case Schema.Type.Bytes:
                writer.WriteBase64StringValue(reader.ReadBytes());
                break;
            case Schema.Type.String:
                writer.WriteStringValue(reader.ReadBytes());
                break;
            default:
                throw new FormatException($"The Avro type {type} has no place in a change.");
        }
    }

    private static void WriteArray(ArraySchema array, ref AvroReader reader, Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartArray();
        for (var count = BlockCount(ref reader); count > 0; count = BlockCount(ref reader))
        {
            for (var i = 0L; i < count; i++)
            {
                CheckProgress(reader, count, i);
                Write(array.ItemSchema, ref reader, writer, depth + 1);
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteMap(MapSchema map, ref AvroReader reader, Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartObject();
        for (var count = BlockCount(ref reader); count > 0; count = BlockCount(ref reader))
        {
            for (var i = 0L; i < count; i++)
            {
                CheckProgress(reader, count, i);
                writer.WritePropertyName(reader.ReadBytes());
                Write(map.ValueSchema, ref reader, writer, depth + 1);
            }
        }

        writer.WriteEndObject();
    }

    // A negative count is followed by the block's size, for those who want to skip it.
    private static long BlockCount(ref AvroReader reader)
    {
        var count = reader.ReadLong();
        if (count >= 0)
        {
            return count;
        }

        reader.ReadLong();
        return count == long.MinValue ? throw new FormatException("Malformed Avro: a block without measure.") : -count;
    }

    private static void CheckProgress(AvroReader reader, long count, long index)
    {
        if (count - index > reader.Remaining + MaximumEmptyItems)
        {
            throw new FormatException($"Malformed Avro: {count - index} items in {reader.Remaining} bytes.");
        }
    }

    private static T Finite<T>(T value) where T : System.Numerics.IFloatingPointIeee754<T> =>
        T.IsFinite(value) ? value : throw new FormatException("Malformed Avro: a number that no column can hold.");

    private static FieldSchema Describe(string name, Schema schema, int depth)
    {
        if (depth > MaximumDepth)
        {
            return new FieldSchema(name, "struct", null, new Dictionary<string, string>(), []);
        }

        if (schema is UnionSchema union)
        {
            var real = Enumerable.Range(0, union.Count).Select(index => union[index]).FirstOrDefault(branch => branch.Tag != Schema.Type.Null);
            return real is null ? new FieldSchema(name, "null", null, new Dictionary<string, string>(), []) : Describe(name, real, depth + 1);
        }

        var parameters = new Dictionary<string, string>();
        if (schema.GetProperty("connect.parameters") is { } connect)
        {
            using var document = JsonDocument.Parse(connect);
            foreach (var parameter in document.RootElement.EnumerateObject())
            {
                parameters[parameter.Name] = parameter.Value.ToString();
            }
        }

        if (schema.GetProperty("scale") is { } scale)
        {
            parameters.TryAdd("scale", scale.Trim('"'));
        }

        var inner = schema is LogicalSchema logical ? logical.BaseSchema : schema;
        return new FieldSchema(
            name, TypeName(inner.Tag), schema.GetProperty("connect.name")?.Trim('"') ?? (schema is LogicalSchema plain ? Semantic(plain) : null), parameters,
            inner is RecordSchema record ? [.. record.Fields.Select(field => Describe(field.Name, field.Schema, depth + 1))] : []);
    }

    private static string TypeName(Schema.Type type) => type switch
    {
        Schema.Type.Int => "int32",
        Schema.Type.Long => "int64",
        Schema.Type.Float => "float32",
        Schema.Type.Double => "float64",
        Schema.Type.Boolean => "boolean",
        Schema.Type.Bytes or Schema.Type.Fixed => "bytes",
        Schema.Type.Array => "array",
        Schema.Type.Map => "map",
        Schema.Type.Record => "struct",
        _ => "string",
    };

    // Where a converter leaves Connect's names out, Avro's own types still tell.
    private static string? Semantic(LogicalSchema schema) => schema.LogicalTypeName switch
    {
        "decimal" => "org.apache.kafka.connect.data.Decimal",
        "date" => "org.apache.kafka.connect.data.Date",
        "time-millis" => "org.apache.kafka.connect.data.Time",
        "timestamp-millis" or "local-timestamp-millis" => "org.apache.kafka.connect.data.Timestamp",
        "time-micros" => "io.debezium.time.MicroTime",
        "timestamp-micros" or "local-timestamp-micros" => "io.debezium.time.MicroTimestamp",
        _ => null,
    };
}
