using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Relay.Encoding;

namespace Strangler.CdcSync.Relay;

/// <summary>One form of a table, as its rows in the log have it: the topic, the key and the encodings of its columns.</summary>
internal sealed class RelayTable
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly int[]? _key;
    private readonly string? _tableField;
    private readonly string? _keySchema;
    private readonly string? _valueSchema;

    /// <param name="options">The relay's modes.</param>
    /// <param name="map">The table with names and character sets completed.</param>
    /// <param name="key">The key's columns; null when the table has none.</param>
    /// <param name="definition">What the catalogue knows of the table beyond the log; null for nothing.</param>
    /// <param name="envelope">Writes what all tables' messages share.</param>
    public RelayTable(RelayOptions options, TableMapEvent map, int[]? key, TableDefinition? definition, EnvelopeSchema envelope)
    {
        var encodings = new ColumnEncodings(options);
        Name = map.Table;
        Columns = [.. map.Columns.Select(column => Encoding(encodings, column, definition, options.ReplaceNullWithDefault, envelope.HasComments))];
        Topic = options.SingleTopic.Length > 0 ? $"{options.TopicPrefix}.{options.SingleTopic}" : $"{options.TopicPrefix}.{map.Table.Database}.{map.Table.Name}";
        _tableField = options.SingleTopic.Length > 0 ? map.Table.Name : null;
        var name = $"{options.TopicPrefix}.{map.Table.Database}.{map.Table.Name}";
        _key = key is { Length: > 0 } ? key : null;
        if (options.Schemas)
        {
            var row = ConnectSchema.Struct(isOptional: true, $"{name}.Value", [.. Columns.Select(column => new ConnectField(column.Name, column.Schema))]);
            _valueSchema = Text(writer => envelope.Of(name, row).Write(writer));
            _keySchema = _key is null ? null : Text(writer => ConnectSchema.Struct(
                isOptional: false, $"{name}.Key",
                [.. _key.Select(column => new ConnectField(Columns[column].Name, Columns[column].Schema)), .. _tableField is null ? (ConnectField[])[] : [new ConnectField("__table", new ConnectSchema("string", false))]]).Write(writer));
        }
    }

    public TableName Name { get; }

    public string Topic { get; }

    public ColumnEncoding[] Columns { get; }

    /// <summary>The message's key of a row; null when the table has none.</summary>
    public byte[]? Key(ColumnValue[] row) => _key is null ? null : Message(_keySchema, writer => WriteKey(writer, row, _tableField, static (writer, column, value) => column.Write(writer, value)));

    /// <summary>The key without its schema, as headers hold it: there Connect's simple converter writes decimals as numbers.</summary>
    public byte[] HeaderKey(ColumnValue[] row) => Message(null, writer => WriteKey(writer, row, null, static (writer, column, value) =>
    {
        if (column.Schema.Name == Decimals.SemanticType && !value.IsNull)
        {
            writer.WriteRawValue(value.ToString(), skipInputValidation: true);
        }
        else
        {
            column.Write(writer, value);
        }
    }));

    /// <summary>A message's value around its payload.</summary>
    public byte[] Value(Action<Utf8JsonWriter> writePayload) => Message(_valueSchema, writePayload);

    public bool IsSameKey(ColumnValue[] before, ColumnValue[] after) => _key is null || _key.All(column => before[column].Equals(after[column]));

    public void WriteRow(Utf8JsonWriter writer, ColumnValue[] row)
    {
        writer.WriteStartObject();
        WriteColumns(writer, row);
        writer.WriteEndObject();
    }

    public void WriteColumns(Utf8JsonWriter writer, ColumnValue[] row)
    {
        for (var i = 0; i < Columns.Length; i++)
        {
            writer.WritePropertyName(Columns[i].Name);
            Columns[i].Write(writer, row[i]);
        }
    }

    /// <summary>JSON that carries its schema when there is one.</summary>
    public static byte[] Message(string? schema, Action<Utf8JsonWriter> writePayload)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Json);
        if (schema is null)
        {
            writePayload(writer);
        }
        else
        {
            writer.WriteStartObject();
            writer.WritePropertyName("schema");
            writer.WriteRawValue(schema, skipInputValidation: true);
            writer.WritePropertyName("payload");
            writePayload(writer);
            writer.WriteEndObject();
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static string Text(Action<Utf8JsonWriter> write) => System.Text.Encoding.UTF8.GetString(Message(null, write));

    private static ColumnEncoding Encoding(ColumnEncodings encodings, BinlogColumn column, TableDefinition? definition, bool replacesNull, bool hasComments)
    {
        var described = ColumnDescriptions.Of(definition, column.Name!);
        var encoding = encodings.Of(column, described);
        var value = definition?.Column(column.Name!) is { } defined ? ColumnDescriptions.Default(encoding, column, defined) : null;
        encoding = value is null ? encoding : encodings.Of(column, described with { Default = value }) with { Null = replacesNull ? value : "null" };
        // MariaDB's connector publishes comments unasked, MySQL's does not.
        return described.Comment is null || !hasComments ? encoding : encoding with { Schema = encoding.Schema with { Documentation = described.Comment } };
    }

    private void WriteKey(Utf8JsonWriter writer, ColumnValue[] row, string? tableField, Action<Utf8JsonWriter, ColumnEncoding, ColumnValue> write)
    {
        writer.WriteStartObject();
        foreach (var column in _key ?? [])
        {
            writer.WritePropertyName(Columns[column].Name);
            write(writer, Columns[column], row[column]);
        }

        if (tableField is not null)
        {
            writer.WriteString("__table", tableField);
        }

        writer.WriteEndObject();
    }
}
