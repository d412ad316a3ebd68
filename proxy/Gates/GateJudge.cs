using System.Globalization;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Gates;

/// <summary>
/// One gate and the evidence: pass, fail or inconclusive. Pure, so that it can be tested as a table. It passes on enough samples, fails only beyond
/// chance (then on few samples too: ten of ten wrong need no hundred), and holds in between and whenever anything is missing.
/// </summary>
internal static partial class GateJudge
{
    private const int FewestToFail = 10;

    /// <param name="applied">The gate.</param>
    /// <param name="input">What is known.</param>
    /// <param name="sinceMoved">Judge only what was counted since the slice stands where it stands, whatever the metric.</param>
    public static GateResult Judge(AppliedGate applied, GateInput input, bool sinceMoved)
    {
        var gate = applied.Config;
        var seconds = (double)gate.WindowSeconds;
        if (sinceMoved || GateMetrics.IsOfTheStep(gate.Metric))
        {
            seconds = Math.Min(seconds, input.StoodSeconds);
        }

        if (gate.Metric is GateMetrics.Parity or GateMetrics.ParityField && input.Parity is { } parity)
        {
            seconds = Math.Min(seconds, Math.Max(0, (input.Now - parity.Since).TotalSeconds + 1));
        }

        var measured = Measure(gate, input, seconds);
        if (gate.Metric is GateMetrics.Parity or GateMetrics.ParityField)
        {
            measured = WithoutBias(gate, input.History.Last(seconds), measured);
        }

        return new GateResult(
            gate.Metric, measured.Verdict, Finite(measured.Value), Finite(measured.Lower), Finite(measured.Upper), gate.Max, gate.Min, measured.Samples,
            gate.MinimumSamples, gate.WindowSeconds, measured.At, measured.Stale, gate.Required, applied.Declared, measured.Detail);
    }

    private static Measured Measure(GateConfig gate, GateInput input, double seconds)
    {
        switch (gate.Metric)
        {
            case GateMetrics.Lag:
                return Lag(gate, input);
            case GateMetrics.DataDifferences:
                return DataDifferences(gate, input);
            case GateMetrics.DeadLetters:
                return DeadLetters(gate, input);
            case GateMetrics.Retention:
                return Retention(gate, input);
            case GateMetrics.Rehearsal:
                return Rehearsal(gate, input);
            case GateMetrics.ParityField:
                return ParityField(gate, input, seconds);
        }

        var window = input.History.Last(seconds);
        return gate.Metric switch
        {
            GateMetrics.ErrorRate => ErrorRate(gate, window),
            GateMetrics.ErrorRateDelta => ErrorRateDelta(gate, window),
            GateMetrics.FallbackRate => FallbackRate(gate, window),
            GateMetrics.LatencyP95 => Latency(gate, window, 0.95),
            GateMetrics.LatencyP99 => Latency(gate, window, 0.99),
            GateMetrics.LatencyP95Ratio => LatencyRatio(gate, window, 0.95),
            GateMetrics.LatencyP99Ratio => LatencyRatio(gate, window, 0.99),
            GateMetrics.Parity => Parity(gate, window, input.Parity),
            GateMetrics.Orders => Rate(gate, window, EvidenceMetric.Orders, "orders"),
            GateMetrics.CartAdds => Rate(gate, window, EvidenceMetric.CartAdds, "additions to carts"),
            GateMetrics.Logins => Rate(gate, window, EvidenceMetric.Logins, "logins"),
            _ => Measured.Unknown($"'{gate.Metric}' is not measured by this version"),
        };
    }

    // What the service failed was answered by Magento, but it was the service's to answer.
    private static (long Failed, long Total) Service(EvidenceWindow window)
    {
        var side = window.Extracted;
        var fallbacks = side[EvidenceMetric.Fallbacks];
        return (side[EvidenceMetric.Errors] + fallbacks, side[EvidenceMetric.Requests] + fallbacks);
    }

    private static Measured ErrorRate(GateConfig gate, EvidenceWindow window)
    {
        var (failed, total) = Service(window);
        return AtMost(gate, Statistics.Proportion(failed, total), Statistics.Proportion(failed, total, Statistics.Bad), total,
            Text($"{failed} of {total} answers of the service failed") + Failures(window));
    }

    private static Measured FallbackRate(GateConfig gate, EvidenceWindow window)
    {
        var (fallbacks, total) = (window.Extracted[EvidenceMetric.Fallbacks], Service(window).Total);
        return AtMost(gate, Statistics.Proportion(fallbacks, total), Statistics.Proportion(fallbacks, total, Statistics.Bad), total,
            Text($"{fallbacks} of {total} requests were answered by Magento because the service failed") + Failures(window));
    }

    private static Measured ErrorRateDelta(GateConfig gate, EvidenceWindow window)
    {
        var (failed, total) = Service(window);
        var (other, otherTotal) = (window.Magento[EvidenceMetric.Errors], window.Magento[EvidenceMetric.Requests]);
        return AtMost(gate, Statistics.Difference(failed, total, other, otherTotal), Statistics.Difference(failed, total, other, otherTotal, Statistics.Bad),
            Math.Min(total, otherTotal), Text($"{failed} of {total} answers of the service failed, {other} of {otherTotal} of Magento's at the same time") + Failures(window));
    }

    private static string Failures(EvidenceWindow window) =>
        window.Extracted.Failures.Count == 0 ? "" : $", at {string.Join(", ", window.Extracted.Failures.Take(NamedTargets))}";

    private static Measured Latency(GateConfig gate, EvidenceWindow window, double share)
    {
        var latencies = window.Extracted.Latencies;
        var value = Statistics.Quantile(latencies, share);
        return AtMost(gate, value, Statistics.Quantile(latencies, share, Statistics.Bad), LatencyHistogram.Total(latencies),
            Text($"p{share * 100:0} of the service is {value?.Value:0.#} ms"));
    }

    private static Measured LatencyRatio(GateConfig gate, EvidenceWindow window, double share)
    {
        var (service, magento) = (window.Extracted.Latencies, window.Magento.Latencies);
        var samples = Math.Min(LatencyHistogram.Total(service), LatencyHistogram.Total(magento));
        // By its bound: the last hundredth of a few hundred answers is a matter of luck, and who is asked several times a second is lucky in the end.
        return AtMost(gate, Ratio(Statistics.Good), Ratio(Statistics.Bad), samples, Text(
            $"p{share * 100:0} of the service is {Statistics.Quantile(service, share)?.Value:0.##} ms, of Magento {Statistics.Quantile(magento, share)?.Value:0.##} ms at the same time"), byBound: true);

        Estimate? Ratio(double z) => Statistics.Quantile(service, share, z) is { } ours && Statistics.Quantile(magento, share, z) is { Lower: > 0 } theirs
            ? new Estimate(ours.Value / theirs.Value, ours.Lower / theirs.Upper, ours.Upper / theirs.Lower)
            : null;
    }

    // A visitor's orders are measured against the requests of the visitors of the same side.
    private static Measured Rate(GateConfig gate, EvidenceWindow window, EvidenceMetric metric, string what)
    {
        var (events, exposure) = (window.Extracted[metric], window.Extracted[EvidenceMetric.CohortRequests]);
        var (otherEvents, otherExposure) = (window.Magento[metric], window.Magento[EvidenceMetric.CohortRequests]);
        return AtLeast(gate, Statistics.RateRatio(events, exposure, otherEvents, otherExposure),
            Statistics.RateRatio(events, exposure, otherEvents, otherExposure, Statistics.Bad), events + otherEvents, byBound: false,
            Text($"{events} {what} to {exposure} requests of the service's visitors, {otherEvents} to {otherExposure} of Magento's"));
    }

    private static Measured AtMost(GateConfig gate, Estimate? value, Estimate? forFailure, long samples, string detail, bool byBound = false)
    {
        if (value is not { } known || forFailure is not { } strict || double.IsNaN(known.Value) || gate.Max is not { } max)
        {
            return Measured.Unknown("no samples yet", samples);
        }

        var verdict = strict.Lower > max && samples >= Math.Min(FewestToFail, gate.MinimumSamples) ? GateVerdict.Fail
            : samples >= gate.MinimumSamples && (byBound ? known.Upper : known.Value) <= max ? GateVerdict.Pass
            : GateVerdict.Inconclusive;
        return new Measured(verdict, known.Value, known.Lower, known.Upper, samples, Explain(gate, verdict, samples, detail));
    }

    /// <param name="gate">The gate.</param>
    /// <param name="value">The value.</param>
    /// <param name="forFailure">The same with the bounds that a failure needs.</param>
    /// <param name="samples">What it rests on.</param>
    /// <param name="byBound">Whether the bound must reach the minimum, not the value alone.</param>
    /// <param name="detail">For people.</param>
    private static Measured AtLeast(GateConfig gate, Estimate? value, Estimate? forFailure, long samples, bool byBound, string detail)
    {
        if (value is not { } known || forFailure is not { } strict || double.IsNaN(known.Value) || gate.Min is not { } min)
        {
            return Measured.Unknown("no samples yet", samples);
        }

        var verdict = strict.Upper < min && samples >= Math.Min(FewestToFail, gate.MinimumSamples) ? GateVerdict.Fail
            : samples >= gate.MinimumSamples && (byBound ? known.Lower : known.Value) >= min ? GateVerdict.Pass
            : GateVerdict.Inconclusive;
        return new Measured(verdict, known.Value, known.Lower, known.Upper, samples, Explain(gate, verdict, samples, detail));
    }

    private static string Explain(GateConfig gate, GateVerdict verdict, long samples, string detail) => verdict switch
    {
        GateVerdict.Inconclusive when samples < gate.MinimumSamples => Text($"{detail}; too few of {gate.MinimumSamples} samples"),
        GateVerdict.Inconclusive => $"{detail}; too close to tell",
        _ => detail,
    };

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What was found, before it is put beside the gate's own numbers.</summary>
    private readonly record struct Measured(GateVerdict Verdict, double? Value, double? Lower, double? Upper, long Samples, string Detail)
    {
        public DateTimeOffset? At { get; init; }

        public bool Stale { get; init; }

        public static Measured Unknown(string why, long samples = 0) => new(GateVerdict.Inconclusive, null, null, null, samples, why);
    }
}
