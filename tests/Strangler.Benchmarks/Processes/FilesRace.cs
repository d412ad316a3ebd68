using Strangler.Benchmarks.Reporting;

namespace Strangler.Benchmarks.Processes;

/// <summary>A server that is asked in turn with others.</summary>
/// <param name="Name">For people.</param>
/// <param name="Port">Where it listens on loopback.</param>
/// <param name="Process">Whose processor time is told; null: nobody's.</param>
internal sealed record Participant(string Name, int Port, ServerProcess? Process = null);

/// <summary>
/// Requests a second and latency of the same two files out of several servers, one after the other in every round, so that a noisy machine is noisy for all.
/// </summary>
internal static class FilesRace
{
    public const string Ours = "facade";
    private const int Connections = 32;
    private const int WarmUpSeconds = 3;
    private static readonly (string Name, int Bytes)[] Files = [("1 KB", 1024), ("40 KB", 40 * 1024)];

    /// <summary>Makes the files below <c>www</c> of a folder.</summary>
    public static void WriteFiles(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "www"));
        foreach (var (_, bytes) in Files)
        {
            File.WriteAllText(Path.Combine(folder, "www", $"{bytes}.html"), new string('x', bytes));
        }
    }

    public static async Task RunAsync(string bench, IReadOnlyList<Participant> participants, BenchOptions options, CancellationToken cancellationToken)
    {
        foreach (var participant in participants)
        {
            await Console.Error.WriteLineAsync($"warming up {participant.Name}");
            foreach (var (_, bytes) in Files)
            {
                await Wrk.RunAsync(Url(participant.Port, bytes), Connections, WarmUpSeconds, cancellationToken);
            }
        }

        var samples = new Samples(bench);
        for (var round = 1; round <= options.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"round {round} of {options.Rounds}");
            foreach (var (name, bytes) in Files)
            {
                foreach (var participant in participants)
                {
                    await MeasureAsync(samples, name, bytes, participant, options.Seconds, cancellationToken);
                }
            }
        }

        BenchPrinter.Print(samples.Lines(Ours), options.Json, Console.Out);
    }

    private static async Task MeasureAsync(Samples samples, string name, int bytes, Participant participant, int seconds, CancellationToken cancellationToken)
    {
        var before = participant.Process?.ProcessorTime;
        var result = await Wrk.RunAsync(Url(participant.Port, bytes), Connections, seconds, cancellationToken);
        samples.Add(name, "requests", "1/s", true, participant.Name, result.PerSecond);
        if (before is { } spent)
        {
            samples.Add(name, "processor", "us/request", false, participant.Name, (participant.Process!.ProcessorTime - spent).TotalMicroseconds / (result.PerSecond * seconds));
        }

        samples.Add(name, "p50", "ms", false, participant.Name, result.P50);
        samples.Add(name, "p99", "ms", false, participant.Name, result.P99);
    }

    private static string Url(int port, int bytes) => $"http://127.0.0.1:{port}/{bytes}.html";
}
