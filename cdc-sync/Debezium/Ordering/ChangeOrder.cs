using System.IO.Hashing;
using System.Text.Json;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Debezium.Topics;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>What became of a message that was put in order.</summary>
internal enum Accepted
{
    Waits,

    /// <summary>It was there before: a connector that was killed says its last words again.</summary>
    Redelivered,
}

/// <summary>
/// Brings the messages of all partitions into the order of the source's log. Each partition is in that order by itself; how far all of
/// them together are known follows from where they ended when that was last asked. Not safe for several threads.
/// </summary>
internal sealed class ChangeOrder(SourceGtids gtids, TimeSpan settle, TimeProvider time)
{
    private readonly List<PartitionFeed> _feeds = [];
    private readonly PriorityQueue<PartitionFeed, (OrderKey Key, int Rank, long Sequence)> _heads = new();
    private readonly Dictionary<string, Dictionary<TableName, long>> _arrived = [];
    private Horizon? _horizon;
    private bool _isUntold;

    public IReadOnlyList<PartitionFeed> Feeds => _feeds;

    /// <summary>How far all partitions together are known.</summary>
    public Horizon Horizon => _horizon ??= new Horizon(_feeds, settle, time);

    public TransactionLog Transactions { get; } = new();

    /// <summary>Whether the connector tells of transactions, and rows say to which they belong: without their envelope they may not.</summary>
    public bool HasTransactions
    {
        get => field && !_isUntold;
        set;
    }

    /// <summary>Whether anything waits for its turn.</summary>
    public bool HasWaiting => _heads.Count > 0;

    public PartitionFeed Add(string topic, int partition, TopicRole role, TableName? table, PartitionCursor from, bool isKnown)
    {
        var feed = new PartitionFeed(_feeds.Count, topic, partition, role, table) { Next = from.Offset, Done = from, Open = from, Last = from.Place, HasLast = isKnown };
        _feeds.Add(feed);
        return feed;
    }

    /// <summary>Takes the next message of a partition.</summary>
    public Accepted Accept(ChangeRecord record, PartitionFeed feed)
    {
        feed.Next = record.MessageOffset + 1;
        record.KnownSince = Horizon.Arrived(record, feed);
        _isUntold |= record is { IsUnwrapped: true, Transaction: null };
        feed.IsStreaming = record.Kind is RecordKind.Row or RecordKind.Truncate ? !record.IsSnapshot : feed.IsStreaming;
        if (feed.Role == TopicRole.Transactions)
        {
            AcceptTransaction(record, feed);
            return Accepted.Waits;
        }

        if (!Stamp(record, feed))
        {
            // Between others its offset is passed with theirs.
            if (feed.Waiting.Count == 0 && feed.Open == feed.Done)
            {
                feed.Done = feed.Open = new PartitionCursor(feed.Next, feed.Last);
            }

            return Accepted.Redelivered;
        }

        if (HasTransactions && record is { Transaction: { } transaction, Kind: RecordKind.Row or RecordKind.Truncate or RecordKind.Poison })
        {
            Count(transaction, record.Table);
        }

        (feed.Last, feed.HasLast) = (record.Order, true);
        Horizon.Placed(record.Order);
        feed.Waiting.Enqueue(record);
        feed.Bytes += record.Bytes;
        if (feed.Waiting.Count == 1)
        {
            Enqueue(feed);
        }

        return Accepted.Waits;
    }

    /// <summary>The next message in order of those read, without taking it.</summary>
    public ChangeRecord? Peek() => _heads.TryPeek(out var feed, out _) ? feed.Waiting.Peek() : null;

    /// <summary>
    /// Whether nothing that stands before a message can come any more, as far as order alone tells. Of transactions that are told their own counts say
    /// what is still to come, and copied rows are in no order with others.
    /// </summary>
    public bool IsInOrder(ChangeRecord record) => record.Order <= Horizon.Bound
        || (HasTransactions && (record.Transaction is not null || record.IsSnapshot || record.Kind is RecordKind.Nothing or RecordKind.Poison));

    /// <summary>How many changes of a table, in a transaction that is not handed on, have been read.</summary>
    public long Arrived(string transaction, TableName table) => _arrived.GetValueOrDefault(transaction)?.GetValueOrDefault(table) ?? 0;

    /// <summary>A transaction was handed on.</summary>
    public void Forget(string transaction) => _arrived.Remove(transaction);

    public ChangeRecord Take()
    {
        var feed = _heads.Dequeue();
        var record = feed.Waiting.Dequeue();
        feed.Bytes -= record.Bytes;
        feed.Open = new PartitionCursor(record.MessageOffset + 1, record.Order);
        if (feed.Waiting.Count > 0)
        {
            Enqueue(feed);
        }
        else
        {
            // What followed it and was of no interest is passed with it.
            feed.Open = new PartitionCursor(feed.Next, feed.Last);
        }

        return record;
    }

    /// <summary>Everything taken so far is complete: reading may go on behind it.</summary>
    public void Close()
    {
        foreach (var feed in _feeds)
        {
            feed.Done = feed.Role == TopicRole.Transactions
                ? new PartitionCursor(Transactions.FirstOf(feed.Index) ?? feed.Next, default)
                : feed.Waiting.Count == 0 ? feed.Open with { Offset = Math.Max(feed.Open.Offset, feed.Next) } : feed.Open;
        }
    }

    private void Enqueue(PartitionFeed feed)
    {
        var record = feed.Waiting.Peek();
        _heads.Enqueue(feed, (record.Order, Rank(record), record.CommittedAtMilliseconds));
    }

    /// <summary>
    /// What comes first at one place: a change of a definition before rows, of a row whose key changed the half that takes the old key away,
    /// which may lie in another partition than the new key's, and copies of rows last.
    /// </summary>
    private static int Rank(ChangeRecord record) => record switch
    {
        { Kind: RecordKind.SchemaChange } => 0,
        { IsHalfOfKeyChange: true } => 1,
        { IsSnapshot: false } => 2,
        _ => 3,
    };

    private void Count(string transaction, TableName table)
    {
        if (!_arrived.TryGetValue(transaction, out var tables))
        {
            _arrived[transaction] = tables = [];
        }

        tables[table] = tables.GetValueOrDefault(table) + 1;
    }

    private void AcceptTransaction(ChangeRecord record, PartitionFeed feed)
    {
        try
        {
            if (record.Kind == RecordKind.Nothing && !_isUntold)
            {
                feed.LastGtid = Transactions.Accept(record, feed.Index, gtids.Contains) ?? feed.LastGtid;
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{feed.Topic}[{feed.Partition}]@{record.MessageOffset} is neither BEGIN nor END of a transaction: {fault.Message}", fault);
        }
    }

    /// <summary>Gives a record its place; false when it was read before.</summary>
    private bool Stamp(ChangeRecord record, PartitionFeed feed)
    {
        if (!record.HasPosition)
        {
            // A tombstone stands where the delete before it does; rows without a position have no other order than their topic's.
            record.Order = record.Kind is RecordKind.Row or RecordKind.Truncate ? After(feed, new OrderKey(0, 0, record.CommittedAtMilliseconds, 0)) : feed.Last;
            return true;
        }

        var key = new OrderKey(feed.Last.Epoch, FileNumber(record.File), record.Offset, record.IsSnapshot ? int.MaxValue : record.TotalOrder > 0 ? record.TotalOrder : record.Row);
        if (record.IsSnapshot)
        {
            record.Order = After(feed, key);
            return true;
        }

        if (IsRepeatable(record) && feed.HasLast && key <= feed.Last && key with { Row = feed.Last.Row } == feed.Last)
        {
            key = key with { Row = Math.Min(feed.Last.Row, int.MaxValue - 2) + 1 };
        }

        if (key < feed.Last && feed.HasLast)
        {
            if (IsRedelivered(record, feed))
            {
                return false;
            }

            // Another server took over, and its log counts anew.
            key = key with { Epoch = feed.Last.Epoch + 1 };
        }

        if (key == feed.Last && feed.HasLast && (record.Key.Length > 0 || record.TotalOrder > 0 || record.Kind == RecordKind.Truncate) && !feed.AtLast.Add(Identity(record)))
        {
            return false;
        }

        if (key != feed.Last)
        {
            feed.AtLast.Clear();
            feed.AtLast.Add(Identity(record));
        }

        record.Order = key;
        feed.LastGtid = record.Gtid ?? feed.LastGtid;
        return true;
    }

    // MySQL packs a compressed transaction into one event, whose rows all stand at one place and count anew for each event inside. Coming twice
    // they do no harm, and dropped they would be lost.
    private static bool IsRepeatable(ChangeRecord record) => record is { Kind: RecordKind.Row, TotalOrder: 0 } && record.Connector != SourcePosition.MariaDb;

    private static OrderKey After(PartitionFeed feed, OrderKey key) => feed.HasLast && key < feed.Last ? feed.Last : key;

    private bool IsRedelivered(ChangeRecord record, PartitionFeed feed) =>
        record.Gtid is not { Length: > 0 } gtid || gtids.Contains(gtid) || (feed.LastGtid is { } last && SourceGtids.IsNotAfter(gtid, last));

    // One place of the log changes a row once: the same key with the same operation there is the same change. A statement may be told in several steps.
    private static ulong Identity(ChangeRecord record) => record.Kind == RecordKind.SchemaChange
        ? XxHash3.HashToUInt64(SchemaChange.Essence(record.Payload))
        : XxHash3.HashToUInt64(record.Key.Span, record.Operation);

    private static long FileNumber(string file) => new SourcePosition("", file, 0, null).FileNumber;
}
