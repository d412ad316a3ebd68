using Strangler.Proxy.Evidence;

namespace Strangler.Proxy.Telemetry;

/// <summary>What was seen over a time.</summary>
/// <param name="Requests">Answers counted.</param>
/// <param name="Errors">Of these, 5xx and broken ones.</param>
/// <param name="PerSecond">Requests a second over the last ten seconds.</param>
/// <param name="P50">Milliseconds; null without requests.</param>
/// <param name="P95">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
public sealed record WindowView(long Requests, long Errors, double PerSecond, double? P50, double? P95, double? P99);

/// <summary>
/// Requests, errors and a latency histogram of the last minute in sixty slots of a second. Latencies lie in the buckets of
/// <see cref="LatencyHistogram"/>. One short lock per request; nothing is allocated.
/// </summary>
internal sealed class RollingWindow(TimeProvider time)
{
    private const int Slots = 60;
    private const int RateSlots = 10;

    private readonly Lock _lock = new();
    private readonly Slot[] _slots = [.. Enumerable.Range(0, Slots).Select(_ => new Slot())];

    public void Add(TimeSpan latency, bool error)
    {
        var second = Second();
        var bucket = LatencyHistogram.BucketOf(latency);
        lock (_lock)
        {
            var slot = _slots[second % Slots];
            slot.Become(second);
            slot.Requests++;
            slot.Errors += error ? 1 : 0;
            slot.Latencies[bucket]++;
        }
    }

    public WindowView Read()
    {
        var now = Second();
        var counts = new long[LatencyHistogram.Buckets];
        long requests = 0, errors = 0, recent = 0;
        lock (_lock)
        {
            foreach (var slot in _slots.Where(slot => slot.Second > now - Slots && slot.Second <= now))
            {
                requests += slot.Requests;
                errors += slot.Errors;
                // The running second is not over; it would pull the rate down.
                recent += slot.Second < now && slot.Second >= now - RateSlots ? slot.Requests : 0;
                for (var i = 0; i < LatencyHistogram.Buckets; i++)
                {
                    counts[i] += slot.Latencies[i];
                }
            }
        }

        return new WindowView(requests, errors, recent / (double)RateSlots,
            LatencyHistogram.Quantile(counts, 0.5), LatencyHistogram.Quantile(counts, 0.95), LatencyHistogram.Quantile(counts, 0.99));
    }

    private long Second() => time.GetTimestamp() / time.TimestampFrequency;

    private sealed class Slot
    {
        public long Second { get; private set; } = long.MinValue;

        public long Requests { get; set; }

        public long Errors { get; set; }

        public int[] Latencies { get; } = new int[LatencyHistogram.Buckets];

        public void Become(long second)
        {
            if (Second == second)
            {
                return;
            }

            Second = second;
            Requests = 0;
            Errors = 0;
            Array.Clear(Latencies);
        }
    }
}
