using System.Text.Json;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium.Envelope;

/// <summary>
/// Reads the outside of a change in JSON: whose row, what happened, where in the source's log. The images are found and skipped. Accepts the
/// envelope and the flattened form (ExtractNewRecordState), with and without a schema block. Not safe for several threads.
/// </summary>
internal sealed class JsonEnvelope(SchemaBlocks schemas, string flatPrefix = "__")
{
    private const int MaximumDepth = 64;

    private readonly NamePool _names = new();

    /// <summary>Takes a schema block off; what has none comes back as it is.</summary>
    public (ReadOnlyMemory<byte> Payload, FieldSchema? Schema) Unpack(ReadOnlyMemory<byte> message)
    {
        var reader = Reader(message.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return (message, null);
        }

        ReadOnlyMemory<byte>? payload = null;
        ReadOnlyMemory<byte>? block = null;
        var others = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSchema = reader.ValueTextEquals("schema"u8);
            var isPayload = !isSchema && reader.ValueTextEquals("payload"u8);
            if (!isSchema && !isPayload)
            {
                others = true;
                break;
            }

            var part = Skip(ref reader, message);
            if (isSchema)
            {
                block = part;
            }
            else
            {
                payload = part;
            }
        }

        // A table may have columns of these names; then there are others, or the block is none.
        return others || block is null || payload is null || block.Value.Span is not [(byte)'{', ..]
            ? (message, null)
            : (payload.Value, schemas.Of(block.Value.Span));
    }

    /// <summary>Fills a record from a message's payload.</summary>
    public void Read(ChangeRecord record, ReadOnlyMemory<byte> payload, FieldSchema? schema)
    {
        record.Payload = payload;
        var reader = Reader(payload.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("the value is no JSON object");
        }

        var (hasSource, hasOperation, hasImage) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("before"u8))
            {
                record.Before = Skip(ref reader, payload);
                hasImage = true;
            }
            else if (reader.ValueTextEquals("after"u8))
            {
                record.After = Skip(ref reader, payload);
                hasImage = true;
            }
            else if (reader.ValueTextEquals("op"u8))
            {
                reader.Read();
                hasOperation = reader.TokenType == JsonTokenType.String;
                record.Operation = hasOperation && reader.ValueSpan.Length == 1 ? (char)reader.ValueSpan[0] : '?';
                Leave(ref reader);
            }
            else if (reader.ValueTextEquals("source"u8))
            {
                reader.Read();
                hasSource = reader.TokenType == JsonTokenType.StartObject;
                if (hasSource)
                {
                    ReadSource(ref reader, record);
                }
            }
            else if (reader.ValueTextEquals("transaction"u8))
            {
                reader.Read();
                ReadTransaction(ref reader, record);
            }
            else
            {
                reader.Skip();
            }
        }

        if (hasSource && hasOperation && (hasImage || record.Operation is 't' or 'm'))
        {
            record.RowSchema = schema?.Field("after") ?? schema?.Field("before");
            record.Kind = record.Operation switch
            {
                'c' or 'u' or 'd' or 'r' => RecordKind.Row,
                't' => RecordKind.Truncate,
                'm' => RecordKind.Nothing,
                _ => throw new FormatException($"the operation '{record.Operation}' is not known"),
            };
            Check(record);
            return;
        }

        ReadFlat(record, payload, schema);
    }

    /// <summary>Fills position and time of a record that carries a <c>source</c> block, whatever else it is.</summary>
    public void ReadSourceOf(ChangeRecord record, ReadOnlyMemory<byte> payload)
    {
        var reader = Reader(payload.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSource = reader.ValueTextEquals("source"u8);
            reader.Read();
            if (isSource && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadSource(ref reader, record);
                return;
            }

            Leave(ref reader);
        }
    }

    // Without its one image a change says nothing.
    private static void Check(ChangeRecord record)
    {
        var (before, after) = (IsObject(record.Before), IsObject(record.After));
        if (record.Kind == RecordKind.Row && !(record.Operation == 'd' ? before : after))
        {
            throw new FormatException($"a change '{record.Operation}' without {(record.Operation == 'd' ? "before" : "after")}");
        }

        record.Before = before ? record.Before : default;
        record.After = after ? record.After : default;
    }

    private void ReadFlat(ChangeRecord record, ReadOnlyMemory<byte> payload, FieldSchema? schema)
    {
        (record.IsUnwrapped, record.Kind, record.RowSchema, record.Operation) = (true, RecordKind.Row, schema, 'c');
        (record.File, record.Offset, record.Row, record.Gtid, record.Snapshot) = ("", 0, 0, null, null);
        var reader = Reader(payload.Span);
        reader.Read();
        string? database = null, table = null;
        var deleted = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.HasValueSequence || reader.ValueIsEscaped || !reader.ValueSpan.StartsWith("__"u8))
            {
                reader.Skip();
                continue;
            }

            var name = _names.Get(reader.ValueSpan);
            name = name.StartsWith(flatPrefix, StringComparison.Ordinal) ? name[flatPrefix.Length..] : name;
            reader.Read();
            switch (name)
            {
                case "deleted":
                    deleted = reader.TokenType == JsonTokenType.True || (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("true"u8));
                    break;
                case "op" when reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length == 1:
                    record.Operation = (char)reader.ValueSpan[0];
                    break;
                case "source_file" or "file" when reader.TokenType == JsonTokenType.String:
                    record.File = _names.Get(reader.ValueSpan);
                    break;
                case "source_pos" or "pos" when reader.TokenType == JsonTokenType.Number:
                    record.Offset = reader.GetInt64();
                    break;
                case "source_row" or "row" when reader.TokenType == JsonTokenType.Number:
                    record.Row = reader.GetInt32();
                    break;
                case "source_gtid" or "gtid" when reader.TokenType == JsonTokenType.String:
                    record.Gtid = reader.GetString();
                    break;
                case "source_ts_ms" when reader.TokenType == JsonTokenType.Number:
                    record.CommittedAtMilliseconds = reader.GetInt64();
                    break;
                case "source_snapshot" or "snapshot" when reader.TokenType == JsonTokenType.String:
                    record.Snapshot = _names.Get(reader.ValueSpan);
                    break;
                case "source_connector" or "connector" when reader.TokenType == JsonTokenType.String:
                    record.Connector = _names.Get(reader.ValueSpan);
                    break;
                case "source_db" or "db" when reader.TokenType == JsonTokenType.String:
                    database = _names.Get(reader.ValueSpan);
                    break;
                case "source_table" or "table" when reader.TokenType == JsonTokenType.String:
                    table = _names.Get(reader.ValueSpan);
                    break;
                case "transaction_id" when reader.TokenType == JsonTokenType.String:
                    record.Transaction = reader.GetString();
                    break;
            }

            Leave(ref reader);
        }

        if (deleted || record.Operation == 'd')
        {
            record.Operation = 'd';
            record.Before = payload;
        }
        else
        {
            record.After = payload;
        }

        if (record.Operation == 't')
        {
            record.Kind = RecordKind.Truncate;
        }

        if (table is not null)
        {
            record.Table = new TableName(database ?? record.Table.Database, table);
        }
    }

    private void ReadSource(ref Utf8JsonReader reader, ChangeRecord record)
    {
        string? database = null, table = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("file"u8))
            {
                record.File = Name(ref reader) ?? "";
            }
            else if (reader.ValueTextEquals("pos"u8))
            {
                record.Offset = Number(ref reader);
            }
            else if (reader.ValueTextEquals("row"u8))
            {
                record.Row = (int)Math.Clamp(Number(ref reader), 0, int.MaxValue);
            }
            else if (reader.ValueTextEquals("gtid"u8))
            {
                record.Gtid = Text(ref reader);
            }
            else if (reader.ValueTextEquals("db"u8))
            {
                database = Name(ref reader);
            }
            else if (reader.ValueTextEquals("table"u8))
            {
                table = Name(ref reader);
            }
            else if (reader.ValueTextEquals("ts_ms"u8))
            {
                record.CommittedAtMilliseconds = Number(ref reader);
            }
            else if (reader.ValueTextEquals("snapshot"u8))
            {
                record.Snapshot = Name(ref reader);
            }
            else if (reader.ValueTextEquals("connector"u8))
            {
                record.Connector = Name(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (table is not null && database is not null)
        {
            record.Table = new TableName(database, table);
        }
    }

    private static void ReadTransaction(ref Utf8JsonReader reader, ChangeRecord record)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Leave(ref reader);
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                record.Transaction = Text(ref reader);
            }
            else if (reader.ValueTextEquals("total_order"u8))
            {
                record.TotalOrder = (int)Math.Clamp(Number(ref reader), 0, int.MaxValue - 1);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private string? Name(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ValueIsEscaped ? reader.GetString() : _names.Get(reader.ValueSpan);
        }

        Leave(ref reader);
        return null;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        Leave(ref reader);
        return null;
    }

    private static long Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
        {
            return number;
        }

        Leave(ref reader);
        return 0;
    }

    /// <summary>The next value's own bytes.</summary>
    private static ReadOnlyMemory<byte> Skip(ref Utf8JsonReader reader, ReadOnlyMemory<byte> message)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        Leave(ref reader);
        return message[start..(int)reader.BytesConsumed];
    }

    // From a value's first token to its last.
    private static void Leave(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }
    }

    private static bool IsObject(ReadOnlyMemory<byte> value) => value.Span is [(byte)'{', ..];

    private static Utf8JsonReader Reader(ReadOnlySpan<byte> json) => new(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
}
