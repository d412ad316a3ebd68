using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strangler.Benchmarks.Reporting;

/// <summary>One measured number with its peers from the same run; with <c>--json</c> one such object is one line.</summary>
/// <param name="Bench">The bench's name.</param>
/// <param name="Case">What was measured.</param>
/// <param name="Metric">Of what kind: <c>requests</c>, <c>p50</c>, <c>p99</c>, …</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Ours">Median over the runs.</param>
/// <param name="Peers">Median of each peer over the same runs.</param>
/// <param name="Ratio">How good ours is beside each peer: above 1 is better, whether more or less of the unit is good.</param>
/// <param name="Runs">How many interleaved runs.</param>
internal sealed record BenchLine(
    string Bench, string Case, string Metric, string Unit, double Ours, IReadOnlyDictionary<string, double> Peers,
    IReadOnlyDictionary<string, double> Ratio, int Runs)
{
    public string ToJson() => JsonSerializer.Serialize(this, BenchJson.Default.BenchLine);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BenchLine))]
internal sealed partial class BenchJson : JsonSerializerContext;
