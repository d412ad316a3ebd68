using Strangler.Benchmarks.Reporting;

namespace Strangler.Benchmarks.Cdc;

/// <summary>The same topics worked off by Debezium's JDBC sink and by cdc-sync, each into a server of its own.</summary>
internal static class TopicCase
{
    public const string Sink = "JDBC sink";
    public const string Copy = "first copy from topics";

    private const string Connector = "Debezium to Kafka";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    public static string Small { get; } = Case(ApplyCase.Small);

    public static string Large { get; } = Case(ApplyCase.Large);

    /// <summary>The connector's snapshot, from its first row on, and what either side makes of it. cdc-sync is held at the end.</summary>
    public static async Task CopyAsync(EavTable table, DebeziumPipeline pipeline, Samples samples, CancellationToken cancellationToken)
    {
        await pipeline.StartSourceAsync(isQuick: false, cancellationToken);
        await pipeline.WrittenAsync(1, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        await pipeline.WrittenAsync(table.Rows + 1, cancellationToken);
        samples.Add(CopyCase.Name, "rows", "1/s", true, Connector, Rate(table.Rows, started));

        await pipeline.StartSinkAsync(cancellationToken);
        await using var connection = await EavTable.OpenAsync(pipeline.ConnectionString, cancellationToken);
        // The row with the highest key comes last.
        await UntilAsync(async () => await EavTable.HasAsync(connection, 1, cancellationToken), cancellationToken);
        started = TimeProvider.System.GetTimestamp();
        await UntilAsync(async () => await EavTable.HasAsync(connection, table.Rows + 1, cancellationToken), cancellationToken);
        samples.Add(Copy, "rows", "1/s", true, Sink, Rate(table.Rows, started));

        var ours = await pipeline.FollowTopicsAsync(cancellationToken);
        samples.Add(Copy, "rows", "1/s", true, ours.Name, table.Rows / await ours.CopiedAsync(TimeProvider.System, cancellationToken));
        samples.Add("memory, first copy of topics", "peak", "MB", false, ours.Name, ours.PeakMegabytes);
        await ours.HoldAsync(cancellationToken);
    }

    /// <summary>One backlog in the topics after the other, worked off by either side. cdc-sync on the topics is held before and after.</summary>
    /// <param name="table">What is written to.</param>
    /// <param name="pipeline">Debezium's, with cdc-sync beside its sink.</param>
    /// <param name="others">Who else follows, and is held meanwhile.</param>
    /// <param name="samples">Takes the rates.</param>
    /// <param name="round">The number of the round; who goes first changes with it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(
        EavTable table, DebeziumPipeline pipeline, IReadOnlyList<Follower> others, Samples samples, int round, CancellationToken cancellationToken)
    {
        var ours = pipeline.Topics!;
        (string Name, string ConnectionString, Func<CancellationToken, Task> GoOn)[] takers =
        [
            (Sink, pipeline.ConnectionString, pipeline.GoOnSinkAsync), (ours.Name, ours.ConnectionString, ours.GoOnAsync),
        ];
        if (round % 2 == 0)
        {
            Array.Reverse(takers);
        }

        foreach (var other in others)
        {
            await other.HoldAsync(cancellationToken);
        }

        await ours.GoOnAsync(cancellationToken);
        foreach (var (load, changes, write) in ApplyCase.Loads(table, round + 1000, cancellationToken))
        {
            await CaughtUpAsync(table, takers.Select(taker => taker.ConnectionString), cancellationToken);
            await pipeline.HoldSinkAsync(cancellationToken);
            await ours.HoldAsync(cancellationToken);
            var before = pipeline.Written;
            await write();
            var marker = await table.MarkAsync(cancellationToken);
            await pipeline.WrittenAsync(before + changes + 1, cancellationToken);
            foreach (var (name, connectionString, goOn) in takers)
            {
                await using var connection = await EavTable.OpenAsync(connectionString, cancellationToken);
                var started = TimeProvider.System.GetTimestamp();
                await goOn(cancellationToken);
                await ApplyCase.ReachedAsync(connection, marker, cancellationToken);
                samples.Add(Case(load), "changes", "1/s", true, name, Rate(changes, started));
            }
        }

        await ours.HoldAsync(cancellationToken);
        foreach (var other in others)
        {
            await other.GoOnAsync(cancellationToken);
        }

        await CaughtUpAsync(table, others.Select(other => other.ConnectionString), cancellationToken);
    }

    private static string Case(string load) => $"{load} from topics";

    private static async Task CaughtUpAsync(EavTable table, IEnumerable<string> connectionStrings, CancellationToken cancellationToken)
    {
        var marker = await table.MarkAsync(cancellationToken);
        foreach (var connectionString in connectionStrings)
        {
            await using var connection = await EavTable.OpenAsync(connectionString, cancellationToken);
            await ApplyCase.ReachedAsync(connection, marker, cancellationToken);
        }
    }

    private static double Rate(int rows, long started) => rows / TimeProvider.System.GetElapsedTime(started).TotalSeconds;

    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition())
        {
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }
}
