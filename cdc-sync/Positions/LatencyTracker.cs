using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Positions;

/// <summary>Times of the last minutes, in milliseconds.</summary>
internal sealed record Percentiles(int Samples, double P50, double P95, double P99);

/// <summary>
/// Measures how long it takes until what was committed at a moment can be seen: it is told places of the log with their moments, and what is
/// applied and projected. Safe for several threads.
/// </summary>
internal sealed class LatencyTracker(TimeProvider time)
{
    private const int MostOpen = 1000;
    private const int MostKept = 4000;

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Queue<(SourcePosition Position, long Since)> _unapplied = [];
    private readonly Queue<(long Sequence, long Since)> _unprojected = [];
    private readonly Queue<(long At, double Milliseconds)> _measured = [];
    private long? _projected;

    /// <summary>The latest measurement, or how long one has been waited for when that is longer; null while there is none.</summary>
    public double? Latest
    {
        get
        {
            lock (_lock)
            {
                var open = _unprojected.TryPeek(out var applied) ? applied.Since : _unapplied.TryPeek(out var waiting) ? waiting.Since : (long?)null;
                var measured = _measured.Count > 0 ? _measured.Last().Milliseconds : (double?)null;
                return open is { } since ? Math.Max(measured ?? 0, time.GetElapsedTime(since).TotalMilliseconds) : measured;
            }
        }
    }

    /// <summary>Of the last minutes; null when nothing was measured in them.</summary>
    public Percentiles? Recent
    {
        get
        {
            lock (_lock)
            {
                while (_measured.TryPeek(out var first) && time.GetElapsedTime(first.At) > Kept)
                {
                    _measured.Dequeue();
                }

                if (_measured.Count == 0)
                {
                    return null;
                }

                var sorted = _measured.Select(sample => sample.Milliseconds).Order().ToArray();
                return new Percentiles(sorted.Length, At(0.5), At(0.95), At(0.99));

                double At(double share) => Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))], 3);
            }
        }
    }

    /// <summary>Everything before a place was committed at a moment.</summary>
    public void Committed(SourcePosition position, long since)
    {
        lock (_lock)
        {
            if (_unapplied.Count < MostOpen)
            {
                _unapplied.Enqueue((position, since));
            }
        }
    }

    public void Applied(SourcePosition position, long sequence)
    {
        lock (_lock)
        {
            while (_unapplied.TryPeek(out var first) && position.HasReached(first.Position))
            {
                _unapplied.Dequeue();
                _unprojected.Enqueue((sequence, first.Since));
            }

            Measure();
        }
    }

    public void Projected(long? sequence)
    {
        lock (_lock)
        {
            _projected = sequence;
            Measure();
        }
    }

    /// <summary>Takes a time that was measured elsewhere.</summary>
    public void Add(double milliseconds)
    {
        lock (_lock)
        {
            Keep(milliseconds);
        }
    }

    /// <summary>What was waited for is forgotten: the stream begins anew.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _unapplied.Clear();
            _unprojected.Clear();
        }
    }

    private void Measure()
    {
        while (_unprojected.TryPeek(out var first) && _projected >= first.Sequence)
        {
            _unprojected.Dequeue();
            Keep(time.GetElapsedTime(first.Since).TotalMilliseconds);
        }
    }

    private void Keep(double milliseconds)
    {
        _measured.Enqueue((time.GetTimestamp(), milliseconds));
        if (_measured.Count > MostKept)
        {
            _measured.Dequeue();
        }
    }
}
