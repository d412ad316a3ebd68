using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Relay;

/// <summary>
/// Writes messages to Kafka in transactions that also hold the position they bring consumers to: what is read with
/// <c>isolation.level=read_committed</c> is there once, whatever falls over, and a second relay of the same prefix shuts out the first.
/// </summary>
internal sealed class RelayPublisher : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RelayOptions _options;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private Error? _fault;
    private bool _isOpen;

    public RelayPublisher(RelayOptions options)
    {
        _options = options;
        var settings = new ProducerConfig(Settings(options))
        {
            TransactionalId = $"strangler-relay.{options.TopicPrefix}",
            EnableIdempotence = true,
            LingerMs = 2,
            CompressionType = CompressionType.Lz4,
            // As Java's producers choose, so that a key stays in its partition when a relay takes over from a connector.
            Partitioner = Partitioner.Murmur2Random,
        };
        _producer = new ProducerBuilder<byte[]?, byte[]?>(settings).SetErrorHandler((_, error) => _fault = error.IsFatal ? error : _fault).Build();
    }

    /// <summary>Messages written and committed.</summary>
    public long Committed { get; private set; }

    private long _added;

    private static string PositionTopic(RelayOptions options) => $"__strangler-relay.{options.TopicPrefix}";

    /// <summary>Shuts out an earlier relay of the same prefix.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => Task.Run(() => _producer.InitTransactions(Patience), cancellationToken);

    /// <summary>Adds a message to the open transaction, waiting while the producer's buffer is full.</summary>
    public void Add(RelayMessage message, CancellationToken cancellationToken)
    {
        Begin();
        var headers = message.Headers.Count == 0 ? null : new Headers();
        foreach (var (name, value) in message.Headers)
        {
            headers!.Add(name, value);
        }

        Produce(message.Topic, new Message<byte[]?, byte[]?> { Key = message.Key, Value = message.Value, Headers = headers }, cancellationToken);
        _added++;
    }

    /// <summary>Commits what was added, and that everything up to the position is.</summary>
    public async Task CommitAsync(SourcePosition position, CancellationToken cancellationToken)
    {
        Begin();
        var text = JsonSerializer.SerializeToUtf8Bytes(position, PositionJson.Default.SourcePosition);
        Produce(PositionTopic(_options), new Message<byte[]?, byte[]?> { Key = System.Text.Encoding.UTF8.GetBytes(_options.TopicPrefix), Value = text }, cancellationToken);
        await Task.Run(() => _producer.CommitTransaction(Patience), CancellationToken.None);
        _isOpen = false;
        Committed += _added;
        _added = 0;
    }

    /// <summary>Takes back what was added since the last commit.</summary>
    public void Abort()
    {
        if (_isOpen)
        {
            _isOpen = false;
            _added = 0;
            _producer.AbortTransaction(Patience);
        }
    }

    /// <summary>The position of the last commit of this prefix; null when there was none.</summary>
    public static async Task<SourcePosition?> ReadPositionAsync(RelayOptions options, CancellationToken cancellationToken)
    {
        await CreatePositionTopicAsync(options);
        return await Task.Run(() => ReadPosition(options, cancellationToken), cancellationToken);
    }

    public void Dispose() => _producer.Dispose();

    private static SourcePosition? ReadPosition(RelayOptions options, CancellationToken cancellationToken)
    {
        var settings = new ConsumerConfig(Settings(options)) { GroupId = $"strangler-relay.{options.TopicPrefix}", EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = true };
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings).Build();
        var partition = new TopicPartition(PositionTopic(options), 0);
        var marks = consumer.QueryWatermarkOffsets(partition, Patience);
        // Each commit leaves a record and a mark of its end; the last record is among the last few.
        const int Tail = 100;
        for (var from = Math.Max(marks.Low.Value, marks.High.Value - Tail); ; from = Math.Max(marks.Low.Value, from - (Tail * 100)))
        {
            SourcePosition? found = null;
            consumer.Assign(new TopicPartitionOffset(partition, from));
            while (true)
            {
                var result = consumer.Consume(cancellationToken);
                if (result.IsPartitionEOF)
                {
                    break;
                }

                found = result.Message.Value is { } value ? JsonSerializer.Deserialize(value, PositionJson.Default.SourcePosition) : found;
            }

            if (found is not null || from <= marks.Low.Value)
            {
                return found;
            }
        }
    }

    private static async Task CreatePositionTopicAsync(RelayOptions options)
    {
        using var admin = new AdminClientBuilder(Settings(options)).Build();
        try
        {
            await admin.CreateTopicsAsync([new TopicSpecification
            {
                Name = PositionTopic(options), NumPartitions = 1, ReplicationFactor = -1, Configs = new Dictionary<string, string> { ["cleanup.policy"] = "compact" },
            }]);
        }
        catch (CreateTopicsException fault) when (fault.Results.TrueForAll(result => result.Error.Code is ErrorCode.TopicAlreadyExists))
        {
            // Of an earlier run.
        }
    }

    private static Dictionary<string, string> Settings(RelayOptions options) => new(options.Producer) { ["bootstrap.servers"] = options.BootstrapServers };

    private void Begin()
    {
        if (!_isOpen)
        {
            _producer.BeginTransaction();
            _isOpen = true;
        }
    }

    private void Produce(string topic, Message<byte[]?, byte[]?> message, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_fault is { } fault)
            {
                throw new KafkaException(fault);
            }

            try
            {
                _producer.Produce(topic, message);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
