using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Positions;

/// <summary>
/// How old a service's read model may be. It is told what the source's log ended at and when that was asked, what is applied, and what is
/// projected; from this follows the latest moment up to which everything committed at the source is certainly in the read model.
/// Safe for several threads.
/// </summary>
internal sealed class LagTracker(TimeProvider time)
{
    private const int MaximumSamples = 512;

    private readonly Lock _lock = new();
    private SourcePosition? _sampled;

    /// <summary>Places asked at a time and not yet applied, in order.</summary>
    private readonly LinkedList<(SourcePosition Position, long AskedAt)> _unapplied = [];

    /// <summary>Moments that are in the mirror since a sequence and not yet projected, in order.</summary>
    private readonly LinkedList<(long Sequence, long AskedAt)> _unprojected = [];

    private SourcePosition? _applied;
    private long _sequence;
    private bool _isStreaming;
    private long? _projected;
    private long? _freshAt;
    private long? _mirroredAt;
    private TaskCompletionSource _changed = New();

    /// <summary>From a commit to the read model, as seen by sampling: too short by the sampling's pace at most.</summary>
    public LatencyTracker Visible { get; } = new(time);

    /// <summary>From the commit of a heartbeat row to the read model.</summary>
    public LatencyTracker Heartbeat { get; } = new(time);

    /// <summary>From a transaction's own time of commit, by the source's clock, to the mirror.</summary>
    public LatencyTracker Event { get; } = new(time);

    /// <summary>The sequence that the projection has seen; null while there is none.</summary>
    public long? ProjectedSequence
    {
        get
        {
            lock (_lock)
            {
                return _projected;
            }
        }
    }

    /// <summary>Time since the latest moment of which everything is in the read model; null while none is known.</summary>
    public TimeSpan? Lag
    {
        get
        {
            lock (_lock)
            {
                return _isStreaming && _freshAt is { } at ? time.GetElapsedTime(at) : null;
            }
        }
    }

    /// <summary>Time since the latest moment of which everything is in the mirror, whatever the read model has seen; null while none is known.</summary>
    public TimeSpan? AppliedLag
    {
        get
        {
            lock (_lock)
            {
                return _isStreaming && _mirroredAt is { } at ? time.GetElapsedTime(at) : null;
            }
        }
    }

    /// <summary>The source's log ended at <paramref name="position"/> or later when asked; <paramref name="askedAt"/> was taken before the question.</summary>
    public void Sampled(SourcePosition position, long askedAt)
    {
        lock (_lock)
        {
            if (!_isStreaming)
            {
                return;
            }

            if (_sampled is null || !_sampled.HasReached(position))
            {
                // New in the log since the last look. What was there before the first look is of any age.
                if (_sampled is not null)
                {
                    Visible.Committed(position, askedAt);
                }

                _sampled = position;
            }

            Thin(_unapplied);

            _unapplied.AddLast((position, askedAt));
            Resolve();
        }
    }

    /// <summary>Everything up to a position is in the mirror, committed under a sequence.</summary>
    public void Applied(SourcePosition position, long sequence, bool streaming)
    {
        lock (_lock)
        {
            (_applied, _sequence) = (position, sequence);
            if (!streaming)
            {
                Forget();
            }

            _isStreaming = streaming;
            Resolve();
            Visible.Applied(position, sequence);
            Heartbeat.Applied(position, sequence);
        }
    }

    /// <summary>The projection has seen a sequence, or is not there.</summary>
    public void Projected(long? sequence)
    {
        lock (_lock)
        {
            if (_projected != sequence)
            {
                Visible.Projected(sequence);
                Heartbeat.Projected(sequence);
                _projected = sequence;
                if (sequence is null)
                {
                    _freshAt = null;
                }

                Resolve();
            }
        }
    }

    /// <summary>Nothing is known any more: the stream begins anew.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _applied = null;
            _isStreaming = false;
            Forget();
        }
    }

    /// <summary>Waits until everything up to a position is in the mirror.</summary>
    public async Task UntilAppliedAsync(SourcePosition position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_applied is not null && _applied.HasReached(position))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until everything up to a position is in the read model; <paramref name="anyState"/> also while tables are copied that do not matter.</summary>
    public async Task UntilReachedAsync(SourcePosition position, CancellationToken cancellationToken, bool anyState = false)
    {
        long? needed = null;
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (!_isStreaming && !anyState)
                {
                    needed = null;
                }
                else if (needed is null && _applied is not null && _applied.HasReached(position))
                {
                    needed = _sequence;
                }

                if (_projected >= needed)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private void Resolve()
    {
        while (_isStreaming && _applied is not null && _unapplied.First is { } first && _applied.HasReached(first.Value.Position))
        {
            _unapplied.RemoveFirst();
            _mirroredAt = Math.Max(_mirroredAt ?? long.MinValue, first.Value.AskedAt);
            if (_unprojected.Last is { } last && last.Value.Sequence == _sequence)
            {
                _unprojected.RemoveLast();
            }

            Thin(_unprojected);
            _unprojected.AddLast((_sequence, first.Value.AskedAt));
        }

        while (_projected is { } projected && _unprojected.First is { } first && projected >= first.Value.Sequence)
        {
            _unprojected.RemoveFirst();
            _freshAt = Math.Max(_freshAt ?? long.MinValue, first.Value.AskedAt);
        }

        var changed = _changed;
        _changed = New();
        changed.TrySetResult();
    }

    // When nothing moves for long, every second entry is enough: the bound only gets coarser, never too small.
    private static void Thin<T>(LinkedList<T> entries)
    {
        if (entries.Count < MaximumSamples)
        {
            return;
        }

        for (var node = entries.First?.Next; node is not null;)
        {
            var next = node.Next?.Next;
            entries.Remove(node);
            node = next;
        }
    }

    private void Forget()
    {
        _unapplied.Clear();
        _unprojected.Clear();
        _freshAt = null;
        _mirroredAt = null;
        _sampled = null;
        Visible.Reset();
        Heartbeat.Reset();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
