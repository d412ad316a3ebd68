using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium.Envelope;

/// <summary>
/// Decodes row images of one table in one definition and one message schema. Columns that the image lacks are absent; fields that are no
/// columns are passed over. Not safe for several threads.
/// </summary>
internal sealed class RowReader
{
    private const int MaximumDepth = 64;

    private readonly ColumnCodec[] _codecs;
    private readonly byte[][] _names;
    private readonly Dictionary<string, int> _byName = new(StringComparer.OrdinalIgnoreCase);

    public RowReader(TableDefinition table, FieldSchema? schema, ValueModes modes)
    {
        Definition = table;
        Shape = new TableShape(table.Name, [.. table.Columns.Select(column => column.Name)]);
        _codecs = [.. table.Columns.Select(column => ColumnCodec.Of(column, schema is null ? null : Find(schema, column.Name), modes))];
        _names = [.. table.Columns.Select(column => Encoding.UTF8.GetBytes(column.Name))];
        for (var i = 0; i < table.Columns.Count; i++)
        {
            _byName[table.Columns[i].Name] = i;
            _byName.TryAdd(AvroName(table.Columns[i].Name), i);
        }
    }

    public TableDefinition Definition { get; }

    public TableShape Shape { get; }

    public ColumnValue[] Read(ReadOnlySpan<byte> image)
    {
        var values = new ColumnValue[_codecs.Length];
        var reader = new Utf8JsonReader(image, new JsonReaderOptions { MaxDepth = MaximumDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("a row image is no object");
        }

        var next = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Fields come in the order of the columns.
            var index = next < _names.Length && reader.ValueTextEquals(_names[next]) ? next : Index(ref reader);
            reader.Read();
            if (index < 0)
            {
                reader.Skip();
                continue;
            }

            values[index] = Value(ref reader, _codecs[index]);
            next = index + 1;
        }

        return values;
    }

    private int Index(ref Utf8JsonReader reader) => _byName.TryGetValue(reader.GetString()!, out var index) ? index : -1;

    private static ColumnValue Value(ref Utf8JsonReader reader, ColumnCodec codec)
    {
        try
        {
            return reader.TokenType switch
            {
                JsonTokenType.Null => codec.Convert(new RawValue(RawKind.Null, default)),
                JsonTokenType.True or JsonTokenType.False => codec.Convert(new RawValue(RawKind.Boolean, default, reader.TokenType == JsonTokenType.True)),
                JsonTokenType.Number => codec.Convert(new RawValue(RawKind.Number, reader.ValueSpan)),
                JsonTokenType.String when !reader.ValueIsEscaped => codec.Convert(new RawValue(RawKind.Text, reader.ValueSpan)),
                JsonTokenType.String => Unescaped(ref reader, codec),
                JsonTokenType.StartObject => Geometry(ref reader, codec),
                JsonTokenType.StartArray => Vector(ref reader, codec),
                _ => throw new FormatException("not a value"),
            };
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or InvalidOperationException)
        {
            throw new FormatException($"column {codec.Column.Name} {codec.Column.ColumnType}: {fault.Message}", fault);
        }
    }

    private static ColumnValue Unescaped(ref Utf8JsonReader reader, ColumnCodec codec)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var length = reader.CopyString(buffer);
            return codec.Convert(new RawValue(RawKind.Text, buffer.AsSpan(0, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ColumnValue Geometry(ref Utf8JsonReader reader, ColumnCodec codec)
    {
        byte[] binary = [];
        var srid = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isBinary, isSrid) = (reader.ValueTextEquals("wkb"u8), reader.ValueTextEquals("srid"u8));
            reader.Read();
            if (isBinary && reader.TokenType == JsonTokenType.String)
            {
                binary = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan.ToArray();
            }
            else if (isSrid && reader.TokenType == JsonTokenType.Number)
            {
                srid = reader.GetInt32();
            }
            else
            {
                reader.Skip();
            }
        }

        return codec.Convert(new RawValue(RawKind.Geometry, binary, srid: srid));
    }

    private static ColumnValue Vector(ref Utf8JsonReader reader, ColumnCodec codec)
    {
        var floats = new ArrayBufferWriter<byte>();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            BinaryPrimitives.WriteSingleLittleEndian(floats.GetSpan(4), reader.GetSingle());
            floats.Advance(4);
        }

        return reader.TokenType == JsonTokenType.EndArray
            ? codec.Convert(new RawValue(RawKind.Vector, floats.WrittenSpan))
            : throw new FormatException("an array of something else than numbers");
    }

    private static FieldSchema? Find(FieldSchema schema, string column) =>
        schema.Field(column) ?? schema.Fields.FirstOrDefault(field =>
            string.Equals(field.Name, column, StringComparison.OrdinalIgnoreCase) || string.Equals(field.Name, AvroName(column), StringComparison.OrdinalIgnoreCase));

    /// <summary>A column's name as Avro allows names: what it does not allow becomes an underscore.</summary>
    private static string AvroName(string name)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var character in name)
        {
            text.Append(text.Length == 0 && char.IsAsciiDigit(character) ? "_" : "").Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        }

        return text.ToString();
    }
}
