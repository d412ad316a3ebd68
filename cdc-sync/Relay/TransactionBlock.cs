using System.Text.Json;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Relay.Encoding;

namespace Strangler.CdcSync.Relay;

/// <summary>Counts a source transaction's events and tells its begin and end on the transaction topic. One transaction after the other.</summary>
internal sealed class TransactionBlock(RelayOptions options)
{
    private readonly Dictionary<TableName, int> _events = [];
    private readonly string? _keySchema = options.Schemas ? RelayTable.Text(writer => Key.Write(writer)) : null;
    private readonly string? _valueSchema = options.Schemas ? RelayTable.Text(writer => Value.Write(writer)) : null;
    private string? _id;
    private int _total;

    private static ConnectSchema Key { get; } = ConnectSchema.Struct(
        isOptional: false, "io.debezium.connector.common.TransactionMetadataKey", new ConnectField("id", new ConnectSchema("string", false))) with
    { Version = 1 };

    private static ConnectSchema Value { get; } = ConnectSchema.Struct(
        isOptional: false, "io.debezium.connector.common.TransactionMetadataValue",
        new ConnectField("status", new ConnectSchema("string", false)),
        new ConnectField("id", new ConnectSchema("string", false)),
        new ConnectField("event_count", new ConnectSchema("int64", true)),
        new ConnectField("data_collections", new ConnectSchema("array", true)
        {
            Items = ConnectSchema.Struct(
                isOptional: false, "event.collection", new ConnectField("data_collection", new ConnectSchema("string", false)), new ConnectField("event_count", new ConnectSchema("int64", false))) with
            { Version = 1 },
        }),
        new ConnectField("ts_ms", new ConnectSchema("int64", false))) with
    { Version = 1 };

    public void Begin(string? id, long milliseconds, List<RelayMessage> output)
    {
        _events.Clear();
        (_id, _total) = (id, 0);
        if (options.TransactionMetadata && id is not null)
        {
            output.Add(Message("BEGIN", milliseconds));
        }
    }

    public void End(long milliseconds, List<RelayMessage> output)
    {
        if (options.TransactionMetadata && _id is not null)
        {
            output.Add(Message("END", milliseconds));
        }

        _id = null;
    }

    /// <summary>The transaction's END is not told: the statement ended it by itself.</summary>
    public void Forget() => _id = null;

    /// <summary>Counts an event, and writes its place in the transaction.</summary>
    public void WriteNext(Utf8JsonWriter writer, TableName table)
    {
        if (!options.TransactionMetadata || _id is null)
        {
            writer.WriteNull("transaction");
            return;
        }

        var order = _events[table] = _events.GetValueOrDefault(table) + 1;
        writer.WriteStartObject("transaction");
        writer.WriteString("id", _id);
        writer.WriteNumber("total_order", ++_total);
        writer.WriteNumber("data_collection_order", order);
        writer.WriteEndObject();
    }

    private RelayMessage Message(string status, long milliseconds)
    {
        var key = RelayTable.Message(_keySchema, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id", _id);
            writer.WriteEndObject();
        });
        var value = RelayTable.Message(_valueSchema, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status", status);
            writer.WriteString("id", _id);
            if (status == "END")
            {
                WriteCounts(writer);
            }
            else
            {
                writer.WriteNull("event_count");
                writer.WriteNull("data_collections");
            }

            writer.WriteNumber("ts_ms", milliseconds);
            writer.WriteEndObject();
        });
        return new RelayMessage($"{options.TopicPrefix}.transaction", key, value);
    }

    private void WriteCounts(Utf8JsonWriter writer)
    {
        writer.WriteNumber("event_count", _total);
        writer.WriteStartArray("data_collections");
        foreach (var (table, count) in _events.OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("data_collection", table.ToString());
            writer.WriteNumber("event_count", count);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
