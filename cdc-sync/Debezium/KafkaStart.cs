using Confluent.Kafka;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Ordering;
using Strangler.CdcSync.Debezium.Topics;

namespace Strangler.CdcSync.Debezium;

/// <summary>A partition to be read, and from where.</summary>
internal sealed record PartitionStart(string Topic, int Partition, TopicRole Role, TableName? Table, PartitionCursor From, bool IsKnown, long End);

/// <summary>Finds the partitions to be read, and checks that what comes next in them is still there.</summary>
internal sealed class KafkaStart(KafkaServices services, KafkaReader reader)
{
    // The last message may be a tombstone, which tells no position; the one before it does.
    private const int LastMessages = 2;

    /// <summary>The partitions that are there and not among the known ones.</summary>
    /// <param name="known">Those that are being read.</param>
    /// <param name="cursor">Where reading goes on, null to begin.</param>
    /// <param name="fromEnd">Whether topics that were never read begin with their last messages, as everything before is copied from the source.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<List<PartitionStart>> FindAsync(IReadOnlySet<TopicPartition> known, KafkaCursor? cursor, bool fromEnd, CancellationToken cancellationToken)
    {
        var topics = await reader.TopicsAsync(cancellationToken);
        var wanted = new List<(TopicPartition Partition, TopicRole Role)>();
        foreach (var (topic, partitions) in topics)
        {
            if (RoleOf(topic) is { } role)
            {
                wanted.AddRange(Enumerable.Range(0, partitions).Select(partition => (new TopicPartition(topic, partition), role)).Where(partition => !known.Contains(partition.Item1)));
            }
        }

        if (cursor is not null && known.Count == 0)
        {
            ThrowIfGone(cursor, topics);
            await ThrowIfMadeAnewAsync(cursor, topics);
        }

        var all = wanted.ConvertAll(partition => partition.Partition);
        var (begins, ends) = (await reader.OffsetsAsync(all, ends: false), await reader.OffsetsAsync(all, ends: true));
        return wanted.ConvertAll(partition => Start(partition.Partition, partition.Role, cursor, fromEnd, begins[partition.Partition], ends[partition.Partition]));
    }

    private TopicRole? RoleOf(string topic) => topic == services.Names.SchemaChanges ? TopicRole.SchemaChanges
        : topic == services.Names.Transactions ? TopicRole.Transactions
        : services.Names.IsWanted(topic, services.Catalog.IsWanted) ? TopicRole.Rows
        : null;

    private PartitionStart Start(TopicPartition partition, TopicRole role, KafkaCursor? cursor, bool fromEnd, long begin, long end)
    {
        var table = role == TopicRole.Rows ? services.Names.TableOf(partition.Topic) : null;
        if (cursor is not null && cursor.Partitions.TryGetValue((partition.Topic, partition.Partition.Value), out var known))
        {
            if (known.Offset < begin)
            {
                throw new SourceLostException(
                    $"{partition.Topic}[{partition.Partition.Value}] begins at {begin}, but {known.Offset} comes next: the topic's retention is shorter than the time this target was away. "
                    + "Raise retention.ms and retention.bytes.");
            }

            if (known.Offset > end)
            {
                throw new SourceLostException(
                    $"{partition.Topic}[{partition.Partition.Value}] ends at {end}, but was read up to {known.Offset}: the topic was made anew, or lost messages.");
            }

            return new PartitionStart(partition.Topic, partition.Partition.Value, role, table, known, true, end);
        }

        // A table that was subscribed only now is copied as it is now; a topic that came only now has everything in it.
        var isNew = cursor is not null && cursor.Topics.Contains(partition.Topic);
        var from = fromEnd && !isNew ? Math.Max(begin, end - LastMessages) : begin;
        return new PartitionStart(partition.Topic, partition.Partition.Value, role, table, new PartitionCursor(from, default), false, end);
    }

    private void ThrowIfGone(KafkaCursor cursor, Dictionary<string, int> topics)
    {
        var gone = cursor.Partitions.Keys.Select(key => key.Topic).Distinct().Where(topic => RoleOf(topic) is not null && !topics.ContainsKey(topic)).Take(5).ToList();
        if (gone.Count > 0)
        {
            throw new SourceLostException($"Topics are gone that were being read: {string.Join(", ", gone)}.");
        }
    }

    private async Task ThrowIfMadeAnewAsync(KafkaCursor cursor, Dictionary<string, int> topics)
    {
        if (cursor.TopicIds.Count == 0)
        {
            return;
        }

        var now = await reader.TopicIdsAsync([.. cursor.TopicIds.Keys.Where(topics.ContainsKey)]);
        var other = cursor.TopicIds.Where(topic => now.TryGetValue(topic.Key, out var id) && id != topic.Value).Select(topic => topic.Key).Take(5).ToList();
        if (other.Count > 0)
        {
            throw new SourceLostException($"Topics were deleted and made anew: {string.Join(", ", other)}. Their offsets count from zero again.");
        }
    }
}
