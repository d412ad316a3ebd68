using CsCheck;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Gates;

namespace Strangler.Proxy.Tests.Gates;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(3, 3, 0.5258, 1)] // three of three is no proof of anything
    [InlineData(1000, 1000, 0.9973, 1)]
    [InlineData(0, 100, 0, 0.0263)]
    [InlineData(50, 100, 0.4187, 0.5813)]
    public void Proportion_HasWilsonsBounds(long hits, long total, double lower, double upper)
    {
        var estimate = Statistics.Proportion(hits, total)!.Value;

        estimate.Lower.Should().BeApproximately(lower, 0.0002);
        estimate.Upper.Should().BeApproximately(upper, 0.0002);
    }

    [Fact]
    public void Proportion_Always_HoldsItsValue_AndNarrowsWithSamples() => Gen.Select(Gen.Long[0, 100_000], Gen.Long[1, 100_000]).Sample((hits, total) =>
    {
        hits = Math.Min(hits, total);
        var (one, more) = (Statistics.Proportion(hits, total)!.Value, Statistics.Proportion(hits * 10, total * 10)!.Value);
        return one.Lower >= 0 && one.Lower <= one.Value && one.Value <= one.Upper && one.Upper <= 1 && more.Upper - more.Lower < one.Upper - one.Lower;
    });

    [Fact]
    public void RateRatio_SameRates_IsOne_WhateverTheExposure()
    {
        var ratio = Statistics.RateRatio(50, 5000, 950, 95_000)!.Value;

        ratio.Value.Should().BeApproximately(1, 0.001);
        ratio.Lower.Should().BeLessThan(1);
        ratio.Upper.Should().BeGreaterThan(1);
    }

    [Fact]
    public void WithoutSamples_NothingIsKnown()
    {
        Statistics.Proportion(0, 0).Should().BeNull();
        Statistics.Difference(0, 0, 1, 10).Should().BeNull();
        Statistics.RateRatio(0, 100, 0, 100).Should().BeNull();
        Statistics.Quantile(new long[LatencyHistogram.Buckets], 0.95).Should().BeNull();
    }

    [Fact]
    public void Quantile_IsWithinThreePercentOfTheTruth_AndWithinItsBounds() => Gen.Int[40, 5_000_000].List[20, 400].Sample(values =>
    {
        var counts = new long[LatencyHistogram.Buckets];
        values.ForEach(microseconds => counts[LatencyHistogram.BucketOf((ulong)microseconds)]++);
        var truth = values.Order().ElementAt((int)Math.Ceiling(values.Count * 0.95) - 1) / 1000.0;

        var estimate = Statistics.Quantile(counts, 0.95)!.Value;

        return Math.Abs(estimate.Value - truth) <= truth * 0.032 && estimate.Lower <= estimate.Value && estimate.Value <= estimate.Upper;
    });
}
