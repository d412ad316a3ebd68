using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Gtid;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog;

/// <summary>
/// Puts events together to transactions and keeps the position. Rows of tables that nobody wants are not decoded. After a reconnect a
/// new one begins at the last transaction's end. Not safe for several threads.
/// </summary>
internal sealed class TransactionAssembler : IDisposable
{
    private const string UnknownRows = "rows of a distributed transaction that was prepared where the log cannot be read: ";

    private readonly Func<TableName, bool> _isWanted;
    private readonly EventDecoder _decoder;
    private readonly ITableCatalog _catalog;
    private readonly TableShapes _shapes;
    private readonly SpoolFolder _spool;
    private readonly PreparedTransactions _prepared;
    private readonly string _server;
    private readonly string? _origin;
    private readonly MySqlGtidSet? _mySqlGtids;
    private readonly MariaDbGtidPosition? _mariaDbGtids;
    private readonly Dictionary<ulong, TableMapEvent> _maps = [];
    private readonly List<(string Name, ChangesMark Mark)> _savepoints = [];
    private TransactionChanges _changes;
    private BinlogEvent? _gtid;
    private string _file;
    private long _offset;
    private (string File, long Offset) _group;
    private long _bytes;
    private bool _isOpen;
    private string? _gtidText;
    private SourcePosition? _reached;

    /// <param name="from">Where reading begins.</param>
    /// <param name="isWanted">Whose rows matter.</param>
    /// <param name="catalog">Completes what the log does not say.</param>
    /// <param name="decoder">Decodes the events.</param>
    /// <param name="isMariaDb">Whose dialect of GTIDs it is.</param>
    /// <param name="spool">Where large transactions lie.</param>
    /// <param name="prepared">The distributed transactions that are open at the beginning.</param>
    /// <param name="origin">The server that is read; another one than that of <paramref name="from"/> has another log.</param>
    public TransactionAssembler(
        SourcePosition from, Func<TableName, bool> isWanted, ITableCatalog catalog, EventDecoder decoder, bool isMariaDb,
        SpoolFolder spool, PreparedTransactions prepared, string? origin)
    {
        _isWanted = isWanted;
        _decoder = decoder;
        _catalog = catalog;
        _shapes = new TableShapes(catalog);
        _spool = spool;
        _prepared = prepared;
        _changes = new TransactionChanges(spool);
        (_server, _gtidText) = (from.Server, from.Gtid);
        _origin = origin ?? from.Origin;
        var isSameLog = from.Origin is null || from.Origin == _origin;
        (_file, _offset) = isSameLog ? (from.File, from.Offset) : ("", 0);
        _reached = isSameLog ? from : null;
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
        if (!_isOpen && _gtid is null)
        {
            _group = (_file, _offset - header.Length);
        }

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
            _bytes += inner.Length;
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
            _changes.AddRows(rows, known);
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
            Clear();
            return Complete(header);
        }

        if (Starts(sql, "SAVEPOINT"))
        {
            _savepoints.Add((NameAfter(sql, "SAVEPOINT"), _changes.Mark()));
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

        foreach (var change in DdlStatement.Read(query.Database, query.Sql, _isWanted, _catalog.Tables))
        {
            _changes.Add(change);
            if (change is TableChange { What: TableEvent.ChangedByStatement } changed)
            {
                foreach (var child in _catalog.ChangedWith(changed.Table))
                {
                    _changes.Add(new TableChange(child, TableEvent.ChangedByStatement, changed.Statement));
                }
            }

            if (change is TableChange { What: TableEvent.DefinitionChanged } altered && _shapes.MayHaveMisread(altered.Table, Position))
            {
                _changes.Add(new TableChange(altered.Table, TableEvent.Replaced, altered.Statement));
            }
        }

        return _isOpen ? null : Complete(header);
    }

    private void RollBackTo(string name)
    {
        var at = _savepoints.FindLastIndex(savepoint => savepoint.Name == name);
        if (at >= 0)
        {
            _changes.RollBackTo(_savepoints[at].Mark);
            _savepoints.RemoveRange(at + 1, _savepoints.Count - at - 1);
        }
    }

    private ChangeTransaction? Prepare(EventHeader header, XaPrepareEvent prepare)
    {
        if (!prepare.OnePhase)
        {
            // Named by its own GTID, or by those before it: each dialect asks for it in its own way.
            var gtid = _gtid is GtidEvent own ? own.ToString() : _gtidText;
            _prepared.Add(new PreparedTransaction(prepare.Xid, _group.File, _group.Offset, gtid) { Origin = _origin }, _changes);
            _changes = new TransactionChanges(_spool);
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
        var isCommit = Starts(sql, "XA COMMIT");
        if (_prepared.Remove(xid) is { } changes)
        {
            Clear();
            if (isCommit)
            {
                _changes = changes;
            }
            else
            {
                changes.Dispose();
            }
        }
        else if (isCommit)
        {
            foreach (var table in _catalog.Tables)
            {
                _changes.Add(new TableChange(table, TableEvent.ChangedByStatement, UnknownRows + sql));
            }
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
        var transaction = new ChangeTransaction(_reached, CommittedAt(header), _changes.Ready, _bytes, _changes.TableChanges);
        _changes = new TransactionChanges(_spool);
        _savepoints.Clear();
        // The server sends a statement's maps anew, so those of the past are of no use.
        _maps.Clear();
        (_gtid, _isOpen, _bytes) = (null, false, 0);
        return transaction;
    }

    private SourcePosition Position => new(_server, _file, _offset, _gtidText) { Origin = _origin, Prepared = _prepared.Places };

    // A stream asked for by GTID begins with what was read before: the position does not go back for it, though its GTIDs are the same.
    private ChangeTransaction? Moved(EventHeader header)
    {
        var position = Position;
        if (_isOpen || _gtid is not null || _file.Length == 0 || (_reached is not null && IsBefore(position, _reached)))
        {
            return null;
        }

        _reached = position;
        return new ChangeTransaction(position, DateTimeOffset.FromUnixTimeSeconds(header.Timestamp), null, 0);
    }

    private static bool IsBefore(SourcePosition position, SourcePosition reached) =>
        position.FileNumber < reached.FileNumber || (position.FileNumber == reached.FileNumber && position.Offset < reached.Offset);

    public void Dispose() => _changes.Dispose();

    private void Clear()
    {
        _changes.Dispose();
        _changes = new TransactionChanges(_spool);
    }

    // To the microsecond where the log has it.
    private DateTimeOffset CommittedAt(EventHeader header) => _gtid is GtidEvent { CommittedAt: { } microseconds }
        ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
        : DateTimeOffset.FromUnixTimeSeconds(header.Timestamp);

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
