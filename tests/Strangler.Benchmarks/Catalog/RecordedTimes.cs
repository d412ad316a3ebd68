using System.Globalization;
using System.Text.RegularExpressions;

namespace Strangler.Benchmarks.Catalog;

/// <summary>What a call took on the recorded Magento.</summary>
/// <param name="Median">Milliseconds.</param>
/// <param name="P95">Milliseconds.</param>
internal sealed record RecordedTime(double Median, double P95);

/// <summary>Reads the measured times out of the table that came with the recordings.</summary>
internal static partial class RecordedTimes
{
    /// <summary>By the name of the call in the table's first column.</summary>
    public static IReadOnlyDictionary<string, RecordedTime> Read(string factsFile) => File.ReadLines(factsFile)
        .Select(line => Row().Match(line))
        .Where(match => match.Success)
        .GroupBy(match => match.Groups["call"].Value.Trim(), StringComparer.Ordinal)
        .ToDictionary(
            rows => rows.Key,
            rows => new RecordedTime(Number(rows.First().Groups["median"]), Number(rows.First().Groups["p95"])),
            StringComparer.Ordinal);

    private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\|(?<call>[^|]+)\|\s*(?<median>[\d.]+)\s*\|\s*(?<p95>[\d.]+)\s*\|\s*[\d.]+\s*\|\s*\d{3}\s*\|$")]
    private static partial Regex Row();
}
