using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Strangler.Proxy.EdgeCache.Changes;

namespace Strangler.Proxy.EdgeCache;

/// <summary>
/// The kept answers of this replica, in bounded memory. Finding one takes no lock. Keeping one and throwing away what a change concerns take the same lock, so an
/// answer that was asked for before a change and comes after it is never kept.
/// </summary>
internal sealed class AnswerStore(IOptions<EdgeCacheOptions> options)
{
    private readonly ConcurrentDictionary<CacheKey, CachedAnswer> _answers = new();
    private readonly Dictionary<string, TagIndex> _services = new(StringComparer.Ordinal);
    private readonly LinkedList<CachedAnswer> _order = [];
    private readonly Lock _lock = new();
    private readonly long _maximumBytes = options.Value.MaximumBytes;
    private long _changes;
    private long _droppedBefore = -1;
    private long _bytes;
    private long _dropped;
    private long _evicted;

    /// <summary>Changes so far. Read before an answer is asked for, it says later whether the answer may be kept.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    public long Bytes => Interlocked.Read(ref _bytes);

    public int Count => _answers.Count;

    /// <summary>Answers thrown away because something they were made of has changed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Answers thrown away because room was needed.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>Bytes and answers of one slice.</summary>
    public (int Answers, long Bytes) SizeOf(string space)
    {
        lock (_lock)
        {
            var own = _order.Where(answer => answer.Key.Space == space).ToList();
            return (own.Count, own.Sum(answer => (long)answer.Size));
        }
    }

    public CachedAnswer? Find(in CacheKey key) => _answers.TryGetValue(key, out var answer) ? answer : null;

    /// <summary>Keeps an answer. False when something it was made of may have changed since it was asked for.</summary>
    /// <param name="service">Whose answer.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="askedAt"><see cref="Changes"/> before it was asked for.</param>
    public bool TryAdd(string service, CachedAnswer answer, long askedAt)
    {
        lock (_lock)
        {
            var index = IndexOf(service);
            if (askedAt < _droppedBefore || index.HasChangedSince(answer, askedAt))
            {
                return false;
            }

            if (_answers.TryGetValue(answer.Key, out var old))
            {
                Remove(old);
            }

            answer.Service = service;
            answer.Place = _order.AddLast(answer);
            _bytes += answer.Size;
            index.Add(answer);
            _answers[answer.Key] = answer;
            MakeRoom();
            return _answers.ContainsKey(answer.Key);
        }
    }

    /// <summary>Something of a service has changed: throws away what it concerns.</summary>
    public int Apply(string service, IReadOnlyList<ChangedKey> keys)
    {
        lock (_lock)
        {
            var at = Interlocked.Increment(ref _changes);
            var count = 0;
            foreach (var key in keys)
            {
                foreach (var answer in IndexOf(service).Changed(key, at))
                {
                    Remove(answer);
                    count++;
                }
            }

            _dropped += count;
            return count;
        }
    }

    /// <summary>Throws away what fits, such as all of a slice. What is under way is not kept either.</summary>
    public int DropWhere(Func<CachedAnswer, bool> fits)
    {
        lock (_lock)
        {
            _droppedBefore = Interlocked.Increment(ref _changes);
            var found = _order.Where(fits).ToList();
            found.ForEach(Remove);
            _dropped += found.Count;
            return found.Count;
        }
    }

    public int DropAll() => DropWhere(static _ => true);

    /// <summary>A kept answer takes more memory than it did, or less.</summary>
    public void Resize(CachedAnswer answer, int moreBytes)
    {
        lock (_lock)
        {
            if (!answer.IsDropped && answer.Place is not null)
            {
                _bytes += moreBytes - answer.MoreBytes;
                answer.MoreBytes = moreBytes;
                MakeRoom();
            }
        }
    }

    /// <summary>Throws one away, as one that is too old.</summary>
    public void Drop(CachedAnswer answer)
    {
        lock (_lock)
        {
            Remove(answer);
        }
    }

    // Who was asked for since the last look goes to the end once more.
    private void MakeRoom()
    {
        while (_bytes > _maximumBytes && _order.First is { } first)
        {
            if (first.Value.IsUsed)
            {
                first.Value.IsUsed = false;
                _order.RemoveFirst();
                _order.AddLast(first);
                continue;
            }

            Remove(first.Value);
            _evicted++;
        }
    }

    private void Remove(CachedAnswer answer)
    {
        if (answer.IsDropped)
        {
            return;
        }

        answer.Drop();
        _answers.TryRemove(KeyValuePair.Create(answer.Key, answer));
        _order.Remove(answer.Place!);
        _bytes -= answer.Size;
        IndexOf(answer.Service).Remove(answer);
    }

    private TagIndex IndexOf(string service)
    {
        if (!_services.TryGetValue(service, out var index))
        {
            _services[service] = index = new TagIndex();
        }

        return index;
    }
}
