using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Tests.Support;
using static Strangler.CdcSync.Tests.Debezium.ConnectorWords;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>What a connector may write and brokers may do, on the client library's own imitation of a cluster, with messages made here.</summary>
public sealed class TopicTests(SharedServers servers)
{
    [Fact]
    public async Task A_transaction_over_two_topics_is_seen_as_a_whole()
    {
        using var kafka = new MockKafka();
        kafka.Write([.. Tables, Begin(1), Change(Parent, 'c', 1, null, ParentRow(1, "a"), 1), End(1, 1, 0)]);
        await using var sync = await StartAsync(kafka);

        kafka.Write([Begin(2), Change(Parent, 'c', 2, null, ParentRow(2, "b"), 2, 1), End(2, 1, 1), Begin(3), Change(Parent, 'u', 1, ParentRow(1, "a"), ParentRow(1, "c"), 3), End(3, 1, 0)]);
        kafka.Write([Begin(4), End(4, 0, 0)]);
        (await RowsAsync(sync)).Should().Equal(["1 | a"], "the second transaction lacks its child, and the third comes after it");
        kafka.Write([Change(Child, 'c', 10, null, ChildRow(10, 2), 2, 2)]);
        await UntilAsync(sync, ["1 | c", "2 | b", "10 | 2 1.5000"]);
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.Progress.Applied!.Gtid == "0-1-4"), "empty transactions move the position", TestContext.Current.CancellationToken);
        sync.Service.Kafka!.Warnings.OfSource.Should().BeEmpty();
    }

    [Fact]
    public async Task Without_transactions_topics_are_brought_in_order_by_their_places()
    {
        using var kafka = new MockKafka();
        kafka.Write([.. Tables, Change(Parent, 'c', 1, null, ParentRow(1, "a"), 1, isTold: false), Change(Child, 'c', 10, null, ChildRow(10, 1), 2, isTold: false)]);
        await using var sync = await StartAsync(kafka);
        await UntilAsync(sync, ["1 | a", "10 | 1 1.5000"]);

        // The delete takes the child with it, which nobody says; the child that comes again later stays.
        kafka.Write([Change(Child, 'c', 11, null, ChildRow(11, 1), 5, isTold: false)]);
        kafka.Write([Change(Parent, 'd', 1, ParentRow(1, "a"), null, 3, isTold: false), Message(Parent, """{"id":1}""", null), Change(Parent, 'c', 1, null, ParentRow(1, "again"), 4, isTold: false)]);
        await UntilAsync(sync, ["1 | again", "11 | 1 1.5000"]);
        sync.Service.Kafka!.Warnings.OfSource.Should().ContainSingle(warning => warning.Contains("provide.transaction.metadata"));
    }

    [Fact]
    public async Task A_transactions_changes_keep_their_order_whichever_topic_is_read_first()
    {
        using var kafka = new MockKafka();
        kafka.Write([.. Tables, Begin(1), Change(Parent, 'c', 1, null, ParentRow(1, "a"), 1, 1), Change(Child, 'c', 10, null, ChildRow(10, 1), 1, 2), End(1, 1, 1)]);
        await using var sync = await StartAsync(kafka);
        await UntilAsync(sync, ["1 | a", "10 | 1 1.5000"]);

        kafka.Write([Begin(2), Change(Child, 'c', 11, null, ChildRow(11, 1), 2, 3)]);
        await Eventually.TrueAsync(
            () => Task.FromResult(sync.Service.Kafka!.State.Partitions.Any(partition => partition.Topic == Child && partition.End == 2)), "the child is read", TestContext.Current.CancellationToken);
        kafka.Write([Change(Parent, 'd', 1, ParentRow(1, "a"), null, 2, 1), Change(Parent, 'c', 1, null, ParentRow(1, "again"), 2, 2), End(2, 2, 1)]);
        await UntilAsync(sync, ["1 | again", "11 | 1 1.5000"]);
    }

    [Fact]
    public async Task A_transaction_larger_than_what_is_read_ahead_keeps_its_order()
    {
        const int Children = 600;
        using var kafka = new MockKafka();
        kafka.Write([.. Tables, Begin(1), Change(Parent, 'c', 1, null, ParentRow(1, "a"), 1, 1), End(1, 1, 0)]);
        await using var sync = await StartAsync(kafka, options => options.PartitionBytes = 16 * 1024);
        await UntilAsync(sync, ["1 | a"]);

        // In the middle all children go with their parent, and it comes again.
        var messages = Enumerable.Range(0, Children).Select(i => Change(Child, 'c', 10 + i, null, ChildRow(10 + i, 1), 2, i < Children / 2 ? i + 1 : i + 3) with { Partition = i % 2 }).ToList();
        kafka.Write([Begin(2), .. messages, Change(Parent, 'd', 1, ParentRow(1, "a"), null, 2, (Children / 2) + 1), Change(Parent, 'c', 1, null, ParentRow(1, "again"), 2, (Children / 2) + 2), End(2, 2, Children)]);
        await UntilAsync(sync, ["1 | again", .. Enumerable.Range(10 + (Children / 2), Children / 2).Select(id => $"{id} | 1 1.5000")]);
    }

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(1, 0, false)]
    [InlineData(2, 2, false)]
    [InlineData(0, 3, true)]
    [InlineData(3, 0, true)]
    public async Task The_halves_of_a_changed_key_are_one_change_wherever_they_lie(int oldPartition, int newPartition, bool isTold)
    {
        using var kafka = new MockKafka();
        kafka.Write(Told([.. Tables, Begin(1), Change(Parent, 'c', 1, null, ParentRow(1, "a"), 1, 1, isTold), Change(Child, 'c', 10, null, ChildRow(10, 1), 1, 2, isTold), End(1, 1, 1)]));
        await using var sync = await StartAsync(kafka);
        await UntilAsync(sync, ["1 | a", "10 | 1 1.5000"]);

        RecordedMessage[] halves =
        [
            Change(Parent, 'd', 1, ParentRow(1, "a"), null, 2, 1, isTold) with { Headers = [("__debezium.newkey", """{"id":2}""")], Partition = oldPartition },
            Change(Parent, 'c', 2, null, ParentRow(2, "a"), 2, isTold ? 2 : 1, isTold) with { Headers = [("__debezium.oldkey", """{"id":1}""")], Partition = newPartition },
        ];
        kafka.Write(Told([Begin(2), .. oldPartition > newPartition ? halves.Reverse() : halves, End(2, 2, 0)]));
        await UntilAsync(sync, ["2 | a", "10 | 2 1.5000"]);

        IEnumerable<RecordedMessage> Told(IEnumerable<RecordedMessage> messages) => messages.Where(message => isTold || message.Topic != "shop.transaction");
    }

    [Fact]
    public async Task The_halves_of_a_changed_key_are_one_change_even_where_the_new_key_stands_first()
    {
        // All rows of a compressed transaction have one place: of two partitions nobody knows which comes first.
        using var kafka = new MockKafka();
        kafka.Write([.. Tables, Change(Parent, 'c', 1, null, ParentRow(1, "a"), 1, 1, isTold: false), Change(Child, 'c', 10, null, ChildRow(10, 1), 1, 2, isTold: false)]);
        await using var sync = await StartAsync(kafka);
        await UntilAsync(sync, ["1 | a", "10 | 1 1.5000"]);

        kafka.Write(
        [
            Change(Parent, 'c', 2, null, ParentRow(2, "a"), 2, 1, isTold: false) with { Headers = [("__debezium.oldkey", """{"id":1}""")] },
            Change(Parent, 'u', 2, ParentRow(2, "a"), ParentRow(2, "b"), 2, 2, isTold: false),
            Change(Parent, 'd', 1, ParentRow(1, "a"), null, 2, 3, isTold: false) with { Headers = [("__debezium.newkey", """{"id":2}""")], Partition = 1 },
        ]);
        await UntilAsync(sync, ["2 | b", "10 | 2 1.5000"]);
    }

    [Fact]
    public async Task What_is_delivered_twice_is_applied_once()
    {
        using var kafka = new MockKafka();
        RecordedMessage[] first = [Change(Parent, 'c', 1, null, ParentRow(1, "a"), 1, isTold: false), Change(Parent, 'u', 1, ParentRow(1, "a"), ParentRow(1, "b"), 2, isTold: false)];
        kafka.Write([.. Tables, .. first]);
        await using var sync = await StartAsync(kafka);
        await UntilAsync(sync, ["1 | b"]);

        kafka.Write([.. first, Change(Parent, 'c', 2, null, ParentRow(2, "c"), 3, isTold: false)]);
        await UntilAsync(sync, ["1 | b", "2 | c"]);
        sync.Service.Kafka!.State.Redelivered.Should().Be(2);
    }

    [Fact]
    public async Task Reading_goes_on_where_the_mirror_is_and_stops_when_that_is_gone()
    {
        using var kafka = new MockKafka();
        kafka.Write([.. Tables, Change(Parent, 'c', 1, null, ParentRow(1, "a"), 1, isTold: false), Change(Parent, 'c', 2, null, ParentRow(2, "b"), 2, isTold: false)]);
        await using var sync = await StartAsync(kafka);
        await UntilAsync(sync, ["1 | a", "2 | b"]);
        await sync.StopAsync();
        await sync.AtTargetAsync("UPDATE parent SET name = 'mine' WHERE id = 1");
        kafka.Write([Change(Parent, 'c', 3, null, ParentRow(3, "c"), 3, isTold: false)]);
        await sync.StartAsync();
        await UntilAsync(sync, ["1 | mine", "2 | b", "3 | c"]);
        await sync.StopAsync();

        using var other = new MockKafka();
        other.Write([.. Tables, Change(Parent, 'c', 9, null, ParentRow(9, "other"), 1, isTold: false)]);
        _bootstrap = other.Bootstrap;
        await sync.StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.State == "stopped"), "stopped", TestContext.Current.CancellationToken);
        sync.Context.Progress.Reason.Should().Contain("was read up to").And.Contain("made anew");

        sync.Service.Pipeline.Resync();
        await UntilAsync(sync, ["9 | other"]);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_held_back_by_its_key()
    {
        using var kafka = new MockKafka();
        kafka.Write([.. Tables, Change(Child, 'c', 10, null, ChildRow(10, 1), 1, isTold: false)]);
        await using var sync = await StartAsync(kafka);
        await UntilAsync(sync, ["10 | 1 1.5000"]);

        kafka.Write([Message(Child, """{"id":10}""", """{"before":null,"after":{"id":10,"""), Change(Child, 'c', 11, null, ChildRow(11, 1), 2, isTold: false), Change(Child, 'x', 11, null, ChildRow(11, 1), 3, isTold: false)]);
        await UntilAsync(sync, ["10 | 1 1.5000", "11 | 1 1.5000"]);
        await Eventually.TrueAsync(async () => (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_dead_letter")) is ["2"], "both are told", TestContext.Current.CancellationToken);
        (await TestSync.RowsAsync(sync.Target, "SELECT table_name, row_key, reason FROM cdc_dead_letter ORDER BY id"))[1].Should().Contain("child").And.Contain("'x' is not known").And.Contain("shop.store.child[0]@3");
    }

    [Fact]
    public async Task A_mode_that_is_not_the_connectors_is_named()
    {
        using var kafka = new MockKafka();
        kafka.Write([.. Tables, Change(Child, 'c', 10, null, ChildRow(10, 1, "\"1.5000\""), 1, isTold: false)]);
        await using var sync = await CreateAsync(kafka);
        await sync.StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.Progress.Reason is not null), "refused", TestContext.Current.CancellationToken);
        sync.Context.Progress.Reason.Should().Contain("shop.store.child").And.Contain("Cdc:Kafka:DecimalHandling").And.Contain("price").And.Contain("1.5000");
    }

    private string? _bootstrap;

    [Fact]
    public async Task Columns_whose_NULL_the_converter_may_have_replaced_are_named_unless_it_does_not()
    {
        using var kafka = new MockKafka();
        kafka.Write([.. Tables]);
        await using var sync = await StartAsync(kafka);
        sync.Service.Kafka!.Warnings.Of("note").Should().ContainSingle().Which.Should().StartWith("kind: NULL comes as 'plain'").And.Contain("replace.null.with.default");

        await using var other = await StartAsync(kafka, options => options.ReplaceNullWithDefault = false);
        other.Service.Kafka!.Warnings.Of("note").Should().BeEmpty();
    }

    private async Task<TestSync> StartAsync(MockKafka kafka, Action<KafkaOptions>? adjust = null)
    {
        var sync = await CreateAsync(kafka, adjust);
        await sync.StartAsync();
        await sync.StreamingAsync();
        return sync;
    }

    private async Task<TestSync> CreateAsync(MockKafka kafka, Action<KafkaOptions>? adjust = null)
    {
        _bootstrap = kafka.Bootstrap;
        var target = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
        return await TestSync.FromTopicsAsync(target.ConnectionString, "store", TestSync.Subscribe("parent", "child", "note"), options =>
        {
            options.Kafka = new KafkaOptions { Bootstrap = _bootstrap, TopicPrefix = "shop", MetadataSeconds = 0.1, SettleMilliseconds = 400 };
            adjust?.Invoke(options.Kafka);
        });
    }

    private static Task<List<string>> RowsAsync(TestSync sync) => TestSync.RowsAsync(
        sync.Target, "SELECT id, name FROM parent UNION ALL SELECT id, CONCAT(parent_id, ' ', price) FROM child ORDER BY 1");

    private static Task UntilAsync(TestSync sync, string[] rows) => Eventually.TrueAsync(
        async () => (await RowsAsync(sync)).SequenceEqual(rows), string.Join(", ", rows), TestContext.Current.CancellationToken, TimeSpan.FromSeconds(30));
}
