using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;

namespace Strangler.CdcSync.Debezium;

/// <summary>Where reading a partition goes on, and the place in the source's log that it had come to.</summary>
internal readonly record struct PartitionCursor(long Offset, OrderKey Place);

/// <summary>
/// Where reading goes on in every partition: kept in the target's database, in the same transaction as the rows. The cluster and the topics'
/// own ids tell a topic that was made anew from the one that was read.
/// </summary>
internal sealed record KafkaCursor(IReadOnlyDictionary<(string Topic, int Partition), PartitionCursor> Partitions)
{
    /// <summary>What the source had executed when a first copy from it began, until the topics have come past it.</summary>
    public SourcePosition? Baseline { get; init; }

    /// <summary>The ids of the topics, where the brokers tell them.</summary>
    public IReadOnlyDictionary<string, string> TopicIds { get; init; } = new Dictionary<string, string>();

    /// <summary>Topics that are waited for, with those that are read: one of these that comes into being is read from its first message.</summary>
    public IReadOnlySet<string> Topics { get; init; } = new HashSet<string>();

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(64 + (Partitions.Count * 64));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (Baseline is not null)
            {
                writer.WritePropertyName("baseline");
                JsonSerializer.Serialize(writer, Baseline, PositionJson.Default.SourcePosition);
            }

            writer.WriteStartObject("topics");
            foreach (var waited in Topics.Where(topic => Partitions.All(partition => partition.Key.Topic != topic)))
            {
                writer.WriteStartObject(waited);
                writer.WriteEndObject();
            }

            foreach (var topic in Partitions.GroupBy(partition => partition.Key.Topic))
            {
                writer.WriteStartObject(topic.Key);
                if (TopicIds.TryGetValue(topic.Key, out var id))
                {
                    writer.WriteString("id", id);
                }

                writer.WriteStartObject("partitions");
                foreach (var ((_, partition), cursor) in topic)
                {
                    var place = cursor.Place;
                    writer.WriteString(
                        partition.ToString(CultureInfo.InvariantCulture),
                        string.Create(CultureInfo.InvariantCulture, $"{cursor.Offset}@{place.Epoch}:{place.File}:{place.Offset}:{place.Row}"));
                }

                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static KafkaCursor Parse(string json)
    {
        var partitions = new Dictionary<(string, int), PartitionCursor>();
        var ids = new Dictionary<string, string>();
        var topics = new HashSet<string>();
        using var document = JsonDocument.Parse(json);
        foreach (var topic in document.RootElement.GetProperty("topics").EnumerateObject())
        {
            topics.Add(topic.Name);
            if (!topic.Value.TryGetProperty("partitions", out var all))
            {
                continue;
            }

            if (topic.Value.TryGetProperty("id", out var id))
            {
                ids[topic.Name] = id.GetString()!;
            }

            foreach (var partition in all.EnumerateObject())
            {
                var parts = partition.Value.GetString()!.Split('@', ':');
                partitions[(topic.Name, int.Parse(partition.Name, CultureInfo.InvariantCulture))] = new PartitionCursor(
                    Number(parts[0]), new OrderKey((int)Number(parts[1]), Number(parts[2]), Number(parts[3]), (int)Number(parts[4])));
            }
        }

        return new KafkaCursor(partitions)
        {
            Baseline = document.RootElement.TryGetProperty("baseline", out var baseline) ? baseline.Deserialize(PositionJson.Default.SourcePosition) : null,
            TopicIds = ids,
            Topics = topics,
        };

        static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
