using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.Evidence;

/// <summary>
/// Counts on the request path what gates are judged by, in memory: one interlocked addition each. <see cref="Take"/> empties it for whoever
/// brings the counts of all replicas together.
/// </summary>
internal sealed class EvidenceRecorder
{
    private const int MaximumFailures = 5;
    private const int MaximumTarget = 200;

    private readonly ConcurrentDictionary<(string Slice, Side Side), Counts> _counts = new();

    public void Count(string slice, Side side, EvidenceMetric metric, long by = 1) =>
        Interlocked.Add(ref Of(slice, side).Metrics[(int)metric], by);

    /// <summary>An answer: counted as request, and as error when it is one, with its latency.</summary>
    public void Answer(string slice, Side side, TimeSpan latency, bool error)
    {
        var counts = Of(slice, side);
        Interlocked.Increment(ref counts.Metrics[(int)EvidenceMetric.Requests]);
        Interlocked.Increment(ref counts.Latencies[LatencyHistogram.BucketOf(latency)]);
        if (error)
        {
            Interlocked.Increment(ref counts.Metrics[(int)EvidenceMetric.Errors]);
        }
    }

    /// <summary>A request that went wrong on a side, so that a person finds it. A few of them are kept, masked, without their query.</summary>
    public void Failed(string slice, Side side, string method, string target)
    {
        var failures = Of(slice, side).Failures;
        if (failures.Count < MaximumFailures)
        {
            var query = target.IndexOf('?', StringComparison.Ordinal);
            var path = query < 0 ? target : target[..query];
            try
            {
                failures.TryAdd($"{method} {Masking.Text(path.Length > MaximumTarget ? path[..MaximumTarget] : path)}", true);
            }
            catch (RegexMatchTimeoutException)
            {
                // What cannot be masked is not kept.
            }
        }
    }

    /// <summary>What was counted since the last call. Each count is given exactly once.</summary>
    public IReadOnlyList<EvidenceCounts> Take()
    {
        var taken = new List<EvidenceCounts>();
        foreach (var ((slice, side), counts) in _counts)
        {
            var metrics = Empty(counts.Metrics);
            var latencies = Empty(counts.Latencies);
            if (metrics.AsSpan().ContainsAnyExcept(0) || latencies.AsSpan().ContainsAnyExcept(0))
            {
                var failures = counts.Failures.Keys.ToList();
                failures.ForEach(failure => counts.Failures.TryRemove(failure, out _));
                taken.Add(new EvidenceCounts(slice, side, metrics, latencies) { Failures = failures });
            }
        }

        return taken;
    }

    private Counts Of(string slice, Side side) => _counts.GetOrAdd((slice, side), static _ => new Counts());

    private static long[] Empty(long[] counts)
    {
        var taken = new long[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            taken[i] = Interlocked.Exchange(ref counts[i], 0);
        }

        return taken;
    }

    private sealed class Counts
    {
        public long[] Metrics { get; } = new long[EvidenceCounts.MetricCount];

        public long[] Latencies { get; } = new long[LatencyHistogram.Buckets];

        public ConcurrentDictionary<string, bool> Failures { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>Counts of one slice and side over some time.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Side">Whose answers, or whose visitors.</param>
/// <param name="Metrics">By <see cref="EvidenceMetric"/>.</param>
/// <param name="Latencies">By <see cref="LatencyHistogram"/>'s buckets.</param>
internal sealed record EvidenceCounts(string Slice, Side Side, long[] Metrics, long[] Latencies)
{
    public static readonly int MetricCount = Enum.GetValues<EvidenceMetric>().Length;

    /// <summary>A few of the requests that went wrong.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];
}
