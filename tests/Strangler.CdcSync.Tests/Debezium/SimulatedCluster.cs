using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Debezium.Ordering;
using Strangler.CdcSync.Debezium.Topics;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>
/// Partitions that a producer fills with a random skew between them, and a reader that takes from them at random, asks where they end, pauses,
/// finds topics late and begins again where it was: everything that brokers may do, without any, in a time of its own.
/// </summary>
internal sealed class SimulatedCluster : IDisposable
{
    /// <summary>So long after a later message an earlier one of another partition may be written; it is less than a settling time.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMilliseconds(30);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(0.2);

    private readonly Random _random;
    private readonly FakeTimeProvider _time = new();
    private readonly KafkaServices _services;
    private readonly Dictionary<(string Topic, int Partition), List<SimulatedMessage>> _written = [];
    private readonly List<(SimulatedMessage Message, DateTimeOffset Due)> _pending = [];
    private readonly Queue<SimulatedMessage> _unsent;
    private readonly int _ahead;
    private readonly bool _areTopicsLate;
    private Dictionary<PartitionFeed, long>? _ends;
    private EndQuestion _asked;
    private bool _isAnswered;
    private ChangeOrder _order = null!;
    private HandOver _handOver = null!;
    private KafkaCursor? _cursor;
    private SourcePosition? _position;

    public SimulatedCluster(Random random, IEnumerable<SimulatedMessage> messages, IReadOnlyDictionary<string, int> partitions, TransactionNames names, bool areTopicsLate)
    {
        (_random, _areTopicsLate, Names) = (random, areTopicsLate, names);
        _unsent = new Queue<SimulatedMessage>(messages);
        _ahead = random.Next(3) == 0 ? random.Next(300, 2000) : int.MaxValue;
        foreach (var (topic, count) in partitions)
        {
            for (var i = 0; i < count; i++)
            {
                _written[(topic, i)] = [];
            }
        }

        var catalog = new SourceCatalog(new Definitions(), "store", SimulatedStory.Tables);
        catalog.LoadAsync(CancellationToken.None).GetAwaiter().GetResult();
        _services = new KafkaServices(
            new KafkaOptions { TopicPrefix = "shop", SettleMilliseconds = 50 }, catalog, new SchemaHistory(), null, new SpoolFolder(Path.GetTempPath(), 1 << 20), new SourceWarnings(), new KafkaState(),
            false, _time, NullLoggerFactory.Instance);
        Begin();
    }

    public TransactionNames Names { get; }

    /// <summary>What was handed on, each time as a whole.</summary>
    public List<List<int>> Taken { get; } = [];

    /// <summary>Runs until everything is written and read, and for a settling time and a little more.</summary>
    public async Task RunAsync(double restarts)
    {
        while (_unsent.Count > 0 || _pending.Count > 0 || _order.Feeds.Any(feed => feed.Next < End(feed)))
        {
            Produce();
            await StepAsync();
            if (_random.NextDouble() < restarts)
            {
                Begin();
            }
        }

        for (var i = 0; i < 400; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await StepAsync();
        }
    }

    public void Dispose() => _handOver.Dispose();

    private void Begin()
    {
        _handOver?.Dispose();
        var gtids = new SourceGtids(Names == TransactionNames.MariaDb ? "mariadb" : "mysql", _position?.Gtid);
        _order = new ChangeOrder(gtids, TimeSpan.FromMilliseconds(_services.Options.SettleMilliseconds), _time);
        _handOver = new HandOver(_services, _order, gtids, _position ?? new SourcePosition(Names == TransactionNames.MariaDb ? "mariadb" : "mysql", "", 0, null), _cursor, TakeAsync);
        (_ends, _isAnswered) = (null, false);
        Find(isFirst: true);
    }

    private ValueTask TakeAsync(ChangeTransaction transaction, CancellationToken cancellationToken)
    {
        using (transaction)
        {
            Taken.Add([.. transaction.Changes.Select(SimulatedStory.NumberOf)]);
            (_position, _cursor) = (transaction.Position, KafkaCursor.Parse(transaction.Cursor!));
        }

        return ValueTask.CompletedTask;
    }

    private void Produce()
    {
        while (_unsent.Count > 0 && _pending.Count < 40)
        {
            _pending.Add((_unsent.Dequeue(), _time.GetUtcNow() + Skew));
        }

        // What is due is written now, else anything that nothing of its own partition stands before.
        for (var i = _random.Next(3); i >= 0 && _pending.Count > 0; i--)
        {
            var due = _pending[0].Due <= _time.GetUtcNow();
            var (message, _) = _pending[due ? 0 : _random.Next(_pending.Count)];
            var at = _pending.FindIndex(other => (other.Message.Topic, other.Message.Partition) == (message.Topic, message.Partition));
            _written[(message.Topic, message.Partition)].Add(_pending[at].Message);
            _pending.RemoveAt(at);
        }
    }

    private async Task StepAsync()
    {
        _time.Advance(Step * _random.Next(1, 5));
        if (_order.Feeds.Count > 0 && _random.Next(2) == 0)
        {
            Fetch(_order.Feeds[_random.Next(_order.Feeds.Count)], _random.Next(1, 12));
        }

        if (_ends is not null && _random.Next(3) == 0)
        {
            _order.Horizon.Answer(_asked, _ends.Select(end => (end.Key, end.Value)));
            (_ends, _isAnswered) = (null, true);
        }

        var all = _order.Horizon.Move() && _isAnswered;
        await _handOver.RunAsync(all, TestContext.Current.CancellationToken);
        _isAnswered &= !all;
        foreach (var feed in _order.Feeds)
        {
            feed.IsPaused = feed.Role != TopicRole.Transactions && feed.Bytes > (feed.IsPaused ? _ahead / 2 : _ahead);
        }

        if (_ends is null && _random.Next(3) == 0)
        {
            _asked = _order.Horizon.Ask();
            _ends = _order.Feeds.ToDictionary(feed => feed, End);
        }

        if (_handOver.NeedsPartitions || _random.Next(50) == 0)
        {
            Find(isFirst: false);
        }
    }

    private void Fetch(PartitionFeed feed, int count)
    {
        for (; count > 0 && !feed.IsPaused && feed.Next < End(feed); count--)
        {
            var record = _written[(feed.Topic, feed.Partition)][(int)feed.Next].Make();
            (record.Partition, record.MessageOffset) = (feed.Index, feed.Next);
            _order.Accept(record, feed);
        }
    }

    private void Find(bool isFirst)
    {
        foreach (var ((topic, partition), messages) in _written)
        {
            if (_order.Feeds.Any(feed => feed.Topic == topic && feed.Partition == partition) || (_areTopicsLate && topic is not (SimulatedStory.Statements or SimulatedStory.Transactions) && _written.All(other => other.Key.Topic != topic || other.Value.Count == 0)))
            {
                continue;
            }

            var role = topic switch { SimulatedStory.Transactions => TopicRole.Transactions, SimulatedStory.Statements => TopicRole.SchemaChanges, _ => TopicRole.Rows };
            PartitionCursor from = default;
            var isKnown = isFirst && _cursor?.Partitions.TryGetValue((topic, partition), out from) == true;
            var feed = _order.Add(topic, partition, role, role == TopicRole.Rows ? new TableName("store", topic) : null, from, isKnown);
            (feed.End, feed.FirstEnd) = (messages.Count, messages.Count);
            (feed.AskedAt, feed.FoundAt) = (_time.GetTimestamp(), _time.GetTimestamp());
            _order.HasTransactions |= role == TopicRole.Transactions;
        }

        _handOver.PartitionsFound();
    }

    private long End(PartitionFeed feed) => _written[(feed.Topic, feed.Partition)].Count;

    private sealed class Definitions : ICatalogReader
    {
        public Task<CatalogContent> ReadAsync(string database, Func<IReadOnlyList<ForeignKey>, IReadOnlyCollection<string>> wanted, CancellationToken cancellationToken) =>
            Task.FromResult(new CatalogContent(
                [.. SimulatedStory.Tables.Select(table => new TableDefinition(new TableName(database, table), [Column("id"), Column("n")], ["id"], []))], [], null));

        private static ColumnDefinition Column(string name) => new(name, "int", "int(11)", null, null, false, null, false);
    }
}
