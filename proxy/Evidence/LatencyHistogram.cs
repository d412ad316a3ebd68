using System.Numerics;

namespace Strangler.Proxy.Evidence;

/// <summary>Latencies in buckets an eighth of a power of two wide, in microseconds: at most 9 % off, and histograms of many replicas add up.</summary>
internal static class LatencyHistogram
{
    public const int Buckets = 8 * 28;

    public static int BucketOf(TimeSpan latency) => BucketOf((ulong)Math.Max(1, latency.TotalMicroseconds));

    public static int BucketOf(ulong microseconds)
    {
        var power = BitOperations.Log2(microseconds);
        var eighth = power >= 3 ? (int)((microseconds >> (power - 3)) & 7) : (int)((microseconds << (3 - power)) & 7);
        return Math.Min((power * 8) + eighth, Buckets - 1);
    }

    /// <summary>A quantile in milliseconds; null without samples.</summary>
    public static double? Quantile(ReadOnlySpan<long> counts, double share)
    {
        long total = 0;
        foreach (var count in counts)
        {
            total += count;
        }

        if (total == 0)
        {
            return null;
        }

        var rank = (long)Math.Ceiling(total * share);
        long seen = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= rank)
            {
                // The bucket's middle, back in milliseconds.
                return Math.Pow(2, i / 8) * (1 + (((i % 8) + 0.5) / 8)) / 1000;
            }
        }

        return null;
    }
}
