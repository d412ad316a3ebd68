namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>
/// Whatever the order in which messages of several partitions are written and read, changes are handed on in the order of the source's log, each
/// once, and transactions that are told as a whole.
/// </summary>
public sealed class RandomOrderTests
{
    private const int Stories = 150;

    [Theory]
    [InlineData(TransactionNames.MariaDb)]
    [InlineData(TransactionNames.MySql)]
    [InlineData(TransactionNames.Places)]
    public async Task Told_transactions_are_handed_on_whole_and_in_order(TransactionNames names)
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var random = new Random(seed);
            var story = new SimulatedStory(random, names, isTold: true, isUnwrapped: false, transactions: 60);
            using var cluster = new SimulatedCluster(random, story.Messages, story.PartitionsOf, names, areTopicsLate: seed % 3 == 1);
            await cluster.RunAsync(restarts: seed % 3 == 2 ? 0.01 : 0);

            ShouldBe(cluster, story, seed);
            var ends = new HashSet<int>(story.Expected.Select(changes => changes[^1]));
            cluster.Taken.Where(taken => taken.Count > 0).Select(taken => taken.Last()).Should().BeSubsetOf(ends, "no transaction is torn, in story {0}", seed);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Untold_changes_are_handed_on_in_order(bool isTold, bool isUnwrapped)
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var random = new Random(seed);
            var story = new SimulatedStory(random, TransactionNames.MariaDb, isTold, isUnwrapped, transactions: 60);
            story.PartitionsOf.Remove(SimulatedStory.Transactions, out var count);
            if (isTold)
            {
                story.PartitionsOf[SimulatedStory.Transactions] = count;
            }

            using var cluster = new SimulatedCluster(random, story.Messages, story.PartitionsOf, TransactionNames.MariaDb, areTopicsLate: false);
            await cluster.RunAsync(restarts: seed % 3 == 2 ? 0.01 : 0);
            ShouldBe(cluster, story, seed);
        }
    }

    [Theory]
    [InlineData(TransactionNames.MariaDb)]
    [InlineData(TransactionNames.Places)]
    public async Task What_a_killed_connector_says_again_is_handed_on_once(TransactionNames names)
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var random = new Random(seed);
            var story = new SimulatedStory(random, names, isTold: true, isUnwrapped: false, transactions: 60);
            var (from, to) = (random.Next(story.Messages.Count / 2), random.Next(story.Messages.Count / 2, story.Messages.Count));
            var messages = story.Messages.Take(to).Concat(story.Messages.Skip(from));
            using var cluster = new SimulatedCluster(random, messages, story.PartitionsOf, names, areTopicsLate: false);
            await cluster.RunAsync(restarts: 0);
            ShouldBe(cluster, story, seed);
        }
    }

    private static void ShouldBe(SimulatedCluster cluster, SimulatedStory story, int seed) =>
        cluster.Taken.SelectMany(taken => taken).Should().Equal(story.Expected.SelectMany(changes => changes), "that is the source's order, in story {0}", seed);
}
