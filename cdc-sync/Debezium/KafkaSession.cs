using Confluent.Kafka;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Debezium.Ordering;
using Strangler.CdcSync.Debezium.Topics;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Debezium;

/// <summary>
/// One reading of the topics from a cursor on, until an error: takes messages in, asks how far the partitions reach, and hands on what is
/// known to be complete, in the order of the source's log. Not safe for several threads.
/// </summary>
internal sealed partial class KafkaSession : IDisposable
{
    private const int MaximumLoggedTransactions = 200_000;

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ShownEvery = TimeSpan.FromSeconds(5);

    private readonly KafkaServices _services;
    private readonly KafkaReader _reader;
    private readonly KafkaStart _start;
    private readonly SourcePosition _from;
    private readonly KafkaCursor? _cursor;
    private readonly ILogger _logger;
    private readonly RecordReader _records;
    private readonly Dictionary<TopicPartition, PartitionFeed> _feeds = [];
    private readonly bool _fromEnd;
    private ChangeOrder _order = null!;
    private HandOver _handOver = null!;
    private Task<Dictionary<TopicPartition, long>>? _question;
    private EndQuestion _asked;
    private bool _isAnswered;
    private bool _needsQuestion = true;
    private long _refreshedAt;
    private long _shownAt;

    public KafkaSession(KafkaServices services, KafkaReader reader, SourcePosition from, KafkaCursor? cursor)
    {
        _services = services;
        _reader = reader;
        _from = from;
        _cursor = cursor;
        _logger = services.Loggers.CreateLogger<KafkaSession>();
        _start = new KafkaStart(services, reader);
        _records = new RecordReader(services.Registry);
        _fromEnd = services.HasDatabase && services.Options.FirstCopy != FirstCopy.Topics;
    }

    public async Task RunAsync(Func<ChangeTransaction, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        var server = await new HistoryLoader(_services, _records).LoadAsync(cancellationToken) ?? _from.Server;
        var gtids = new SourceGtids(server, _from.Gtid);
        _order = new ChangeOrder(gtids, TimeSpan.FromMilliseconds(_services.Options.SettleMilliseconds), _services.Time);
        _handOver = new HandOver(_services, _order, gtids, _from with { Server = server }, _cursor, take);
        await FindPartitionsAsync(isFirst: true, cancellationToken);
        Log.Connected(_logger, _services.Options.Bootstrap, _feeds.Count, _from);
        Task<bool>? waiting = null;
        while (true)
        {
            waiting ??= _reader.Batches.WaitToReadAsync(cancellationToken).AsTask();
            if (!waiting.IsCompleted)
            {
                await WaitAsync(waiting, cancellationToken);
            }

            if (waiting.IsCompleted)
            {
                if (!await waiting)
                {
                    throw new IOException("Reading from Kafka ended.");
                }

                waiting = null;
                while (_reader.Batches.TryRead(out var batch))
                {
                    await AcceptAsync(batch, cancellationToken);
                    if (_question is { IsCompleted: true })
                    {
                        break;
                    }
                }
            }

            await AnswerAsync();
            await HandOnAsync(cancellationToken);
            Regulate();
            Ask();
            if (_handOver.NeedsPartitions || _services.Time.GetElapsedTime(_refreshedAt).TotalSeconds >= _services.Options.MetadataSeconds)
            {
                await FindPartitionsAsync(isFirst: false, cancellationToken);
            }
        }
    }

    public void Dispose() => _handOver?.Dispose();

    private async Task WaitAsync(Task<bool> batch, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var left = TimeSpan.FromSeconds(_services.Options.MetadataSeconds) - _services.Time.GetElapsedTime(_refreshedAt);
        left = _handOver.IsUnsure && left > Again ? Again : left;
        var refresh = Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, _services.Time, ended.Token);
        await (_question is null ? Task.WhenAny(batch, refresh) : Task.WhenAny(batch, refresh, _question));
        await ended.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task AcceptAsync(List<Received> batch, CancellationToken cancellationToken)
    {
        foreach (var (message, isEnd) in batch)
        {
            if (!_feeds.TryGetValue(new TopicPartition(message.Topic, message.Partition), out var feed) || message.Offset < feed.Next)
            {
                continue;
            }

            if (isEnd)
            {
                feed.Next = message.Offset;
                continue;
            }

            var record = await _records.ReadAsync(message, feed, cancellationToken);
            if (record.Kind == RecordKind.Poison && feed.Role == TopicRole.SchemaChanges)
            {
                throw new InvalidDataException($"{message.Topic}[{message.Partition}]@{message.Offset} is no schema change: {record.Fault}");
            }

            if (_order.Accept(record, feed) == Accepted.Redelivered)
            {
                _services.State.CountRedelivered();
                Log.Redelivered(_logger, message.Topic, message.Partition, message.Offset);
            }
            else if (record.Kind == RecordKind.SchemaChange)
            {
                _services.History.Apply(SchemaChange.Read(record.Payload, record.Connector == SourcePosition.MariaDb), record.Order);
            }

            _needsQuestion = true;
        }
    }

    private async Task AnswerAsync()
    {
        if (_question is not { IsCompleted: true })
        {
            return;
        }

        _order.Horizon.Answer(_asked, (await _question).Select(partition => (_feeds[partition.Key], partition.Value)));
        (_question, _isAnswered) = (null, true);
    }

    private async Task HandOnAsync(CancellationToken cancellationToken)
    {
        if (!_isAnswered && !_order.HasTransactions)
        {
            return;
        }

        var all = _order.Horizon.Move() && _isAnswered;
        await _handOver.RunAsync(all, cancellationToken);
        _services.State.Partitions = _order.Feeds.Select(feed => new PartitionProgress(feed.Topic, feed.Partition, feed.Done.Offset, feed.End)).ToList();
        if (all)
        {
            _isAnswered = false;
            if (_services.Time.GetElapsedTime(_shownAt) >= ShownEvery)
            {
                _shownAt = _services.Time.GetTimestamp();
                _reader.Show(_order.Feeds.Select(feed => new TopicPartitionOffset(feed.Topic, feed.Partition, feed.Done.Offset)));
            }
        }
    }

    private void Ask()
    {
        // Not only when all is read: what came meanwhile must not wait for partitions that are paused for it.
        if (_question is null && (_needsQuestion || (_handOver.IsUnsure && (!_isAnswered || _services.Time.GetElapsedTime(_asked.AskedAt) >= Again))))
        {
            _needsQuestion = false;
            _asked = _order.Horizon.Ask();
            _question = _reader.OffsetsAsync(_feeds.Keys, ends: true);
        }
    }

    /// <summary>Reads no further ahead where enough waits already.</summary>
    private void Regulate()
    {
        foreach (var feed in _order.Feeds)
        {
            var isFull = feed.Role == TopicRole.Transactions ? _order.Transactions.Count > MaximumLoggedTransactions : feed.Bytes > _services.Options.PartitionBytes;
            var isLow = feed.Role == TopicRole.Transactions ? _order.Transactions.Count < MaximumLoggedTransactions / 2 : feed.Bytes < _services.Options.PartitionBytes / 2;
            if (isFull && !feed.IsPaused)
            {
                _reader.Pause(new TopicPartition(feed.Topic, feed.Partition));
                feed.IsPaused = true;
            }
            else if (isLow && feed.IsPaused)
            {
                _reader.Resume(new TopicPartition(feed.Topic, feed.Partition));
                feed.IsPaused = false;
            }
        }
    }

    private async Task FindPartitionsAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var foundAt = _refreshedAt = _services.Time.GetTimestamp();
        var found = await _start.FindAsync(_feeds.Keys.ToHashSet(), isFirst ? _cursor : _handOver.Cursor(), isFirst && _fromEnd, cancellationToken);
        if (isFirst && found.Count == 0 && _cursor is { Partitions.Count: > 0 })
        {
            throw new SourceLostException($"None of the topics that were being read is at {_services.Options.Bootstrap} any more.");
        }

        foreach (var start in found)
        {
            var feed = _order.Add(start.Topic, start.Partition, start.Role, start.Table, start.From, start.IsKnown);
            (feed.End, feed.FirstEnd) = (start.End, start.End);
            (feed.AskedAt, feed.FoundAt) = (foundAt, foundAt);
            _feeds[new TopicPartition(start.Topic, start.Partition)] = feed;
            _order.HasTransactions |= start.Role == TopicRole.Transactions;
            if (!isFirst)
            {
                Log.Found(_logger, start.Topic, start.Partition);
            }
        }

        if (found.Count > 0)
        {
            _needsQuestion = true;
            // Nobody waits for the answer: some brokers give none.
            _ = RememberIdsAsync([.. _order.Feeds.Select(feed => feed.Topic).Distinct()]);
            _reader.Assign(found.Select(start => new TopicPartitionOffset(start.Topic, start.Partition, start.From.Offset)));
        }

        _handOver.PartitionsFound();
        new LossReport(_services, _logger).Report(_order.HasTransactions, _records.IsUnwrapped == true);
    }

    private async Task RememberIdsAsync(List<string> topics) => _handOver.TopicIds = await _reader.TopicIdsAsync(topics);

    private static partial class Log
    {
        [LoggerMessage(EventIds.KafkaConnected, LogLevel.Information, "Reading Debezium's topics at {Bootstrap}, {Partitions} partitions, from {Position} on")]
        public static partial void Connected(ILogger logger, string bootstrap, int partitions, SourcePosition position);

        [LoggerMessage(EventIds.KafkaTopicFound, LogLevel.Information, "{Topic}[{Partition}] is there now and read from its beginning")]
        public static partial void Found(ILogger logger, string topic, int partition);

        [LoggerMessage(EventIds.KafkaRedelivered, LogLevel.Debug, "{Topic}[{Partition}]@{Offset} was there before and is passed over")]
        public static partial void Redelivered(ILogger logger, string topic, int partition, long offset);
    }
}
