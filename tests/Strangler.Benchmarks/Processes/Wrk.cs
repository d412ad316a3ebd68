using System.Globalization;
using System.Text.RegularExpressions;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Processes;

/// <summary>What one run of the load generator measured.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
internal sealed record LoadResult(double PerSecond, double P50, double P99);

/// <summary>The load generator <c>wrk</c>.</summary>
internal static partial class Wrk
{
    /// <param name="url">What is asked.</param>
    /// <param name="connections">Kept open all the while.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="expectErrors">Answers other than 2xx and 3xx are what is wanted.</param>
    /// <param name="headers">Further request fields.</param>
    public static async Task<LoadResult> RunAsync(
        string url, int connections, int seconds, CancellationToken cancellationToken, bool expectErrors = false, params string[] headers)
    {
        string[] arguments =
        [
            "--threads", "1", "--connections", $"{connections}", "--duration", $"{seconds}s", "--latency", .. headers.SelectMany(header => (string[])["-H", header]), url,
        ];
        var output = await ProcessRunner.RunAsync("wrk", arguments, cancellationToken);
        if (!expectErrors && Errors().Match(output) is { Success: true } errors)
        {
            throw new InvalidOperationException($"{url} did not answer cleanly: {errors.Value.Trim()}");
        }

        return new LoadResult(Number(PerSecond().Match(output)), Milliseconds(Quantile50().Match(output)), Milliseconds(Quantile99().Match(output)));
    }

    private static double Number(Match match) => match.Success
        ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        : throw new FormatException("wrk's output is not understood.");

    private static double Milliseconds(Match match) => Number(match) * match.Groups[2].Value switch { "us" => 0.001, "ms" => 1, "s" => 1000, _ => 60_000 };

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"\b50%\s+([\d.]+)(us|ms|s|m)\b")]
    private static partial Regex Quantile50();

    [GeneratedRegex(@"\b99%\s+([\d.]+)(us|ms|s|m)\b")]
    private static partial Regex Quantile99();

    [GeneratedRegex(@"(Non-2xx.*|Socket errors: (?!connect 0, read 0, write 0).*)")]
    private static partial Regex Errors();
}
