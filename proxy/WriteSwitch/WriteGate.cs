namespace Strangler.Proxy.WriteSwitch;

/// <summary>What became of a request that had to wait.</summary>
internal enum HoldResult
{
    /// <summary>It may go; it counts as under way from now on.</summary>
    Released,

    /// <summary>As many as may wait are waiting.</summary>
    Full,

    TimedOut,

    ClientGone,
}

/// <summary>
/// How many of those who waited may be under way at once: so many at first, one more for each that is through, up to the most. So a queue comes to its end even though those
/// who come later stand at its end.
/// </summary>
internal readonly record struct ReleasePace(int AtFirst, int Most);

/// <summary>What a gate has seen since it was last armed or frozen.</summary>
internal readonly record struct WriteGateCounts(WriteGateState State, int InFlight, int Waiting, int Held, int Refused);

/// <summary>
/// Lets one slice's unsafe requests through, or lets them wait in the order of their coming. A request that has passed counts as under way until it
/// is answered, so "frozen and none under way" is a fact once it has been seen. Thread-safe.
/// </summary>
/// <param name="isFenced">Whether this replica must not change data although the gate stands so.</param>
/// <param name="time">The clock.</param>
internal sealed class WriteGate(Func<WriteGateState, bool> isFenced, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];

    // Until the control database has been heard nobody knows whether a switch is under way.
    private WriteGateState _state = WriteGateState.Frozen;
    private int _inFlight;
    private int _releasedInFlight;
    private int _through;
    private long _waitingBytes;
    private int _held;
    private int _refused;

    /// <summary>Raised when the last request under way has ended while the gate is frozen.</summary>
    public event Action? Drained;

    public WriteGateState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    public WriteGateCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new WriteGateCounts(_state, _inFlight, _waiting.Count, _held, _refused);
            }
        }
    }

    public void Set(WriteGateState state)
    {
        lock (_lock)
        {
            if (state == WriteGateState.Armed && _state == WriteGateState.Open)
            {
                _held = _refused = 0;
            }

            if (state != _state)
            {
                _through = 0;
            }

            _state = state;
            ReleaseSome();
        }
    }

    /// <summary>Lets go whom nothing keeps any more.</summary>
    public void Look()
    {
        lock (_lock)
        {
            ReleaseSome();
        }
    }

    /// <summary>True: the request may go, and <see cref="Leave"/> must be called at its end. Nobody overtakes who waits.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_waiting.Count > 0 || !MayPass())
            {
                return false;
            }

            _inFlight++;
            return true;
        }
    }

    /// <summary>Waits for the gate. <see cref="HoldResult.Released"/>: as <see cref="TryEnter"/>'s true.</summary>
    /// <param name="limits">How many, how long, how much.</param>
    /// <param name="bytes">What the waiting request's body takes.</param>
    /// <param name="pace">How many of those that waited may be under way at once; the rest follow as these end.</param>
    /// <param name="clientGone">The client's leaving.</param>
    public async Task<HoldResult> HoldAsync(WritesConfig limits, long bytes, ReleasePace pace, CancellationToken clientGone)
    {
        Waiter waiter;
        lock (_lock)
        {
            var isFull = _waiting.Count >= limits.MaxHeld || (_waitingBytes + bytes > limits.MaxHeldBytes && bytes > 0);
            // At an open gate nobody is refused for the sake of the order.
            if (MayPass() && (_waiting.Count == 0 || isFull))
            {
                _inFlight++;
                _releasedInFlight++;
                return HoldResult.Released;
            }

            if (isFull)
            {
                _refused++;
                return HoldResult.Full;
            }

            waiter = new Waiter(bytes, pace);
            waiter.Node = _waiting.AddLast(waiter);
            _waitingBytes += bytes;
            _held++;
            ReleaseSome();
        }

        while (true)
        {
            try
            {
                await waiter.Released.Task.WaitAsync(TimeSpan.FromSeconds(limits.MaxHeldSeconds), time, clientGone);
                return HoldResult.Released;
            }
            catch (Exception fault) when (fault is TimeoutException or OperationCanceledException)
            {
                if (GiveUp(waiter, fault is TimeoutException) is { } result)
                {
                    return result;
                }
            }
        }
    }

    /// <param name="wasHeld">Whether the request had waited.</param>
    public void Leave(bool wasHeld)
    {
        bool drained;
        lock (_lock)
        {
            _inFlight--;
            if (wasHeld)
            {
                _releasedInFlight = Math.Max(0, _releasedInFlight - 1);
                _through++;
                ReleaseSome();
            }

            drained = _state == WriteGateState.Frozen && _inFlight == 0;
        }

        if (drained)
        {
            Drained?.Invoke();
        }
    }

    // Null: its turn comes, for the gate is open and only those before it are not through yet.
    private HoldResult? GiveUp(Waiter waiter, bool isLate)
    {
        lock (_lock)
        {
            if (waiter.Node is null)
            {
                // Let go in the very moment the time was over: it counts as under way already.
                return HoldResult.Released;
            }

            if (isLate && MayPass())
            {
                return null;
            }

            Remove(waiter);
            _refused += isLate ? 1 : 0;
            return isLate ? HoldResult.TimedOut : HoldResult.ClientGone;
        }
    }

    private bool MayPass() => _state != WriteGateState.Frozen && !isFenced(_state);

    private void ReleaseSome()
    {
        while (_waiting.First is { Value: var waiter } && _releasedInFlight < Math.Min(waiter.Pace.AtFirst + _through, waiter.Pace.Most) && MayPass())
        {
            Remove(waiter);
            _releasedInFlight++;
            _inFlight++;
            waiter.Released.SetResult();
        }
    }

    private void Remove(Waiter waiter)
    {
        _waiting.Remove(waiter.Node!);
        waiter.Node = null;
        _waitingBytes -= waiter.Bytes;
    }

    private sealed class Waiter(long bytes, ReleasePace pace)
    {
        public long Bytes { get; } = bytes;

        public ReleasePace Pace { get; } = pace;

        public LinkedListNode<Waiter>? Node { get; set; }

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
