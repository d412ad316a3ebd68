using System.Globalization;
using System.Text.RegularExpressions;
using Strangler.Benchmarks.Reporting;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Cdc;

/// <summary>
/// Debezium's own pipeline (source connector, Kafka, JDBC sink) as its script in the shared data runs it: with servers, table and load of its
/// own, on the same machine right after.
/// </summary>
internal static partial class DebeziumCase
{
    public const string Name = "Debezium to target";

    public static async Task RunAsync(BenchOptions options, Samples samples, CancellationToken cancellationToken)
    {
        var script = Path.Combine(RepositoryPaths.Shared, "servers", "debezium-bench.py");
        if (!File.Exists(script))
        {
            await Console.Error.WriteLineAsync("Debezium's pipeline is left out: it needs ../shared/servers.");
            return;
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Debezium's pipeline, round {round} of {options.Rounds}"));
            var folder = Directory.CreateTempSubdirectory("strangler-debezium-").FullName;
            try
            {
                var output = await ProcessRunner.RunAsync("python3", [script, folder], cancellationToken);
                Read(output, samples);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Read(string output, Samples samples)
    {
        foreach (Match phase in Phases().Matches(output))
        {
            var @case = phase.Groups["name"].Value.StartsWith("bulk", StringComparison.Ordinal) ? ApplyCase.Large : ApplyCase.Small;
            samples.Add(@case, "changes", "1/s", true, "Debezium to Kafka", Number(phase.Groups["kafka"]));
            // The whole way: both halves are worked off one after the other there, side by side they take the longer one's time.
            samples.Add(@case, "changes", "1/s", true, Name, Math.Min(Number(phase.Groups["kafka"]), Number(phase.Groups["target"])));
        }

        if (Snapshot().Match(output) is { Success: true } snapshot)
        {
            samples.Add(CopyCase.Name, "rows", "1/s", true, "Debezium to Kafka", Number(snapshot.Groups["rate"]));
        }
    }

    private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<name>[a-z].*?): load .*?source->kafka .*?= (?<kafka>\d+)/s; kafka->target .*?= (?<target>\d+)/s", RegexOptions.Multiline)]
    private static partial Regex Phases();

    [GeneratedRegex(@"^snapshot: (?<rate>\d+)/s", RegexOptions.Multiline)]
    private static partial Regex Snapshot();
}
