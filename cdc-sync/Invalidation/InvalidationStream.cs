using System.Globalization;

namespace Strangler.CdcSync.Invalidation;

/// <summary>
/// The events of the last while in memory, numbered. A listener says the number it saw last and gets everything after; when that is not
/// known any more, or was another process's, it cannot. Safe for several threads.
/// </summary>
internal sealed class InvalidationStream(int capacity, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<InvalidationEvent> _events = [];

    // Numbers of an earlier process mean nothing here.
    private readonly string _epoch = time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture) + Guid.NewGuid().ToString("N")[..6];
    private long _last;
    private TaskCompletionSource _changed = New();

    public long Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>The id of the last event. Read after something was learned, it covers all that had been told by then.</summary>
    public string LastId => Id(Last);

    /// <summary>Completes when anything was added since the call.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    public string Id(long number) => string.Create(CultureInfo.InvariantCulture, $"{_epoch}-{number}");

    public void Add(InvalidationEvent change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _events.Enqueue(change);
            _last++;
            if (_events.Count > capacity)
            {
                _events.Dequeue();
            }

            (changed, _changed) = (_changed, New());
        }

        changed.TrySetResult();
    }

    /// <summary>The number that an id of ours stands for, when everything after it is still here.</summary>
    public bool TryResume(string id, out long number)
    {
        number = 0;
        var dash = id.LastIndexOf('-');
        return dash > 0 && id.AsSpan(0, dash).SequenceEqual(_epoch)
            && long.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number) && IsHere(number);
    }

    /// <summary>Everything after a number, in order; null when some of it is gone.</summary>
    public List<(long Number, InvalidationEvent Event)>? After(long number)
    {
        lock (_lock)
        {
            var first = _last - _events.Count;
            if (number < first || number > _last)
            {
                return null;
            }

            return [.. _events.Skip((int)(number - first)).Select((change, index) => (number + index + 1, change))];
        }
    }

    private bool IsHere(long number)
    {
        lock (_lock)
        {
            return number >= _last - _events.Count && number <= _last;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
