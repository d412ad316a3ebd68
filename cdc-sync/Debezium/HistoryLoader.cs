using Confluent.Kafka;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Debezium.Ordering;
using Strangler.CdcSync.Debezium.Topics;

namespace Strangler.CdcSync.Debezium;

/// <summary>Reads the schema-change topic from its beginning to its present end, so that every row finds the definition of its time.</summary>
internal sealed class HistoryLoader(KafkaServices services, RecordReader records)
{
    /// <summary>The kind of server that the topic speaks of; null when there is no such topic, or nothing in it.</summary>
    public async Task<string?> LoadAsync(CancellationToken cancellationToken)
    {
        await using var reader = new KafkaReader(services.Options, "strangler-cdc-schema", services.Loggers.CreateLogger<HistoryLoader>());
        var topics = await reader.TopicsAsync(cancellationToken);
        if (!topics.TryGetValue(services.Names.SchemaChanges, out var count))
        {
            return null;
        }

        var partitions = Enumerable.Range(0, count).Select(partition => new TopicPartition(services.Names.SchemaChanges, partition)).ToList();
        var (begins, ends) = (await reader.OffsetsAsync(partitions, ends: false), await reader.OffsetsAsync(partitions, ends: true));
        var order = new ChangeOrder(new SourceGtids(SourcePosition.MySql, null), TimeSpan.Zero, services.Time);
        foreach (var partition in partitions)
        {
            order.Add(partition.Topic, partition.Partition.Value, TopicRole.SchemaChanges, null, new PartitionCursor(begins[partition], default), false).End = ends[partition];
        }

        reader.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, begins[partition])));
        string? server = null;
        while (order.Feeds.Any(feed => !feed.HasReachedEnd))
        {
            foreach (var (message, isEnd) in await reader.Batches.ReadAsync(cancellationToken))
            {
                var feed = order.Feeds[message.Partition];
                if (isEnd)
                {
                    feed.Next = Math.Max(feed.Next, message.Offset);
                    continue;
                }

                var record = await records.ReadAsync(message, feed, cancellationToken);
                if (record.Kind == RecordKind.SchemaChange && order.Accept(record, feed) == Accepted.Waits)
                {
                    feed.Waiting.Clear();
                    server = record.Connector ?? server;
                    services.History.Apply(SchemaChange.Read(record.Payload, server == SourcePosition.MariaDb), record.Order);
                }

                feed.Next = message.Offset + 1;
            }
        }

        return server;
    }
}
