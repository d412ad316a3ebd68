using System.Threading.Channels;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Debezium.Topics;

/// <summary>What comes from the brokers: a message, or word that a partition has no more for now.</summary>
internal readonly record struct Received(TopicMessage Message, bool IsEnd);

/// <summary>
/// The connection to the brokers. Partitions are assigned by hand, so that no group's rebalance can take one away or give it to two; the
/// client itself follows moved leaders. One thread of its own waits for messages and hands them on in batches.
/// </summary>
internal sealed partial class KafkaReader : IAsyncDisposable
{
    private const int BatchMessages = 2000;
    private const int WaitingBatches = 4;

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan IdLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(15);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly IAdminClient _admin;
    private readonly KafkaOptions _options;
    private readonly ILogger _logger;
    private readonly Channel<List<Received>> _batches = Channel.CreateBounded<List<Received>>(new BoundedChannelOptions(WaitingBatches) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly IsolationLevel _isolation;
    private Task? _thread;

    public KafkaReader(KafkaOptions options, string client, ILogger logger)
    {
        _options = options;
        _logger = logger;
        var config = new ConsumerConfig(new Dictionary<string, string>(options.Properties))
        {
            BootstrapServers = options.Bootstrap,
            ClientId = client,
            // The client asks for one; it is never joined, and only used to show positions.
            GroupId = options.GroupId.Length > 0 ? options.GroupId : client,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Error,
            AllowAutoCreateTopics = false,
        };
        SetDefault(config, "fetch.wait.max.ms", "100");
        SetDefault(config, "fetch.queue.backoff.ms", "20");
        SetDefault(config, "fetch.error.backoff.ms", "100");
        SetDefault(config, "queued.max.messages.kbytes", "32768");
        SetDefault(config, "reconnect.backoff.max.ms", "2000");
        _isolation = options.Properties.TryGetValue("isolation.level", out var level) && level == "read_uncommitted" ? IsolationLevel.ReadUncommitted : IsolationLevel.ReadCommitted;
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetKeyDeserializer(Bytes.Instance).SetValueDeserializer(Bytes.Instance)
            .SetErrorHandler((_, error) => Told(error)).SetLogHandler((_, message) => Log.Client(_logger, message.Name, message.Message)).Build();
        _admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
    }

    /// <summary>Batches of what came, in each partition's order. Ends with the error that ended reading.</summary>
    public ChannelReader<List<Received>> Batches => _batches.Reader;

    /// <summary>Every topic with its number of partitions.</summary>
    public Task<Dictionary<string, int>> TopicsAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            try
            {
                return _admin.GetMetadata(RequestLimit).Topics.Where(topic => !topic.Error.IsError).ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
            }
            catch (KafkaException fault)
            {
                throw new IOException($"No broker answers at {_options.Bootstrap}: {fault.Error.Reason}", fault);
            }
        },
        cancellationToken);

    /// <summary>The ids of topics, as far as the brokers give them: a topic made anew has another.</summary>
    public async Task<Dictionary<string, string>> TopicIdsAsync(IReadOnlyCollection<string> topics)
    {
        try
        {
            var described = await _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics), new DescribeTopicsOptions { RequestTimeout = IdLimit });
            return described.TopicDescriptions.Where(topic => !topic.Error.IsError && topic.TopicId is not null).ToDictionary(topic => topic.Name, topic => topic.TopicId.ToString());
        }
        catch (Exception fault) when (fault is KafkaException or ObjectDisposedException)
        {
            // Older brokers have none, and may forbid the question; offsets are checked all the same.
            return [];
        }
    }

    /// <summary>Where partitions begin, or end for now. What was written before the call lies before the ends.</summary>
    public async Task<Dictionary<TopicPartition, long>> OffsetsAsync(IReadOnlyCollection<TopicPartition> partitions, bool ends)
    {
        if (partitions.Count == 0)
        {
            return [];
        }

        try
        {
            var result = await _admin.ListOffsetsAsync(
                partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = ends ? OffsetSpec.Latest() : OffsetSpec.Earliest() }),
                new ListOffsetsOptions { IsolationLevel = _isolation, RequestTimeout = RequestLimit });
            return result.ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
        }
        catch (KafkaException fault)
        {
            throw new IOException($"The brokers do not tell how far the topics reach: {fault.Error.Reason}", fault);
        }
    }

    public void Assign(IEnumerable<TopicPartitionOffset> partitions)
    {
        _consumer.IncrementalAssign(partitions);
        _thread ??= Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Pause(TopicPartition partition) => _consumer.Pause([partition]);

    public void Resume(TopicPartition partition) => _consumer.Resume([partition]);

    /// <summary>Shows the positions to who watches the group. Nobody reads them to go on.</summary>
    public void Show(IEnumerable<TopicPartitionOffset> positions)
    {
        if (_options.GroupId.Length == 0)
        {
            return;
        }

        try
        {
            _consumer.Commit(positions);
        }
        catch (KafkaException fault)
        {
            Log.NotShown(_logger, fault.Error.Reason);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_thread is not null)
        {
            await _thread;
        }

        _admin.Dispose();
        await Task.Run(() =>
        {
            _consumer.Close();
            _consumer.Dispose();
        });
        _stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                if (_consumer.Consume(Wait) is not { } first)
                {
                    continue;
                }

                var batch = new List<Received>();
                for (var next = first; next is not null; next = batch.Count < BatchMessages ? _consumer.Consume(TimeSpan.Zero) : null)
                {
                    batch.Add(Of(next));
                }

                _batches.Writer.WriteAsync(batch, _stopping.Token).AsTask().GetAwaiter().GetResult();
            }

            _batches.Writer.TryComplete();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            _batches.Writer.TryComplete();
        }
        catch (ConsumeException fault) when (fault.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            _batches.Writer.TryComplete(new SourceLostException(
                $"Kafka no longer has what comes next in {fault.ConsumerRecord?.Topic}[{fault.ConsumerRecord?.Partition.Value}]: {fault.Error.Reason}. "
                + "The topic's retention is shorter than the time this target was away, or the topic was made anew.", fault));
        }
        catch (Exception fault)
        {
            _batches.Writer.TryComplete(new IOException($"Reading from Kafka ended: {fault.Message}", fault));
        }
    }

    private static Received Of(ConsumeResult<byte[]?, byte[]?> result)
    {
        if (result.IsPartitionEOF)
        {
            return new Received(new TopicMessage(result.Topic, result.Partition.Value, result.Offset.Value, 0, null, null, TopicMessage.NoHeaders), true);
        }

        var headers = result.Message.Headers is { Count: > 0 } all
            ? all.Where(header => header.Key.StartsWith("__", StringComparison.Ordinal) && header.GetValueBytes() is not null).Select(header => (header.Key, header.GetValueBytes())).ToList()
            : TopicMessage.NoHeaders;
        return new Received(
            new TopicMessage(result.Topic, result.Partition.Value, result.Offset.Value, result.Message.Timestamp.UnixTimestampMs, result.Message.Key, result.Message.Value, headers), false);
    }

    private void SetDefault(ConsumerConfig config, string key, string value)
    {
        if (!_options.Properties.ContainsKey(key))
        {
            config.Set(key, value);
        }
    }

    private void Told(Error error)
    {
        if (error.IsFatal)
        {
            _batches.Writer.TryComplete(new IOException($"The Kafka client cannot go on: {error.Reason}"));
        }

        Log.Broker(_logger, error.Reason);
    }

    private sealed class Bytes : IDeserializer<byte[]?>
    {
        public static readonly Bytes Instance = new();

        public byte[]? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => isNull ? null : data.ToArray();
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.KafkaTrouble, LogLevel.Warning, "Kafka: {Reason}")]
        public static partial void Broker(ILogger logger, string reason);

        [LoggerMessage(EventIds.KafkaClient, LogLevel.Debug, "{Client}: {Message}")]
        public static partial void Client(ILogger logger, string client, string message);

        [LoggerMessage(EventIds.KafkaPositionsNotShown, LogLevel.Debug, "Positions are not shown under the group: {Reason}")]
        public static partial void NotShown(ILogger logger, string reason);
    }
}
