using Strangler.Proxy.Evidence;

namespace Strangler.Proxy.Gates;

/// <summary>A value and the bounds it lies between, each with the confidence that was asked for.</summary>
internal readonly record struct Estimate(double Value, double Lower, double Upper);

/// <summary>The arithmetic of gates. Every bound is one-sided; <c>z</c> is the normal quantile of its confidence.</summary>
internal static class Statistics
{
    /// <summary>95 %: to be believed good.</summary>
    public const double Good = 1.6448536269514722;

    /// <summary>99.5 %: to be believed bad. Stricter, because it is asked again and again, and every asking is a chance to be wrong.</summary>
    public const double Bad = 2.5758293035489004;

    /// <summary>A share by Wilson's interval, which holds for few samples and for shares near 0 and 1. Null without samples.</summary>
    public static Estimate? Proportion(long hits, long total, double z = Good)
    {
        if (total <= 0)
        {
            return null;
        }

        var share = (double)Math.Clamp(hits, 0, total) / total;
        var z2 = z * z;
        var scale = 1 + (z2 / total);
        var centre = (share + (z2 / (2 * total))) / scale;
        var half = z * Math.Sqrt((share * (1 - share) / total) + (z2 / (4.0 * total * total))) / scale;
        return new Estimate(share, Math.Max(0, Math.Min(share, centre - half)), Math.Min(1, Math.Max(share, centre + half)));
    }

    /// <summary>The first share less the second, by Newcombe's hybrid of two Wilson intervals.</summary>
    public static Estimate? Difference(long hits, long total, long otherHits, long otherTotal, double z = Good)
    {
        if (Proportion(hits, total, z) is not { } one || Proportion(otherHits, otherTotal, z) is not { } other)
        {
            return null;
        }

        var difference = one.Value - other.Value;
        return new Estimate(
            difference,
            difference - Math.Sqrt(Square(one.Value - one.Lower) + Square(other.Upper - other.Value)),
            difference + Math.Sqrt(Square(one.Upper - one.Value) + Square(other.Value - other.Lower)));
    }

    /// <summary>
    /// How often something happens on one side for each time on the other, both by what they were exposed to: given all events, those of one
    /// side are a share of them that its exposure foretells. Null without events or exposure.
    /// </summary>
    public static Estimate? RateRatio(long events, long exposure, long otherEvents, long otherExposure, double z = Good)
    {
        if (exposure <= 0 || otherExposure <= 0 || Proportion(events, events + otherEvents, z) is not { } share)
        {
            return null;
        }

        var scale = (double)otherExposure / exposure;
        return new Estimate(Odds(share.Value), Odds(share.Lower), Odds(share.Upper));

        double Odds(double part) => part >= 1 ? double.PositiveInfinity : part / (1 - part) * scale;
    }

    /// <summary>A quantile of latencies in milliseconds, its bounds by the binomial distribution of the samples below it. Null without samples.</summary>
    public static Estimate? Quantile(ReadOnlySpan<long> latencies, double share, double z = Good)
    {
        var total = LatencyHistogram.Total(latencies);
        if (total == 0)
        {
            return null;
        }

        var half = z * Math.Sqrt(total * share * (1 - share));
        return new Estimate(
            LatencyHistogram.OfRank(latencies, Math.Ceiling(total * share)),
            LatencyHistogram.OfRank(latencies, Math.Max(1, Math.Floor((total * share) - half))),
            LatencyHistogram.OfRank(latencies, Math.Min(total, Math.Ceiling((total * share) + half) + 1)));
    }

    private static double Square(double value) => value * value;
}
