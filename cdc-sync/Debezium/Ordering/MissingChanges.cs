using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>
/// The changes of a transaction that END counts and that have not been read, with the partitions that may hold them: in what order several
/// partitions come is chance, and one change too early or too late does something else to the rows that refer to it. One thread.
/// </summary>
internal sealed class MissingChanges
{
    private readonly LoggedTransaction _transaction;
    private readonly ChangeOrder _order;
    private readonly TimeSpan _settle;
    private readonly List<(TableName Table, long Count, List<PartitionFeed> Feeds)> _tables;

    public MissingChanges(LoggedTransaction transaction, ChangeOrder order, Func<TableName, bool> isWanted, TimeSpan settle)
    {
        (_transaction, _order, _settle) = (transaction, order, settle);
        _tables = [.. transaction.Counts.Where(table => isWanted(table.Table)).Select(table => (table.Table, table.Count, FeedsOf(table.Table)))];
    }

    public string Transaction => _transaction.Id;

    /// <summary>Whether one of them may stand before a place.</summary>
    public bool MayPrecede(OrderKey place)
    {
        _tables.RemoveAll(table => _order.Arrived(Transaction, table.Table) >= table.Count);
        foreach (var (_, _, feeds) in _tables)
        {
            // Of a transaction larger than what is read ahead the rest is known to lie behind.
            var isLarge = feeds.Any(feed => feed.IsPaused);
            if (feeds.Count == 0 || feeds.Any(feed => feed.Waiting.Count == 0 && !(feed.HasLast && feed.Last >= place) && !(isLarge && _order.Horizon.IsSilent(feed, _settle, _transaction.KnownSince))))
            {
                return true;
            }
        }

        return false;
    }

    private List<PartitionFeed> FeedsOf(TableName table) => [.. _order.Feeds.Where(feed => feed.Role == TopicRole.Rows && (feed.Table is null || feed.Table == table))];
}
