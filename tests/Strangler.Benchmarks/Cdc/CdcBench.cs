using System.Globalization;
using Strangler.Benchmarks.Processes;
using Strangler.Benchmarks.Reporting;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Cdc;

/// <summary>
/// cdc-sync beside the server's own replica (applying), dump and load (first copy) and, where asked for, Debezium's pipeline, all over
/// one table and in one run.
/// </summary>
internal static class CdcBench
{
    private const string Ours = "cdc-sync";

    private static readonly Aim[] Aims =
    [
        new(ApplyCase.Small, "changes", "replica", 1),
        new(ApplyCase.Large, "changes", "replica", 1),
        new(CopyCase.Name, "rows", "mariadb-dump | mariadb", 1),
        new(ApplyCase.Large, "changes", DebeziumPipeline.Peer, 4),
        new(ApplyCase.Small, "changes", DebeziumPipeline.Peer, 4),
        new(TopicCase.Small, "changes", TopicCase.Sink, 2),
        new(TopicCase.Large, "changes", TopicCase.Sink, 2),
        new(TopicCase.Copy, "rows", TopicCase.Sink, 2),
        new(LatencyCase.Case(1000), "p50", null, 5),
        new(LatencyCase.Case(1000), "p99", null, 20),
    ];

    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        if (RequiredTools.Missing(("mariadbd", "mariadb-server"), ("mariadb-dump", "mariadb-client")) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 1;
        }

        if (options.Debezium && DebeziumPipeline.Missing is { } part)
        {
            await Console.Error.WriteLineAsync($"Debezium's pipeline needs {part}.");
            return 1;
        }

        var samples = new Samples("cdc");
        await MeasureAsync(options, samples, cancellationToken);
        var lines = samples.Lines(Ours).ToList();
        BenchPrinter.Print(lines, options.Json, Console.Out);
        if (!options.Json)
        {
            Console.Out.WriteLine();
            foreach (var aim in Aims)
            {
                Console.Out.WriteLine(aim.Row(lines));
            }
        }

        return 0;
    }

    private static async Task MeasureAsync(BenchOptions options, Samples samples, CancellationToken cancellationToken)
    {
        await TellAsync(string.Create(CultureInfo.InvariantCulture, $"filling the source with {options.Rows} rows"));
        await using var source = await MariaDbServer.StartAsync(cancellationToken, "--innodb-buffer-pool-size=512M", "--innodb-log-file-size=256M");
        var table = new EavTable(source, options.Rows);
        await table.FillAsync(cancellationToken);

        await TellAsync("first copies");
        await using (var copies = await Follower.ServerAsync(cancellationToken))
        {
            for (var round = 1; round <= options.Rounds; round++)
            {
                await CopyCase.RunAsync(table, source, copies, samples, round, cancellationToken);
            }
        }

        await TellAsync("starting the replica and cdc-sync");
        await using var replica = await Replica.StartAsync(source, cancellationToken);
        await using var ours = await CdcFollower.StartAsync(source, await Follower.ServerAsync(cancellationToken), "mirror", cancellationToken);
        await ours.CopiedAsync(TimeProvider.System, cancellationToken);
        samples.Add("memory after the first copy", "peak", "MB", false, Ours, ours.PeakMegabytes);
        await using var debezium = options.Debezium ? await StartDebeziumAsync(source, table, samples, cancellationToken) : null;
        Follower[] followers = debezium is null ? [replica, ours] : [replica, ours, debezium];
        for (var round = 1; round <= options.Rounds; round++)
        {
            await TellAsync(string.Create(CultureInfo.InvariantCulture, $"round {round} of {options.Rounds}"));
            // Each goes first in turn.
            Array.Reverse(followers);
            await ApplyCase.RunAsync(table, followers, samples, round, cancellationToken);
            await (debezium?.StartSourceAsync(isQuick: true, cancellationToken) ?? Task.CompletedTask);
            await LatencyCase.RunAsync(table, followers, options, samples, cancellationToken);
            if (debezium is not null)
            {
                await debezium.StartSourceAsync(isQuick: false, cancellationToken);
                await TopicCase.RunAsync(table, debezium, [replica, ours], samples, round, cancellationToken);
            }
        }

        samples.Add("memory in the end", "peak", "MB", false, Ours, ours.PeakMegabytes);
    }

    private static async Task<DebeziumPipeline> StartDebeziumAsync(MariaDbServer source, EavTable table, Samples samples, CancellationToken cancellationToken)
    {
        await TellAsync("Debezium's pipeline: snapshots and first copies from topics");
        var pipeline = await DebeziumPipeline.StartAsync(source, cancellationToken);
        try
        {
            await TopicCase.CopyAsync(table, pipeline, samples, cancellationToken);
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    private static Task TellAsync(string what) => Console.Error.WriteLineAsync(what);

    /// <summary>What is wanted: a ratio to a peer, or without one a number of milliseconds at most.</summary>
    private sealed record Aim(string Case, string Metric, string? Peer, double Value)
    {
        public string Row(List<BenchLine> lines)
        {
            var line = lines.FirstOrDefault(line => line.Case == Case && line.Metric == Metric);
            if (line is null || (Peer is not null && !line.Ratio.ContainsKey(Peer)))
            {
                return $"{Case}, {Metric}{(Peer is null ? "" : $" beside {Peer}")}: not measured";
            }

            var (found, sign, isMet) = Peer is null ? (line.Ours, "ms, at most", line.Ours <= Value) : (line.Ratio[Peer], "times, at least", line.Ratio[Peer] >= Value);
            return string.Create(CultureInfo.InvariantCulture,
                $"{(isMet ? "met   " : "MISSED")} {Case}, {Metric}{(Peer is null ? "" : $" beside {Peer}")}: {found:0.##} {sign} {Value:0.##} wanted");
        }
    }
}
