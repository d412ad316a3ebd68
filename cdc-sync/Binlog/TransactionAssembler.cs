using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Gtid;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog;

/// <summary>
/// Puts events together to transactions and keeps the position. Rows of tables that nobody wants are not decoded. After a reconnect a
/// new one begins at the last transaction's end. Not safe for several threads.
/// </summary>
internal sealed class TransactionAssembler
{
    private readonly Func<TableName, bool> _isWanted;
    private readonly EventDecoder _decoder;
    private readonly TableShapes _shapes;
    private readonly string _server;
    private readonly MySqlGtidSet? _mySqlGtids;
    private readonly MariaDbGtidPosition? _mariaDbGtids;
    private readonly Dictionary<ulong, TableMapEvent> _maps = [];
    private readonly Dictionary<string, List<Change>> _prepared = [];
    private readonly List<(string Name, int Count)> _savepoints = [];
    private List<Change> _changes = [];
    private BinlogEvent? _gtid;
    private string _file;
    private long _offset;
    private long _bytes;
    private bool _isOpen;
    private string? _gtidText;
    private SourcePosition _reached;

    public TransactionAssembler(SourcePosition from, Func<TableName, bool> isWanted, ITableCatalog catalog, EventDecoder decoder, bool isMariaDb)
    {
        _isWanted = isWanted;
        _decoder = decoder;
        _shapes = new TableShapes(catalog);
        (_server, _file, _offset, _gtidText) = (from.Server, from.File, from.Offset, from.Gtid);
        _reached = from;
        if (isMariaDb)
        {
            _mariaDbGtids = MariaDbGtidPosition.Parse(from.Gtid ?? "");
        }
        else
        {
            _mySqlGtids = MySqlGtidSet.Parse(from.Gtid ?? "");
        }
    }

    /// <summary>Takes the next event; gives a transaction when one is complete, or when the position moved outside of any.</summary>
    public ChangeTransaction? Accept(ReadOnlyMemory<byte> data)
    {
        var (header, @event) = _decoder.Decode(data);
        Advance(header);
        _bytes += data.Length;
        switch (@event)
        {
            case RotateEvent rotate:
                (_file, _offset) = (rotate.File, rotate.Position);
                return Moved(header);
            case HeartbeatEvent heartbeat when heartbeat.Position >= _offset && heartbeat.File == _file:
                _offset = heartbeat.Position;
                return Moved(header);
            case TransactionPayloadEvent payload:
                return AcceptPayload(header, payload);
            case IncidentEvent incident:
                throw new SourceLostException($"The source lost events and logged an incident at {_file}:{_offset}: {incident.Message}");
            default:
                return AcceptInner(header, @event);
        }
    }

    private ChangeTransaction? AcceptPayload(EventHeader header, TransactionPayloadEvent payload)
    {
        ChangeTransaction? last = null;
        foreach (var inner in TransactionPayload.Events(payload))
        {
            var (innerHeader, @event) = _decoder.DecodeInner(inner);
            last = AcceptInner(innerHeader with { Timestamp = header.Timestamp }, @event) ?? last;
        }

        return last;
    }

    private ChangeTransaction? AcceptInner(EventHeader header, BinlogEvent @event)
    {
        switch (@event)
        {
            case GtidEvent or AnonymousGtidEvent:
                _gtid = @event;
                return null;
            case MariaDbGtidEvent gtid:
                _gtid = gtid;
                _isOpen = !gtid.IsStandalone;
                return null;
            case TableMapEvent map:
                _maps[map.TableId] = map;
                return null;
            case RowsEvent rows:
                AddRows(rows);
                return null;
            case XidEvent:
                return Complete(header);
            case XaPrepareEvent prepare:
                return Prepare(header, prepare);
            case QueryEvent query:
                return AcceptQuery(header, query);
            default:
                return Moved(header);
        }
    }

    private void AddRows(RowsEvent rows)
    {
        _isOpen = true;
        if (!_maps.TryGetValue(rows.TableId, out var map))
        {
            // The last event of a statement may be empty and belong to no table.
            return;
        }

        if (!_isWanted(map.Table))
        {
            return;
        }

        if (_shapes.Of(map) is { } known)
        {
            RowImages.Read(rows, known.Map, known.Shape, _changes);
        }
        else
        {
            _changes.Add(new TableChange(map.Table, TableEvent.ChangedByStatement, "a row event whose columns are not those of the source's table now"));
        }
    }

    private ChangeTransaction? AcceptQuery(EventHeader header, QueryEvent query)
    {
        var sql = query.Sql.AsSpan().Trim();
        if (Is(sql, "BEGIN") || Starts(sql, "XA START") || Starts(sql, "XA BEGIN"))
        {
            _isOpen = true;
            return null;
        }

        if (Is(sql, "COMMIT"))
        {
            return Complete(header);
        }

        if (Is(sql, "ROLLBACK"))
        {
            _changes = [];
            return Complete(header);
        }

        if (Starts(sql, "SAVEPOINT"))
        {
            _savepoints.Add((NameAfter(sql, "SAVEPOINT"), _changes.Count));
            return null;
        }

        if (Starts(sql, "ROLLBACK TO"))
        {
            RollBackTo(NameAfter(sql, "ROLLBACK TO"));
            return null;
        }

        if (Starts(sql, "XA "))
        {
            return AcceptXa(header, sql.ToString());
        }

        _changes.AddRange(DdlStatement.Read(query.Database, query.Sql, _isWanted));
        return _isOpen ? null : Complete(header);
    }

    private void RollBackTo(string name)
    {
        var at = _savepoints.FindLastIndex(savepoint => savepoint.Name == name);
        if (at >= 0)
        {
            _changes.RemoveRange(_savepoints[at].Count, _changes.Count - _savepoints[at].Count);
            _savepoints.RemoveRange(at + 1, _savepoints.Count - at - 1);
        }
    }

    private ChangeTransaction? Prepare(EventHeader header, XaPrepareEvent prepare)
    {
        if (!prepare.OnePhase)
        {
            _prepared[prepare.Xid] = _changes;
            _changes = [];
        }

        return Complete(header);
    }

    private ChangeTransaction? AcceptXa(EventHeader header, string sql)
    {
        if (Starts(sql, "XA END"))
        {
            return null;
        }

        // The log writes the same id in the same form in both places, save for white space.
        var xid = string.Concat(sql.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(2)).ToUpperInvariant();
        var prepared = _prepared.Remove(xid, out var changes);
        if (Starts(sql, "XA COMMIT"))
        {
            _changes = prepared ? changes! : throw new SourceLostException(
                $"A distributed transaction that was prepared before reading began is committed at {_file}:{_offset} ({sql}); its rows are not known.");
        }

        return Complete(header);
    }

    private ChangeTransaction Complete(EventHeader header)
    {
        switch (_gtid)
        {
            case GtidEvent gtid:
                _mySqlGtids?.Add(gtid.Source, gtid.Tag, gtid.Number);
                _gtidText = _mySqlGtids?.ToString();
                break;
            case MariaDbGtidEvent gtid:
                _mariaDbGtids?.Set(gtid.Domain, gtid.Server, gtid.Sequence);
                _gtidText = _mariaDbGtids?.ToString();
                break;
        }

        _reached = Position;
        var transaction = new ChangeTransaction(_reached, DateTimeOffset.FromUnixTimeSeconds(header.Timestamp), _changes, _bytes);
        _changes = [];
        _savepoints.Clear();
        (_gtid, _isOpen, _bytes) = (null, false, 0);
        return transaction;
    }

    private SourcePosition Position => new(_server, _file, _offset, _gtidText);

    // A stream asked for by GTID begins with files that were read before: the position does not go back for them.
    private ChangeTransaction? Moved(EventHeader header)
    {
        var position = Position;
        if (_isOpen || _gtid is not null || _file.Length == 0 || !position.HasReached(_reached))
        {
            return null;
        }

        _reached = position;
        return new ChangeTransaction(position, DateTimeOffset.FromUnixTimeSeconds(header.Timestamp), [], 0);
    }

    // The header has 32 bits; a log that outgrew them goes on, and the high bits are counted here.
    private void Advance(EventHeader header)
    {
        if (header.IsArtificial)
        {
            return;
        }

        var next = (_offset & ~0xFFFFFFFFL) | header.NextPosition;
        _offset = next + (next < _offset && _offset - next > int.MaxValue ? 1L << 32 : 0);
    }

    private static bool Is(ReadOnlySpan<char> sql, string word) => sql.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static bool Starts(ReadOnlySpan<char> sql, string words) => sql.StartsWith(words, StringComparison.OrdinalIgnoreCase);

    private static string NameAfter(ReadOnlySpan<char> sql, string words) => sql[words.Length..].Trim().Trim('`').ToString();
}
