using System.Text;
using Confluent.Kafka;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>The Kafka client library's own imitation of a cluster, in this process. Its topics have four partitions and come into being when they are first written.</summary>
internal sealed class MockKafka : IDisposable
{
    public const int Partitions = 4;

    private readonly IProducer<byte[]?, byte[]?> _producer;

    public MockKafka(int brokers = 1)
    {
        _producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig(new Dictionary<string, string> { ["test.mock.num.brokers"] = $"{brokers}" })
        {
            // It is replaced by the imitation's own.
            BootstrapServers = "127.0.0.1:1",
            LingerMs = 2,
            QueueBufferingMaxMessages = 1_000_000,
            EnableIdempotence = true,
        }).SetKeySerializer(Plain.Instance!).SetValueSerializer(Plain.Instance!).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        Bootstrap = string.Join(',', admin.GetMetadata(TimeSpan.FromSeconds(10)).Brokers.Select(broker => $"{broker.Host}:{broker.Port}"));
    }

    public string Bootstrap { get; }

    /// <summary>Writes messages in their order, each to the partition that it names or that a function chooses.</summary>
    public void Write(IEnumerable<RecordedMessage> messages, Func<RecordedMessage, int>? partition = null)
    {
        string? fault = null;
        foreach (var message in messages)
        {
            var headers = new Headers();
            foreach (var (name, value) in message.Headers)
            {
                headers.Add(name, Encoding.UTF8.GetBytes(value));
            }

            _producer.Produce(
                new TopicPartition(message.Topic, partition?.Invoke(message) ?? message.Partition),
                new Message<byte[]?, byte[]?> { Key = message.Key, Value = message.Value, Headers = headers, Timestamp = new Timestamp(message.Timestamp, TimestampType.CreateTime) },
                report => fault ??= report.Error.IsError ? report.Error.Reason : null);
        }

        _producer.Flush(TimeSpan.FromSeconds(60));
        fault.Should().BeNull();
    }

    public void Dispose() => _producer.Dispose();

    private sealed class Plain : ISerializer<byte[]?>
    {
        public static readonly Plain Instance = new();

        public byte[] Serialize(byte[]? data, SerializationContext context) => data!;
    }
}
