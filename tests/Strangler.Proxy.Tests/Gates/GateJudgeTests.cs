using Strangler.Proxy.Evidence;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Gates;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Tests.Gates;

public sealed class GateJudgeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1000, 0, GateVerdict.Pass)]
    [InlineData(1000, 10, GateVerdict.Pass)]
    [InlineData(1000, 12, GateVerdict.Inconclusive)] // above, but not beyond chance
    [InlineData(1000, 40, GateVerdict.Fail)]
    [InlineData(99, 0, GateVerdict.Inconclusive)] // too few
    [InlineData(3, 3, GateVerdict.Inconclusive)] // three of three prove nothing
    [InlineData(10, 10, GateVerdict.Fail)] // ten of ten do
    [InlineData(0, 0, GateVerdict.Inconclusive)]
    public void ErrorRate(long requests, long errors, GateVerdict expected) =>
        Judge(new GateConfig(GateMetrics.ErrorRate, Max: 0.01), Counts((Side.Extracted, EvidenceMetric.Requests, requests), (Side.Extracted, EvidenceMetric.Errors, errors)))
            .Verdict.Should().Be(expected);

    [Fact]
    public void ErrorRate_CountsWhatMagentoHadToAnswer() =>
        Judge(new GateConfig(GateMetrics.ErrorRate, Max: 0.01), Counts((Side.Extracted, EvidenceMetric.Requests, 100), (Side.Extracted, EvidenceMetric.Fallbacks, 100)))
            .Value.Should().Be(0.5);

    [Fact]
    public void ErrorRateDelta_BothSidesAsBad_Passes_OneWorse_Fails()
    {
        var gate = new GateConfig(GateMetrics.ErrorRateDelta, Max: 0.001);
        var bad = Counts(
            (Side.Extracted, EvidenceMetric.Requests, 1000), (Side.Extracted, EvidenceMetric.Errors, 50),
            (Side.Magento, EvidenceMetric.Requests, 1000), (Side.Magento, EvidenceMetric.Errors, 50));
        var worse = Counts(
            (Side.Extracted, EvidenceMetric.Requests, 1000), (Side.Extracted, EvidenceMetric.Errors, 50),
            (Side.Magento, EvidenceMetric.Requests, 1000), (Side.Magento, EvidenceMetric.Errors, 5));

        Judge(gate, bad).Verdict.Should().Be(GateVerdict.Pass);
        Judge(gate, worse).Verdict.Should().Be(GateVerdict.Fail);
    }

    [Theory]
    [InlineData(1000, 0, 0.997, GateVerdict.Pass)]
    [InlineData(999, 0, 0.997, GateVerdict.Inconclusive)]
    [InlineData(1000, 1, 0.997, GateVerdict.Inconclusive)] // 99.9 % seen, but 99.7 % not proved
    [InlineData(60_000, 60, 0.9995, GateVerdict.Fail)] // one wrong price in a thousand
    public void Parity_PassesByItsBound(long compared, long different, double min, GateVerdict expected) =>
        Judge(new GateConfig(GateMetrics.Parity, Min: min, MinimumSamples: 1000),
            Counts((Side.Extracted, EvidenceMetric.Compared, compared), (Side.Extracted, EvidenceMetric.Different, different))).Verdict.Should().Be(expected);

    [Fact]
    public void ParityField_OneWrongInAThousand_FailsAndNamesPathAndProducts()
    {
        var group = new ParityEvidenceGroup("$.price", "value", 5, 0, false, Now, Now,
            [new ParityEvidenceSample("GET /rest/V1/products/24-MB07", "29.000000", "92.000000", Now)]);
        var noise = new ParityEvidenceGroup("$.updated_at", "value", 900, 45, false, Now, Now, []);
        var parity = new ParityEvidence(Now.AddHours(-1), 5000, 5, 250, [noise, group]);

        var result = Judge(new GateConfig(GateMetrics.ParityField, Max: 0.0003, MinimumSamples: 1000), Counts(), parity);

        result.Verdict.Should().Be(GateVerdict.Fail);
        result.Detail.Should().Contain("$.price").And.Contain("24-MB07").And.NotContain("updated_at");
    }

    [Theory]
    [InlineData(1000, 100, null, GateVerdict.Pass)]
    [InlineData(1000, 150, null, GateVerdict.Inconclusive)]
    [InlineData(1000, 150, 0.2, GateVerdict.Pass)]
    [InlineData(1000, 1, 0.0, GateVerdict.Inconclusive)]
    public void Parity_WhereManyCopiesWereDropped_ProvesNothing(long compared, long dropped, double? most, GateVerdict expected)
    {
        var counts = Counts((Side.Extracted, EvidenceMetric.Compared, compared), (Side.Extracted, EvidenceMetric.ShadowDropped, dropped));
        var parity = new ParityEvidence(Now.AddHours(-1), compared, 0, 0, []);

        foreach (var gate in (GateConfig[])[new(GateMetrics.Parity, Min: 0.997), new(GateMetrics.ParityField, Max: 0.0003)])
        {
            var result = Judge(gate with { MinimumSamples = 1000, MaximumDropped = most }, counts, parity);

            result.Verdict.Should().Be(expected, gate.Metric);
            result.Detail.Contains("were dropped", StringComparison.Ordinal).Should().Be(expected != GateVerdict.Pass);
        }
    }

    [Fact]
    public void Parity_WhatIsWrong_FailsHoweverMuchWasDropped() =>
        Judge(new GateConfig(GateMetrics.Parity, Min: 0.997, MinimumSamples: 1000), Counts(
            (Side.Extracted, EvidenceMetric.Compared, 1000), (Side.Extracted, EvidenceMetric.Different, 100), (Side.Extracted, EvidenceMetric.ShadowDropped, 100_000)))
            .Verdict.Should().Be(GateVerdict.Fail);

    [Fact]
    public void ParityField_ThatCameUpOnlyNow_IsNotHiddenBehindMonthsWithoutIt()
    {
        var gate = new GateConfig(GateMetrics.ParityField, Max: 0.0003, WindowSeconds: 24 * 3600, MinimumSamples: 1000);
        ParityEvidence Found(DateTimeOffset firstSeen) =>
            new(Now.AddDays(-90), 10_000_000, 20, 0, [new ParityEvidenceGroup("$.price", "value", 20, 0, false, firstSeen, Now, [])]);
        var today = Counts((Side.Extracted, EvidenceMetric.Compared, 20_000));

        Judge(gate, today, Found(Now.AddHours(-3))).Verdict.Should().Be(GateVerdict.Fail, "it is one in a thousand since");
        Judge(gate, today, Found(Now.AddDays(-80))).Verdict.Should().Be(GateVerdict.Pass, "it is two in a million");
    }

    [Fact]
    public void ParityField_OneOfTheVeryFirst_ProvesNothing() =>
        Judge(new GateConfig(GateMetrics.ParityField, Max: 0.0003, MinimumSamples: 1000), Counts(),
            new ParityEvidence(Now, 1, 1, 0, [new ParityEvidenceGroup("$.price", "value", 1, 0, false, Now, Now, [])])).Verdict.Should().Be(GateVerdict.Inconclusive);

    [Fact]
    public void Latency_FivePercentSlower_Fails_OnEnoughSamples_AndIsHeldOnFew()
    {
        var gate = new GateConfig(GateMetrics.LatencyP95Ratio, Max: 1);
        var random = new Random(7);

        Judge(gate, Slower(random, 20_000, 1.05)).Verdict.Should().Be(GateVerdict.Fail);
        Judge(gate, Slower(random, 50, 0.9)).Verdict.Should().Be(GateVerdict.Inconclusive);
        Judge(gate, Slower(random, 20_000, 0.9)).Verdict.Should().Be(GateVerdict.Pass);
    }

    [Fact]
    public void Latency_OfFewAnswersWithALongTail_PassesNobodyByLuck()
    {
        var gate = new GateConfig(GateMetrics.LatencyP99Ratio, Max: 1);
        GateVerdict[] Judged(double factor) => [.. Enumerable.Range(0, 500).Select(seed => Judge(gate, Slower(new Random(seed), 200, factor, LongTail)).Verdict)];

        Judged(1.05).Count(verdict => verdict == GateVerdict.Pass).Should().BeLessThan(10, "it is slower, however the last few answers fell out");
        Judged(0.3).Count(verdict => verdict == GateVerdict.Pass).Should().BeGreaterThan(490);

        static double LongTail(Random random) => 20_000 - (50_000 * Math.Log(1 - random.NextDouble()));
    }

    [Theory]
    [InlineData(5, 95, GateVerdict.Pass)]
    [InlineData(10, 190, GateVerdict.Pass)]
    [InlineData(1, 400, GateVerdict.Fail)]
    [InlineData(0, 5, GateVerdict.Inconclusive)]
    public void Orders_AgainstTheOtherCohort(long service, long magento, GateVerdict expected) =>
        Judge(new GateConfig(GateMetrics.Orders, Min: 0.9, MinimumSamples: 30), Counts(
            (Side.Extracted, EvidenceMetric.Orders, service), (Side.Extracted, EvidenceMetric.CohortRequests, 5_000),
            (Side.Magento, EvidenceMetric.Orders, magento), (Side.Magento, EvidenceMetric.CohortRequests, 95_000))).Verdict.Should().Be(expected);

    [Fact]
    public void DataDifferences_GoStaleByTheClockAlone()
    {
        var gate = new GateConfig(GateMetrics.DataDifferences, Max: 0, MaximumAgeHours: 24);
        GateResult After(double hours, long differences = 0, string? state = "equal") => GateJudge.Judge(
            new AppliedGate(gate, true),
            Input(EvidenceHistory.Empty) with { Service = Facts(new TableFacts(state, state is null ? null : Now.AddHours(-hours), differences, 0)) },
            false);

        After(23).Verdict.Should().Be(GateVerdict.Pass);
        After(25).Should().Match<GateResult>(result => result.Verdict == GateVerdict.Inconclusive && result.Stale);
        After(25, 3, "different").Verdict.Should().Be(GateVerdict.Fail, "what differed does not become right by growing old");
        After(0, 0, null).Verdict.Should().Be(GateVerdict.Inconclusive);
    }

    [Fact]
    public void WithoutCdcSync_WhatItKnowsIsInconclusive()
    {
        foreach (var metric in new[] { GateMetrics.Lag, GateMetrics.DataDifferences, GateMetrics.DeadLetters, GateMetrics.Retention, GateMetrics.Rehearsal })
        {
            var result = GateJudge.Judge(
                new AppliedGate(new GateConfig(metric, Max: 0, Min: 24, MaximumAgeHours: 24), false), Input(EvidenceHistory.Empty) with { PositionsFault = "away" }, false);

            result.Verdict.Should().Be(GateVerdict.Inconclusive, metric);
            result.Value.Should().BeNull();
        }
    }

    [Fact]
    public void Step_JudgesOnlyWhatWasCountedOnIt()
    {
        var history = new EvidenceHistory([Row(Side.Extracted, 100, (EvidenceMetric.Requests, 500), (EvidenceMetric.Errors, 500)), Row(Side.Extracted, 5, (EvidenceMetric.Requests, 200))]);

        var result = GateJudge.Judge(new AppliedGate(new GateConfig(GateMetrics.ErrorRate, Max: 0.01), false), Input(history) with { StoodSeconds = 60 }, false);

        result.Verdict.Should().Be(GateVerdict.Pass);
        result.Samples.Should().Be(200);
    }

    private static GateResult Judge(GateConfig gate, EvidenceHistory history, ParityEvidence? parity = null) =>
        GateJudge.Judge(new AppliedGate(gate, true), Input(history) with { Parity = parity }, false);

    private static GateInput Input(EvidenceHistory history) => new(
        new SliceConfig("catalog.product.get", "A slice", "catalog", [], null, ["catalog_product_entity"], null, null, null),
        Now, double.MaxValue, history, null, null, null, null, null);

    private static ServiceFacts Facts(TableFacts table) => new(
        "catalog", "streaming", new Dictionary<string, TableFacts> { ["catalog_product_entity"] = table }, new RetentionFacts(72, false));

    private static EvidenceHistory Counts(params (Side Side, EvidenceMetric Metric, long Count)[] counts) =>
        new([.. counts.GroupBy(count => count.Side).Select(side => Row(side.Key, 1, [.. side.Select(count => (count.Metric, count.Count))]))]);

    private static EvidenceRow Row(Side side, double age, params (EvidenceMetric Metric, long Count)[] counts)
    {
        var metrics = new long[EvidenceCounts.MetricCount];
        foreach (var (metric, count) in counts)
        {
            metrics[(int)metric] = count;
        }

        return new EvidenceRow(side, age, EvidenceCodec.Write(metrics), []);
    }

    private static EvidenceHistory Slower(Random random, int samples, double factor, Func<Random, double>? latency = null)
    {
        latency ??= static random => 80_000 + random.Next(40_000);
        var (service, magento) = (new long[LatencyHistogram.Buckets], new long[LatencyHistogram.Buckets]);
        for (var i = 0; i < samples; i++)
        {
            service[LatencyHistogram.BucketOf((ulong)(factor * latency(random)))]++;
            magento[LatencyHistogram.BucketOf((ulong)latency(random))]++;
        }

        return new EvidenceHistory(
            [new EvidenceRow(Side.Extracted, 1, [], EvidenceCodec.Write(service)), new EvidenceRow(Side.Magento, 1, [], EvidenceCodec.Write(magento))]);
    }
}
