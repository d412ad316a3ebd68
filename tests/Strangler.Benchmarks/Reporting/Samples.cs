namespace Strangler.Benchmarks.Reporting;

/// <summary>Numbers by case, metric and participant, gathered over interleaved runs; medians come out.</summary>
internal sealed class Samples(string bench)
{
    private readonly Dictionary<(string Case, string Metric, string Unit, bool MoreIsBetter), Dictionary<string, List<double>>> _values = [];

    public void Add(string @case, string metric, string unit, bool moreIsBetter, string participant, double value)
    {
        var key = (@case, metric, unit, moreIsBetter);
        if (!_values.TryGetValue(key, out var byParticipant))
        {
            _values.Add(key, byParticipant = new Dictionary<string, List<double>>(StringComparer.Ordinal));
        }

        if (!byParticipant.TryGetValue(participant, out var values))
        {
            byParticipant.Add(participant, values = []);
        }

        values.Add(value);
    }

    /// <param name="ours">The participant that is ours; all others are its peers.</param>
    public IEnumerable<BenchLine> Lines(string ours)
    {
        foreach (var ((@case, metric, unit, moreIsBetter), values) in _values)
        {
            var own = Median(values[ours]);
            var peers = values.Where(pair => pair.Key != ours).ToDictionary(pair => pair.Key, pair => Median(pair.Value), StringComparer.Ordinal);
            var ratios = peers.ToDictionary(
                pair => pair.Key, pair => Math.Round(moreIsBetter ? own / pair.Value : pair.Value / own, 3), StringComparer.Ordinal);
            yield return new BenchLine(bench, @case, metric, unit, own, peers, ratios, values[ours].Count);
        }
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return Math.Round(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, 3);
    }
}
