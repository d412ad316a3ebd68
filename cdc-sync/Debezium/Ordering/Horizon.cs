using Strangler.CdcSync.Debezium.Envelope;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>A question where the partitions end: what was the newest place read, and when, as it was asked.</summary>
internal readonly record struct EndQuestion(OrderKey Newest, long AskedAt);

/// <summary>
/// How far the messages of all partitions together are known. A partition without anything new proves nothing by itself: what was written
/// first may come last, and the partition may not have been asked since. So silence counts from the moment at which something is waited for,
/// up to a question asked later. One thread.
/// </summary>
internal sealed class Horizon(IReadOnlyList<PartitionFeed> feeds, TimeSpan settle, TimeProvider time)
{
    private readonly Queue<EndQuestion> _answered = [];
    private OrderKey _newest;
    private OrderKey _confirmed;
    private long _askedAt;
    private long _arrivedAt;

    /// <summary>Up to where the messages read are in order for certain, where no transactions are told.</summary>
    public OrderKey Bound { get; private set; }

    /// <summary>A message came: says since when others that were written with it may be waited for.</summary>
    public long Arrived(ChangeRecord record, PartitionFeed feed)
    {
        feed.GrewAt = _arrivedAt = time.GetTimestamp();
        // What was there already when the partition was found was written before.
        return record.MessageOffset < feed.FirstEnd ? feed.FoundAt : _arrivedAt;
    }

    /// <summary>A message took its place.</summary>
    public void Placed(OrderKey place) => _newest = place > _newest ? place : _newest;

    /// <summary>Everything written up to now lies before the ends that are asked for now.</summary>
    public EndQuestion Ask() => new(_newest, time.GetTimestamp());

    public void Answer(EndQuestion question, IEnumerable<(PartitionFeed Feed, long End)> ends)
    {
        foreach (var (feed, end) in ends)
        {
            feed.GrewAt = end > feed.End ? time.GetTimestamp() : feed.GrewAt;
            (feed.End, feed.AskedAt) = (end, question.AskedAt);
        }

        _askedAt = question.AskedAt;
        _answered.Enqueue(question);
    }

    /// <summary>
    /// Moves the bound: up to what was the newest at a question, when another one has been answered that was asked a settling time later, as far as no
    /// partition may still hold something older. True when every partition has been read to its end, and nothing is on its way.
    /// </summary>
    public bool Move()
    {
        while (_answered.TryPeek(out var question) && time.GetElapsedTime(question.AskedAt, _askedAt) >= settle)
        {
            _confirmed = question.Newest;
            _answered.Dequeue();
        }

        var all = true;
        var bound = _confirmed;
        foreach (var feed in feeds)
        {
            if (IsSilent(feed, settle, 0))
            {
                all &= feed.AskedAt >= _arrivedAt;
                continue;
            }

            all = false;
            if (feed.Role != TopicRole.Transactions)
            {
                var last = feed.HasLast ? feed.Last : default;
                bound = last < bound ? last : bound;
            }
        }

        Bound = bound;
        return all;
    }

    /// <summary>Whether nothing came from a partition for so long, counted from when it was first waited for until it was last asked.</summary>
    public bool IsSilent(PartitionFeed feed, TimeSpan span, long since) =>
        feed.HasReachedEnd && time.GetElapsedTime(Math.Max(feed.GrewAt, since), feed.AskedAt) >= span;

    /// <summary>Whether no partition holds anything older than a place any more: each is past it, or has been silent for so long.</summary>
    public bool IsPast(OrderKey place, TimeSpan span, long since)
    {
        foreach (var feed in feeds)
        {
            if (feed.Role != TopicRole.Transactions && !(feed.HasLast && feed.Last > place) && !IsSilent(feed, span, since))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether every transaction up to one has been told, in as many partitions as that may be told in; in the one where it was told itself that is certain.</summary>
    public bool IsTold(string transaction, int? own, TimeSpan span, long since)
    {
        foreach (var feed in feeds)
        {
            if (feed.Role == TopicRole.Transactions && feed.Index != own && !(feed.LastGtid is { } last && SourceGtids.IsNotAfter(transaction, last)) && !IsSilent(feed, span, since))
            {
                return false;
            }
        }

        return true;
    }
}
