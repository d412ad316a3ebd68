using CsCheck;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Debezium.Ordering;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>The order of messages does not hang on which partition is read first.</summary>
public sealed class ChangeOrderTests
{
    [Fact]
    public void At_one_place_a_key_is_left_before_it_is_taken()
    {
        // Rows of one event, each in a partition of its own, read in any order.
        Gen.Shuffle(Enumerable.Range(0, 7).ToArray()).Sample(arrival =>
        {
            var order = new ChangeOrder(new SourceGtids("server", null), TimeSpan.Zero, TimeProvider.System);
            var feeds = arrival.Select(number => order.Add("rows", number, TopicRole.Rows, null, default, isKnown: false)).ToArray();
            foreach (var number in arrival)
            {
                order.Accept(Record(number), feeds[number]);
            }

            var taken = new List<int>();
            while (order.Peek() is not null)
            {
                taken.Add(order.Take().Partition);
            }

            taken.Should().HaveCount(7);
            taken[0].Should().Be(0, "a definition changes before rows come");
            taken.Skip(1).Take(2).Should().BeEquivalentTo([1, 2], "these take the old keys away");
            taken[6].Should().Be(6, "a copied row comes last");
        });
    }

    private static ChangeRecord Record(int number) => new()
    {
        Kind = number == 0 ? RecordKind.SchemaChange : RecordKind.Row,
        Table = new TableName("store", "parent"),
        File = "mysql-bin.000001",
        Offset = 4,
        Operation = number is 1 or 2 ? 'd' : 'c',
        IsHalfOfKeyChange = number is 1 or 2,
        Snapshot = number == 6 ? "true" : null,
        Key = new[] { (byte)number },
        Payload = "{}"u8.ToArray(),
        Partition = number,
    };
}
