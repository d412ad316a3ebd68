using System.Text.Json;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Relay;

/// <summary>
/// Turns the events of a log into the messages that Debezium's connector makes of them. Rows of a distributed transaction wait for its
/// commit. After a reconnect a new one begins at a transaction's start. Not safe for several threads.
/// </summary>
internal sealed class RelayTranslator
{
    private readonly RelayOptions _options;
    private readonly string _database;
    private readonly EventDecoder _decoder;
    private readonly bool _isMariaDb;
    private readonly string _connector;
    private readonly TimeProvider _time;
    private readonly TableShapes _shapes;
    private readonly RelayTables _tables;
    private readonly TransactionBlock _transaction;
    private readonly UnwrappedRow? _unwrapped;
    private readonly SchemaChanges _schemaChanges;
    private readonly Dictionary<ulong, TableMapEvent> _maps = [];
    private readonly Dictionary<string, List<RelayMessage>> _prepared = [];
    private readonly List<RelayMessage> _held = [];
    private readonly List<Change> _rows = [];
    private string? _gtid;
    private long? _committedAt;
    private long? _thread;
    private long _begunAt;

    // Transactions are dated as Debezium dates them: by the last event that was dated, which may be one of the transaction before.
    private long _lastAt;
    private bool _isDistributed;

    public RelayTranslator(RelayOptions options, string database, ITableCatalog catalog, SourcePosition from, EventDecoder decoder, TimeProvider time)
    {
        _options = options;
        _database = database;
        _decoder = decoder;
        _isMariaDb = from.Server == "mariadb";
        _connector = _isMariaDb ? "mariadb" : "mysql";
        _time = time;
        _shapes = new TableShapes(catalog);
        _tables = new RelayTables(options, database, catalog, new EnvelopeSchema(_connector));
        _transaction = new TransactionBlock(options);
        _unwrapped = options.Unwrap ? new UnwrappedRow(options) : null;
        _schemaChanges = new SchemaChanges(options, catalog, _connector, time);
        File = from.File;
    }

    /// <summary>The log file of the last event.</summary>
    public string File { get; private set; }

    /// <summary>Whether the event is a statement after which the catalogue must be loaded again, before the event is taken.</summary>
    public bool ChangesCatalog(ReadOnlyMemory<byte> data) =>
        EventHeader.Parse(data.Span).Type is EventType.Query or EventType.MariaDbQueryCompressed
        && _decoder.Decode(data).Event is QueryEvent query && DdlStatement.Read(query.Database, query.Sql, IsInDatabase).Count > 0;

    /// <summary>Takes the next event and appends its messages; true when a transaction is complete with it.</summary>
    public bool Accept(ReadOnlyMemory<byte> data, List<RelayMessage> output)
    {
        var (header, @event) = _decoder.Decode(data);
        var start = header.NextPosition - (long)header.Length;
        switch (@event)
        {
            case RotateEvent rotate:
                File = rotate.File;
                return false;
            case TransactionPayloadEvent payload:
                var ended = false;
                foreach (var inner in TransactionPayload.Events(payload))
                {
                    var (innerHeader, innerEvent) = _decoder.DecodeInner(inner);
                    ended |= AcceptInner(innerHeader, innerEvent, start, output);
                }

                return ended;
            default:
                return AcceptInner(header, @event, start, output);
        }
    }

    private bool AcceptInner(EventHeader header, BinlogEvent @event, long start, List<RelayMessage> output)
    {
        switch (@event)
        {
            case MariaDbGtidEvent gtid:
                (_gtid, _committedAt, _thread, _begunAt) = ($"{gtid.Domain}-{gtid.Server}-{gtid.Sequence}", null, null, header.Timestamp * 1_000_000L);
                _transaction.Begin(_gtid, _lastAt / 1000, output);
                return false;
            case GtidEvent gtid:
                (_gtid, _committedAt, _thread) = (gtid.Tag.Length == 0 ? $"{gtid.Source}:{gtid.Number}" : $"{gtid.Source}:{gtid.Tag}:{gtid.Number}", gtid.CommittedAt, null);
                return false;
            case AnonymousGtidEvent:
                (_gtid, _committedAt, _thread) = (null, null, null);
                return false;
            case TableMapEvent map:
                _maps[map.TableId] = map;
                return false;
            case RowsEvent rows:
                AddRows(header, rows, start, _isDistributed ? _held : output);
                return false;
            case XidEvent:
                _transaction.End(_lastAt / 1000, output);
                return true;
            case XaPrepareEvent prepare:
                Prepare(prepare, output);
                return true;
            case QueryEvent query:
                return AcceptQuery(header, query, start, output);
            default:
                return false;
        }
    }

    private bool AcceptQuery(EventHeader header, QueryEvent query, long start, List<RelayMessage> output)
    {
        var sql = query.Sql.AsSpan().Trim();
        if (sql.Equals("BEGIN", StringComparison.OrdinalIgnoreCase))
        {
            if (!_isMariaDb)
            {
                _thread = query.Thread;
                _lastAt = At(header);
                _transaction.Begin(_gtid ?? $"file={File},pos={start}", _lastAt / 1000, output);
            }

            return false;
        }

        if (sql.Equals("COMMIT", StringComparison.OrdinalIgnoreCase) || sql.Equals("ROLLBACK", StringComparison.OrdinalIgnoreCase))
        {
            _transaction.End(_lastAt / 1000, output);
            return true;
        }

        if (sql.StartsWith("XA START", StringComparison.OrdinalIgnoreCase) || sql.StartsWith("XA BEGIN", StringComparison.OrdinalIgnoreCase))
        {
            _isDistributed = true;
            return false;
        }

        if (sql.StartsWith("XA ", StringComparison.OrdinalIgnoreCase))
        {
            return AcceptXa(sql.ToString(), output);
        }

        if (sql.StartsWith("SAVEPOINT", StringComparison.OrdinalIgnoreCase) || sql.StartsWith("ROLLBACK TO", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        AddStatement(header, query, start, output);
        _transaction.Forget();
        return true;
    }

    private void AddStatement(EventHeader header, QueryEvent query, long start, List<RelayMessage> output)
    {
        foreach (var change in DdlStatement.Read(query.Database, query.Sql, _tables.IsIncluded).OfType<TableChange>().Where(change => change.What == TableEvent.Truncated && _options.TruncateEvents))
        {
            if (_unwrapped is null && _tables.OfCatalog(change.Table) is { } table)
            {
                output.Add(new RelayMessage(table.Topic, null, Envelope(table, null, null, "t", Info(header, change.Table, start, 0) with { At = At(header) / 1000 * 1000 })));
            }
        }

        if (_options.IncludeSchemaChanges)
        {
            _schemaChanges.Add(query, Info(header, new TableName(query.Database, ""), start, 0) with { At = (_committedAt ?? _begunAt) / 1000 * 1000, Thread = null }, IsInDatabase, output);
        }
    }

    // As Debezium does, also of tables whose rows are not published.
    private bool IsInDatabase(TableName table) => table.Database == _database;

    private void AddRows(EventHeader header, RowsEvent rows, long start, List<RelayMessage> output)
    {
        if (!_maps.TryGetValue(rows.TableId, out var map) || !_tables.IsIncluded(map.Table))
        {
            return;
        }

        var (completed, shape, _) = _shapes.Of(map) ?? throw new InvalidDataException(
            $"The log does not name the columns of {map.Table} and the catalogue's are others by now: set binlog_row_metadata=FULL on the source.");
        var table = _tables.Of(completed);
        _lastAt = At(header);
        RowImages.Read(rows, completed, shape, _rows);
        for (var i = 0; i < _rows.Count; i++)
        {
            AddRow((RowChange)_rows[i], table, Info(header, map.Table, start, i), output);
        }

        _rows.Clear();
    }

    private void AddRow(RowChange row, RelayTable table, SourceInfo info, List<RelayMessage> output)
    {
        var (before, after) = (row.Before, row.After);
        if (before is not null && after is not null && !table.IsSameKey(before, after))
        {
            Delete(before, [("__debezium.newkey", table.HeaderKey(after))]);
            Add("c", null, after, [("__debezium.oldkey", table.HeaderKey(before))]);
        }
        else if (after is null)
        {
            Delete(before!, []);
        }
        else
        {
            Add(before is null ? "c" : "u", before, after, []);
        }

        void Delete(ColumnValue[] old, IReadOnlyList<(string, byte[])> headers)
        {
            Add("d", old, null, headers);
            if (_options.TombstonesOnDelete && _unwrapped is null)
            {
                output.Add(new RelayMessage(table.Topic, table.Key(old), null, headers));
            }
        }

        void Add(string operation, ColumnValue[]? old, ColumnValue[]? now, IReadOnlyList<(string, byte[])> headers) => output.Add(_unwrapped is null
            ? new RelayMessage(table.Topic, table.Key(now ?? old!), Envelope(table, old, now, operation, info), headers)
            : new RelayMessage(table.Topic, table.Key(now ?? old!), _unwrapped.Value(table, now ?? old!, operation, info), _unwrapped.Headers(headers, operation, info)));
    }

    private byte[] Envelope(RelayTable table, ColumnValue[]? before, ColumnValue[]? after, string operation, SourceInfo info) => table.Value(writer =>
    {
        writer.WriteStartObject();
        WriteRow(writer, "before", table, before);
        WriteRow(writer, "after", table, after);
        info.Write(writer, _connector, _options.TopicPrefix);
        _transaction.WriteNext(writer, table.Name);
        writer.WriteString("op", operation);
        var now = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
        writer.WriteNumber("ts_ms", now / TimeSpan.TicksPerMillisecond);
        writer.WriteNumber("ts_us", now / TimeSpan.TicksPerMicrosecond);
        writer.WriteNumber("ts_ns", now * TimeSpan.NanosecondsPerTick);
        writer.WriteEndObject();
    });

    private static void WriteRow(Utf8JsonWriter writer, string name, RelayTable table, ColumnValue[]? row)
    {
        writer.WritePropertyName(name);
        if (row is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            table.WriteRow(writer, row);
        }
    }

    private void Prepare(XaPrepareEvent prepare, List<RelayMessage> output)
    {
        if (prepare.OnePhase)
        {
            output.AddRange(_held);
        }
        else
        {
            _prepared[prepare.Xid] = [.. _held];
        }

        _held.Clear();
        _isDistributed = false;
        _transaction.Forget();
    }

    private bool AcceptXa(string sql, List<RelayMessage> output)
    {
        if (sql.StartsWith("XA END", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var xid = string.Concat(sql.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(2)).ToUpperInvariant();
        if (_prepared.Remove(xid, out var messages) && sql.StartsWith("XA COMMIT", StringComparison.OrdinalIgnoreCase))
        {
            output.AddRange(messages);
        }

        _transaction.Forget();
        return true;
    }

    private long At(EventHeader header) => _committedAt ?? header.Timestamp * 1_000_000L;

    private SourceInfo Info(EventHeader header, TableName table, long start, int row) =>
        new(table.Database, table.Name.Length == 0 ? null : table.Name, At(header), header.ServerId, _gtid, File, start, row, _thread);
}
