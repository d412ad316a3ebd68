using System.Numerics;

namespace Strangler.Proxy.Evidence;

/// <summary>
/// Latencies in buckets a thirty-second of a power of two wide: within 3 %, so that a side that is 5 % slower shows, and histograms of many
/// replicas add up. What is below 32 µs or above four minutes lies in the first or last bucket.
/// </summary>
internal static class LatencyHistogram
{
    private const int Parts = 32;
    private const int LowestPower = 5;
    private const int Powers = 23;

    public const int Buckets = Parts * Powers;

    public static int BucketOf(TimeSpan latency) => BucketOf((ulong)Math.Max(1, latency.TotalMicroseconds));

    public static int BucketOf(ulong microseconds)
    {
        var value = Math.Max(microseconds, 1UL << LowestPower);
        var power = BitOperations.Log2(value);
        var part = (int)((value >> (power - LowestPower)) & (Parts - 1));
        return Math.Min(((power - LowestPower) * Parts) + part, Buckets - 1);
    }

    /// <summary>A quantile in milliseconds; null without samples.</summary>
    public static double? Quantile(ReadOnlySpan<long> counts, double share)
    {
        var total = Total(counts);
        return total == 0 ? null : OfRank(counts, Math.Ceiling(total * share));
    }

    public static long Total(ReadOnlySpan<long> counts)
    {
        long total = 0;
        foreach (var count in counts)
        {
            total += count;
        }

        return total;
    }

    /// <summary>The latency, in milliseconds, of the sample at a place in their order, from 1 to their number; within a bucket they are taken to lie evenly.</summary>
    public static double OfRank(ReadOnlySpan<long> counts, double rank)
    {
        double seen = 0;
        var last = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
            {
                continue;
            }

            if (seen + counts[i] >= rank)
            {
                return At(i, Math.Clamp((rank - seen - 0.5) / counts[i], 0, 1));
            }

            (seen, last) = (seen + counts[i], i);
        }

        return At(last, 1);
    }

    // Back in milliseconds; share is the place within the bucket.
    private static double At(int bucket, double share) =>
        Math.Pow(2, LowestPower + (bucket / Parts)) * (1 + (((bucket % Parts) + share) / Parts)) / 1000;
}
