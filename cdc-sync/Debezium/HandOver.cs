using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Debezium.Ordering;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium;

/// <summary>
/// Makes transactions of what stands in order. With BEGIN and END of the transaction topic they are the source's own, whole and in its order;
/// without, changes of one GTID go together as far as they are there. Small ones that are complete at the same time travel together. Not safe
/// for several threads.
/// </summary>
internal sealed class HandOver : IDisposable
{
    private const int MaximumTogether = 2000;

    private readonly KafkaServices _services;
    private readonly ChangeOrder _order;
    private readonly SourceGtids _gtids;
    private readonly Func<ChangeTransaction, CancellationToken, ValueTask> _take;
    private readonly Completeness _completeness;
    private readonly TransactionBuilder _open;
    private SourcePosition? _baseline;
    private OrderedChanges? _ready;
    private string? _group;
    private ChangeRecord? _last;
    private SourcePosition _position;
    private DateTimeOffset _committedAt;
    private long _bytes;
    private string? _snapshot;
    private bool _hasMoved;

    public HandOver(
        KafkaServices services, ChangeOrder order, SourceGtids gtids, SourcePosition from, KafkaCursor? cursor, Func<ChangeTransaction, CancellationToken, ValueTask> take)
    {
        (_services, _order, _gtids, _take, _position) = (services, order, gtids, take, from);
        _completeness = new Completeness(
            order, gtids, services.Catalog.IsWanted, TimeSpan.FromMilliseconds(services.Options.SettleMilliseconds), services.Loggers.CreateLogger<Completeness>());
        _open = new TransactionBuilder(
            services.Spool, services.History, services.Catalog, services.Catalog.IsWanted, ValueModes.Of(services.Options), services.HasDatabase ? null : services.State.Unknown);
        _baseline = cursor?.Baseline;
        TopicIds = cursor?.TopicIds ?? new Dictionary<string, string>();
    }

    public IReadOnlyDictionary<string, string> TopicIds { get; set; }

    /// <summary>A transaction lacks changes that may be in topics nobody knows of yet.</summary>
    public bool NeedsPartitions => _completeness.NeedsPartitions;

    /// <summary>Whether time alone, or asking again where the partitions end, may help on.</summary>
    public bool IsUnsure => _order.HasWaiting || _group is not null;

    public void PartitionsFound() => _completeness.PartitionsFound();

    public void Dispose()
    {
        _open.Dispose();
        _ready?.Dispose();
    }

    /// <summary>Hands on what is complete; <paramref name="allRead"/> says that everything written before the last question is here.</summary>
    public async Task RunAsync(bool allRead, CancellationToken cancellationToken)
    {
        while (_order.Peek() is { } record)
        {
            var group = GroupOf(record);
            if (_group is not null && group != _group && !_completeness.Belongs(record, group, _group, _open.Records))
            {
                if (!IsComplete(isPassed: _order.IsInOrder(record), allRead))
                {
                    break;
                }

                await CloseAsync(cancellationToken);
            }

            if (!_order.IsInOrder(record) || (_group is null && !_completeness.MayOpen(record, group, _snapshot)) || !_completeness.MayTake(record, group))
            {
                break;
            }

            if (_group is null && (record.Kind == RecordKind.SchemaChange || _ready is { Count: >= MaximumTogether } || _ready is { TableChanges.Count: > 0 }))
            {
                await FlushAsync(cancellationToken);
            }

            Add(_order.Take(), group is null ? record.Kind == RecordKind.Poison : _group is null || group == _group);
            _group ??= group;
            if (_group is null)
            {
                await CloseAsync(cancellationToken);
            }
        }

        if (_group is not null && _order.Peek() is null && IsComplete(isPassed: false, allRead))
        {
            await CloseAsync(cancellationToken);
        }

        PassEmptyTransactions();
        await FlushAsync(cancellationToken);
        if (_last is not null && _snapshot is (null or "last" or "incremental") && !_services.State.CaughtUp.Task.IsCompleted && _order.Feeds.All(IsPastStart))
        {
            _services.State.CaughtUp.TrySetResult();
        }
    }

    /// <summary>Where reading goes on after what was handed on.</summary>
    public KafkaCursor Cursor() => new(_order.Feeds.ToDictionary(feed => (feed.Topic, feed.Partition), feed => feed.Done))
    {
        Baseline = _baseline,
        TopicIds = TopicIds,
        Topics = Expected(_services),
    };

    /// <summary>The topics that the wanted tables will have, where that can be told.</summary>
    public static HashSet<string> Expected(KafkaServices services) => services.Options.TopicPattern.Length > 0
        ? []
        : services.Catalog.Tables.Select(table => $"{services.Options.TopicPrefix}.{table.Database}.{table.Name}").ToHashSet();

    // A transaction that is open for ever, as a connector's last word may leave one, keeps nobody waiting.
    private static bool IsPastStart(PartitionFeed feed) => feed.Done.Offset >= feed.FirstEnd || (feed.Role == TopicRole.Transactions && feed.Next >= feed.FirstEnd);

    private string? GroupOf(ChangeRecord record) => !_order.HasTransactions
        ? record.Transaction ?? record.Gtid
        : record.Transaction ?? (record is { Kind: RecordKind.SchemaChange, Gtid: { } gtid } && _order.Transactions.Find(gtid) is not null ? gtid : null);

    private void Add(ChangeRecord record, bool isCounted)
    {
        _last = record;
        _bytes += record.Bytes;
        if (record.Kind == RecordKind.Row)
        {
            _snapshot = record.IsSnapshot ? record.Snapshot : null;
        }

        var feed = _order.Feeds[record.Partition];
        try
        {
            _open.Add(record, isCounted);
        }
        catch (ModeMismatchException fault)
        {
            throw new InvalidDataException($"{feed.Topic}: {fault.Message}", fault);
        }
        catch (Exception fault) when (RecordReader.IsMalformed(fault))
        {
            var reason = $"{feed.Topic}[{feed.Partition}]@{record.MessageOffset} cannot be understood: {fault.Message}.";
            if (!_open.TryHold(record, reason))
            {
                throw new InvalidDataException($"{reason} Not even its key tells whose row it is.", fault);
            }
        }
    }

    private bool IsComplete(bool isPassed, bool allRead) => _order.HasTransactions ? _completeness.IsComplete(_group!, _last!, _open.Records) : isPassed || allRead;

    private async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        var transaction = _group is null ? null : _order.Transactions.Find(_group);
        // MariaDB's has a BEGIN and no END, MySQL's rows belong to none.
        if (_open.Tables.Count > 0 && (transaction is { HasEnd: false } || (_group is null && _order.HasTransactions && _last is { IsSnapshot: false, IsUnwrapped: false })))
        {
            Undecided();
        }

        if (transaction is not null)
        {
            foreach (var passed in _order.Transactions.TakeThrough(transaction).ToList())
            {
                _gtids.Reach(passed.Id);
                _order.Forget(passed.Id);
            }
        }

        if (_group is not null)
        {
            _order.Forget(_group);
        }

        _gtids.Reach(_group);
        _gtids.Reach(_last!.Gtid);
        _order.Close();
        (_group, _hasMoved) = (null, true);
        _completeness.Closed();
        MoveTo(_last);
        var closed = _open.Take();
        if (_ready is null)
        {
            _ready = closed;
        }
        else if (closed.Count == 0)
        {
            closed.Dispose();
        }
        else
        {
            _ready.Append(closed);
        }

        if (_ready.IsSpooled)
        {
            await FlushAsync(cancellationToken);
        }
    }

    // A distributed transaction was prepared, and nothing here says how it ended.
    private void Undecided()
    {
        foreach (var table in _open.Tables.ToList())
        {
            if (_services.HasDatabase)
            {
                _open.Add(new TableChange(table, TableEvent.ChangedByStatement, "XA: the topics do not tell whether a prepared transaction was committed"));
            }
            else
            {
                _services.Warnings.Add(table.Name, "rows of a distributed (XA) transaction were taken for committed: the topics do not tell, and there is no source database to ask");
            }
        }
    }

    private void MoveTo(ChangeRecord record)
    {
        _committedAt = DateTimeOffset.FromUnixTimeMilliseconds(record.CommittedAtMilliseconds);
        if (record.HasPosition && record.Kind != RecordKind.Tombstone)
        {
            _position = _position with { File = record.File, Offset = record.Offset };
        }

        // What the source had executed when the first copy began is passed when its newest transaction is.
        if (_baseline is not null && (_position.FileNumber > _baseline.FileNumber || (_position.FileNumber == _baseline.FileNumber && _position.Offset >= _baseline.Offset) || HasPassedBaseline()))
        {
            _gtids.Merge(_baseline.Gtid);
            _baseline = null;
        }
    }

    private bool HasPassedBaseline() => _baseline!.Gtid is { Length: > 0 } gtid && _last?.Gtid is { } last
        && gtid.Split(',', StringSplitOptions.TrimEntries).Any(part => SourceGtids.IsNotAfter(part, last));

    private void PassEmptyTransactions()
    {
        // Though rows of later ones wait: their transactions may stand behind more empty ones than are read ahead.
        var next = _order.Peek();
        if (_group is not null || (next is not null && next.Transaction is null))
        {
            return;
        }

        while (_order.Transactions.First is { } first && first.Id != next?.Transaction && _completeness.IsEmpty(first, next))
        {
            _ = _order.Transactions.TakeThrough(first).ToList();
            _order.Forget(first.Id);
            _gtids.Reach(first.Id);
            _hasMoved = true;
            if (first.EndedAtMilliseconds > 0)
            {
                _committedAt = DateTimeOffset.FromUnixTimeMilliseconds(first.EndedAtMilliseconds);
            }
        }

        if (_hasMoved)
        {
            _order.Close();
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (!_hasMoved)
        {
            return;
        }

        var changes = _ready;
        var transaction = new ChangeTransaction(
            _position with { Gtid = _gtids.Text }, _committedAt, changes, _bytes, changes?.TableChanges ?? [], Cursor().ToJson());
        (_ready, _bytes, _hasMoved) = (null, 0, false);
        if (transaction.TableChanges.Count > 0)
        {
            await _services.Catalog.LoadAsync(cancellationToken);
        }

        await _take(transaction, cancellationToken);
    }
}
