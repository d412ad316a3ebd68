using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>
/// Judges whether what stands next may be taken: whether everything before it, of its own transaction and of others, is there, or is not to be awaited any more.
/// One thread.
/// </summary>
internal sealed partial class Completeness(ChangeOrder order, SourceGtids gtids, Func<TableName, bool> isWanted, TimeSpan settle, ILogger logger)
{
    /// <summary>After so much silence changes that END counts are taken for lost.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A snapshot's rows come in bursts: this much silence of a partition ends them, where no row of the stream has.</summary>
    private static readonly TimeSpan SnapshotSilence = TimeSpan.FromSeconds(1);

    private MissingChanges? _missing;
    private bool _isLookedFor;

    /// <summary>A transaction lacks changes that may be in topics nobody knows of yet.</summary>
    public bool NeedsPartitions { get; private set; }

    public void PartitionsFound()
    {
        _isLookedFor |= NeedsPartitions;
        NeedsPartitions = false;
        _missing = null;
    }

    /// <summary>The open group was handed on.</summary>
    public void Closed() => _missing = null;

    /// <summary>
    /// Whether a record goes with the open group though it is not of it: tombstones and copied rows between the changes of a transaction, and what comes too late of
    /// an earlier one, would tear it by themselves.
    /// </summary>
    public bool Belongs(ChangeRecord record, string? group, string open, long records) => group is not null
        ? order.HasTransactions && gtids.Contains(group) && order.Transactions.Find(group) is null
        : (record.Kind is RecordKind.Tombstone or RecordKind.Nothing || (order.HasTransactions && (record.IsSnapshot || record.Kind == RecordKind.Poison)))
        && !(order.Transactions.Find(open) is { HasEnd: true } transaction && records >= transaction.Expected(isWanted));

    /// <summary>Whether everything before a record is handed on, so that its transaction may begin.</summary>
    public bool MayOpen(ChangeRecord record, string? group, string? snapshot)
    {
        if (snapshot is not (null or "incremental") && !record.IsSnapshot && record.Kind is (RecordKind.Row or RecordKind.Truncate)
            && !order.Feeds.All(feed => feed.Role != TopicRole.Rows || feed.IsStreaming || order.Horizon.IsSilent(feed, SnapshotSilence, 0)))
        {
            return false;
        }

        if (!order.HasTransactions || (group is not null && gtids.Contains(group)))
        {
            return true;
        }

        if (group is null)
        {
            // A statement, or rows of a distributed transaction: what is told of earlier ones may lie in topics nobody knows of yet.
            return record.IsSnapshot || record.Kind is RecordKind.Nothing or RecordKind.Poison || !order.Transactions.Before(record).Any(LacksChanges) || !IsAwaited(record);
        }

        if (order.Transactions.Find(group) is not { } transaction)
        {
            return order.Horizon.IsPast(record.Order, Patience, record.KnownSince) && order.Horizon.IsTold(group, own: null, Patience, record.KnownSince);
        }

        if (!order.Horizon.IsTold(group, transaction.Feed, settle, record.KnownSince)
            || (gtids.MayMiss(group) && !order.Horizon.IsPast(record.Order with { Row = -1 }, settle, record.KnownSince)))
        {
            return false;
        }

        foreach (var earlier in order.Transactions.Before(transaction))
        {
            // What has no END changed definitions, and that is told elsewhere.
            if (earlier.HasEnd ? LacksChanges(earlier) && IsAwaited(record) : !order.Horizon.IsPast(record.Order with { Row = -1 }, settle, record.KnownSince))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether everything of its transaction that stands before a record is taken.</summary>
    public bool MayTake(ChangeRecord record, string? group)
    {
        if (!order.HasTransactions || group is null || order.Transactions.Find(group) is not { } transaction)
        {
            return true;
        }

        if (!transaction.HasEnd)
        {
            return IsOver(transaction) && order.Horizon.IsPast(record.Order with { Row = -1 }, settle, record.KnownSince);
        }

        if (_missing?.Transaction != group)
        {
            _missing = new MissingChanges(transaction, order, isWanted, settle);
        }

        return !_missing.MayPrecede(record.Order) || !IsAwaited(record);
    }

    /// <summary>Whether a group of a transaction that is told has all its changes.</summary>
    public bool IsComplete(string group, ChangeRecord last, int records)
    {
        if (order.Transactions.Find(group) is not { } transaction)
        {
            return gtids.Contains(group)
                || (order.Horizon.IsPast(last.Order, Patience, last.KnownSince) && order.Horizon.IsTold(group, own: null, Patience, last.KnownSince));
        }

        if (!transaction.HasEnd)
        {
            return IsOver(transaction) && order.Horizon.IsPast(last.Order, settle, Math.Max(last.KnownSince, transaction.KnownSince));
        }

        var expected = transaction.Expected(isWanted);
        if (records < expected)
        {
            if (IsAwaited(last))
            {
                return false;
            }

            Log.Incomplete(logger, group, records, expected);
        }

        _isLookedFor = false;
        return true;
    }

    /// <summary>Whether a transaction has nothing for us, and nothing before it, nor a statement, is missing; <paramref name="next"/> is what stands next.</summary>
    public bool IsEmpty(LoggedTransaction transaction, ChangeRecord? next) => HasNothing(transaction, next is null) && !MayFollowStatement(transaction, next)
        && order.Horizon.IsTold(transaction.Id, transaction.Feed, settle, transaction.KnownSince);

    /// <summary>Whether changes that are missing may still come.</summary>
    private bool IsAwaited(ChangeRecord before)
    {
        // A topic may have come into being with them; after that it is what compaction, a filter or a lost message left of them.
        NeedsPartitions |= !_isLookedFor;
        return !_isLookedFor || !order.Horizon.IsPast(before.Order, Patience, before.KnownSince);
    }

    /// <summary>Whether a transaction without END gets none any more.</summary>
    private bool IsOver(LoggedTransaction transaction) =>
        transaction.IsOver || (transaction.IsFollowed && order.Horizon.IsSilent(order.Feeds[transaction.Feed], settle, transaction.KnownSince));

    private bool LacksChanges(LoggedTransaction transaction) => transaction.HasEnd && transaction.Expected(isWanted) > 0;

    // Once it is passed, the gap in the numbers before it, which tells of a statement, is not seen any more.
    private bool MayFollowStatement(LoggedTransaction transaction, ChangeRecord? next) => gtids.MayMiss(transaction.Id) && (next is null
        ? !order.Feeds.All(feed => order.Horizon.IsSilent(feed, settle, transaction.KnownSince))
        : !order.Horizon.IsPast(next.Order with { Row = -1 }, settle, transaction.KnownSince));

    private bool HasNothing(LoggedTransaction transaction, bool isLast) => transaction.HasEnd
        ? transaction.Expected(isWanted) == 0
        : isLast && IsOver(transaction) && order.Feeds.All(feed => order.Horizon.IsSilent(feed, settle, transaction.KnownSince));

    private static partial class Log
    {
        [LoggerMessage(EventIds.KafkaIncomplete, LogLevel.Warning, "Transaction {Id}: {Seen} of {Expected} changes are in the topics; it is applied as it is")]
        public static partial void Incomplete(ILogger logger, string id, int seen, long expected);
    }
}
