using System.Text;
using System.Text.Json;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Ordering;
using Strangler.CdcSync.Debezium.Registry;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium.Envelope;

/// <summary>
/// Makes a record of a message, whichever form it has. What cannot be understood becomes a record that says why; only a registry that cannot
/// be reached is an error. Not safe for several threads.
/// </summary>
internal sealed class RecordReader(SchemaRegistry? registry)
{
    private const string NewKey = "__debezium.newkey";
    private const string OldKey = "__debezium.oldkey";

    private readonly JsonEnvelope _envelope = new(new SchemaBlocks());

    /// <summary>Whether rows came without their envelope; null while none came.</summary>
    public bool? IsUnwrapped { get; private set; }

    public async ValueTask<ChangeRecord> ReadAsync(TopicMessage message, PartitionFeed feed, CancellationToken cancellationToken)
    {
        var record = new ChangeRecord
        {
            Partition = feed.Index,
            MessageOffset = message.Offset,
            Bytes = message.Bytes,
            Table = TableBy(message, feed),
            CommittedAtMilliseconds = message.TimestampMilliseconds,
        };
        try
        {
            if (message.Key is { Length: > 0 } key)
            {
                (record.Key, record.KeySchema) = await UnpackAsync(key, cancellationToken);
            }

            await ReadAsync(record, message, feed, cancellationToken);
        }
        catch (Exception fault) when (IsMalformed(fault))
        {
            (record.Kind, record.Fault) = (RecordKind.Poison, fault.Message);
        }

        return record;
    }

    /// <summary>Whether an exception says that a message is malformed, rather than that something is broken.</summary>
    public static bool IsMalformed(Exception fault) =>
        fault is FormatException or JsonException or InvalidOperationException or OverflowException or DecoderFallbackException or KeyNotFoundException or ArgumentException
            && fault is not ObjectDisposedException;

    /// <summary>A message's JSON, and its schema if it carries or names one.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> Payload, FieldSchema? Schema)> UnpackAsync(byte[] message, CancellationToken cancellationToken)
    {
        if (!SchemaRegistry.IsAvro(message))
        {
            return _envelope.Unpack(message);
        }

        if (registry is null)
        {
            throw new InvalidDataException($"The messages are in Avro: {KafkaOptions.Section}:SchemaRegistry must name their registry.");
        }

        return await registry.DecodeAsync(message, cancellationToken);
    }

    private async ValueTask ReadAsync(ChangeRecord record, TopicMessage message, PartitionFeed feed, CancellationToken cancellationToken)
    {
        if (message.Value is not { Length: > 0 } value)
        {
            // After a delete with its envelope it says nothing new; without one it may be all that is said.
            record.Kind = IsUnwrapped == false || record.Key.Length == 0 || feed.Role != TopicRole.Rows ? RecordKind.Nothing : RecordKind.Tombstone;
            return;
        }

        var (payload, schema) = await UnpackAsync(value, cancellationToken);
        if (feed.Role == TopicRole.SchemaChanges)
        {
            (record.Kind, record.Payload) = (RecordKind.SchemaChange, payload);
            _envelope.ReadSourceOf(record, payload);
            return;
        }

        if (feed.Role == TopicRole.Transactions)
        {
            (record.Kind, record.Payload) = (RecordKind.Nothing, payload);
            return;
        }

        _envelope.Read(record, payload, schema);
        IsUnwrapped = record.IsUnwrapped;
        record.IsHalfOfKeyChange = message.Header(NewKey) is not null && record.Operation == 'd';
        if (message.Header(OldKey) is { } old && record.Operation is 'c' or 'u')
        {
            record.OldKey = (await UnpackAsync(message.Header(OldKey)!, cancellationToken)).Payload;
        }
    }

    private static TableName TableBy(TopicMessage message, PartitionFeed feed)
    {
        if (feed.Table is { } table)
        {
            return table;
        }

        return message.Header("__table") is { } name
            ? new TableName(message.Header("__db") is { } database ? Encoding.UTF8.GetString(database) : "", Encoding.UTF8.GetString(name))
            : default;
    }
}
