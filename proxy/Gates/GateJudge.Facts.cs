using System.Globalization;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Gates;

// What is compared, verified or told by cdc-sync.
internal static partial class GateJudge
{
    private const int NamedGroups = 3;
    private const int NamedTargets = 5;
    private const double RelativeShare = 0.2;
    private const double UsualDropped = 0.1;
    private const double LongestWindow = 7 * 24 * 3600;

    private static Measured Parity(GateConfig gate, EvidenceWindow window, ParityEvidence? parity)
    {
        var (compared, different) = (window.Both(EvidenceMetric.Compared), window.Both(EvidenceMetric.Different));
        var same = compared - different;
        var detail = Text($"{same} of {compared} answers are the same") + (different > 0 ? Named(parity) : "");
        return AtLeast(gate, Statistics.Proportion(same, compared), Statistics.Proportion(same, compared, Statistics.Bad), compared, byBound: true, detail);
    }

    // What is dropped is not dropped by lot: the busiest hour, the slowest answers. Too much of it, and what is left proves nothing; what it refutes stays refuted.
    private static Measured WithoutBias(GateConfig gate, EvidenceWindow window, Measured measured)
    {
        var (compared, dropped) = (window.Both(EvidenceMetric.Compared), window.Both(EvidenceMetric.ShadowDropped));
        var most = gate.MaximumDropped ?? UsualDropped;
        return measured.Verdict == GateVerdict.Pass && dropped > most * (compared + dropped)
            ? measured with
            {
                Verdict = GateVerdict.Inconclusive,
                Detail = Text($"{measured.Detail}; but {dropped} of {compared + dropped} copies were dropped, more than {most * 100:0.#} %: give the service more room, or lower shadow.sampleRate"),
            }
            : measured;
    }

    // A field that differs far more often than it differs from itself is wrong, however right the others are.
    private static Measured ParityField(GateConfig gate, GateInput input, double seconds)
    {
        if (input.Parity is not { Compared: > 0 } parity || gate.Max is not { } max)
        {
            return Measured.Unknown("no answers are compared yet");
        }

        var (worst, isFailure) = (default((ParityEvidenceGroup Group, long Compared, double Excess)?), false);
        var lately = input.History.Last(seconds).Both(EvidenceMetric.Compared);
        var lateSince = input.Now.AddSeconds(-Math.Min(seconds, LongestWindow));
        foreach (var group in parity.Groups.Where(group => !group.IsNoise))
        {
            // What came up only now is not to be hidden behind months without it.
            var compared = group.FirstSeen >= lateSince && lately >= Math.Max(gate.MinimumSamples, group.Count) ? Math.Min(lately, parity.Compared) : parity.Compared;
            var (share, noise) = ((double)group.Count / compared, parity.NoiseCompared > 0 ? (double)group.NoiseCount / parity.NoiseCompared : 0);
            if (share <= noise || (share - noise) / (share + noise) <= RelativeShare)
            {
                continue;
            }

            worst = worst is { } known && known.Excess >= share - noise ? worst : (group, compared, share - noise);
            isFailure |= compared >= Math.Min(FewestToFail, gate.MinimumSamples)
                && Statistics.Proportion(group.Count, compared, Statistics.Bad) is { } strict && strict.Lower - noise > max;
        }

        var value = worst?.Excess ?? 0;
        var verdict = isFailure ? GateVerdict.Fail
            : parity.Compared >= gate.MinimumSamples && value <= max ? GateVerdict.Pass
            : GateVerdict.Inconclusive;
        var detail = worst is { } found ? Text($"{Describe(found.Group)} in {found.Group.Count} of {found.Compared}") + Targets([found.Group])
            : Text($"no field differs in {parity.Compared} comparisons");
        return new Measured(verdict, value, null, null, parity.Compared, Explain(gate, verdict, parity.Compared, detail));
    }

    private static Measured Lag(GateConfig gate, GateInput input) => input.LagMilliseconds is { } lag && gate.Max is { } max
        ? new Measured(lag <= max ? GateVerdict.Pass : GateVerdict.Fail, lag, null, null, 1, Text($"the service's data are at most {lag:0} ms old"))
        : Measured.Unknown(input.PositionsFault ?? "the age of the service's data is unknown");

    private static Measured DataDifferences(GateConfig gate, GateInput input)
    {
        if (Tables(input, out var tables) is { } fault)
        {
            return Measured.Unknown(fault);
        }

        var differences = tables.Sum(table => table.Facts.Differences);
        var verified = tables.Where(table => table.Facts.VerifiedAt is not null && table.Facts.State is "equal" or "repaired" or "different").ToList();
        var at = verified.Count == tables.Count ? verified.Min(table => table.Facts.VerifiedAt) : null;
        var isStale = at is { } moment && gate.MaximumAgeHours is { } hours && (input.Now - moment).TotalHours > hours;
        var (verdict, detail) = differences > (gate.Max ?? 0)
            ? (GateVerdict.Fail, Text($"{differences} rows differ: {Names(tables.Where(table => table.Facts.Differences > 0))}"))
            : at is null
                ? (GateVerdict.Inconclusive, $"not verified: {Names(tables.Except(verified))}")
                : isStale
                    ? (GateVerdict.Inconclusive, Text($"{tables.Count} tables were equal {(input.Now - at.Value).TotalHours:0.#} hours ago; older than {gate.MaximumAgeHours} hours says nothing"))
                    : (GateVerdict.Pass, Text($"{tables.Count} tables are equal"));
        return new Measured(verdict, differences, null, null, verified.Count, detail) { At = at, Stale = isStale };
    }

    private static Measured DeadLetters(GateConfig gate, GateInput input)
    {
        if (Tables(input, out var tables) is { } fault)
        {
            return Measured.Unknown(fault);
        }

        var held = tables.Sum(table => table.Facts.DeadLetters);
        return new Measured(held > (gate.Max ?? 0) ? GateVerdict.Fail : GateVerdict.Pass, held, null, null, tables.Count,
            held == 0 ? "no row is held back" : Text($"{held} rows are held back: {Names(tables.Where(table => table.Facts.DeadLetters > 0))}"));
    }

    private static Measured Retention(GateConfig gate, GateInput input) => input.Service?.Retention switch
    {
        { HoursLeft: { } hours } => new Measured(hours >= gate.Min ? GateVerdict.Pass : GateVerdict.Fail, hours, null, null, 1,
            Text($"the source keeps what is needed for {hours:0.#} hours more")),
        { IsUnlimited: true } => new Measured(GateVerdict.Pass, null, null, null, 1, "the source removes nothing of its log"),
        _ => Measured.Unknown(input.PositionsFault ?? "how long the source keeps its log is unknown"),
    };

    private static Measured Rehearsal(GateConfig gate, GateInput input)
    {
        if (input.Rehearsal is not { } rehearsal)
        {
            return Measured.Unknown("never rehearsed");
        }

        var age = (input.Now - rehearsal.At).TotalHours;
        var isStale = gate.MaximumAgeHours is { } hours && age > hours;
        return new Measured(!rehearsal.Passed ? GateVerdict.Fail : isStale ? GateVerdict.Inconclusive : GateVerdict.Pass, age, null, null, 1,
            Text($"{rehearsal.Detail}, {age:0.#} hours ago"))
        { At = rehearsal.At, Stale = isStale };
    }

    private static string? Tables(GateInput input, out List<(string Name, TableFacts Facts)> tables)
    {
        tables = [];
        if (input.Service is not { } service)
        {
            return input.PositionsFault ?? $"cdc-sync knows no service '{input.Slice.Service}'";
        }

        var missing = input.Slice.Tables.Where(table => !service.Tables.ContainsKey(table)).ToList();
        tables = [.. input.Slice.Tables.Where(service.Tables.ContainsKey).Select(table => (table, service.Tables[table]))];
        return missing.Count > 0 ? $"not mirrored: {string.Join(", ", missing.Take(NamedTargets))}" : tables.Count == 0 ? "the slice names no tables" : null;
    }

    private static string Names(IEnumerable<(string Name, TableFacts Facts)> tables)
    {
        var names = tables.Select(table => table.Name).ToList();
        return string.Join(", ", names.Take(NamedTargets)) + (names.Count > NamedTargets ? Text($" and {names.Count - NamedTargets} more") : "");
    }

    private static string Named(ParityEvidence? parity)
    {
        var groups = parity?.Groups.Where(group => !group.IsNoise).Take(NamedGroups).ToList() ?? [];
        return groups.Count == 0 ? "" : $"; {string.Join(", ", groups.Select(Describe))}{Targets(groups)}";
    }

    private static string Describe(ParityEvidenceGroup group) => $"{group.Path} ({group.Kind})";

    private static string Targets(IReadOnlyList<ParityEvidenceGroup> groups)
    {
        var targets = groups.SelectMany(group => group.Samples).Select(sample => sample.Target).Distinct(StringComparer.Ordinal).Take(NamedTargets).ToList();
        return targets.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", at {string.Join(", ", targets)}");
    }
}
