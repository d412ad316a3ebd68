using System.Runtime.InteropServices;

namespace Strangler.Proxy.EdgeCache.Changes;

/// <summary>
/// The kept answers of one service by what they were made of, and when what was last changed, by the store's own count of changes. An answer is concerned by a
/// change of a key it names, of all keys of a kind that it names, and of any key of a kind that it names none of. Not safe for several threads.
/// </summary>
internal sealed class TagIndex
{
    private const int Remembered = 100_000;

    private readonly Dictionary<ChangedKey, HashSet<CachedAnswer>> _byKey = [];
    private readonly Dictionary<string, HashSet<CachedAnswer>> _byEntity = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Untagged> _groups = new(StringComparer.Ordinal);

    private readonly Dictionary<ChangedKey, long> _lastOfKey = [];
    private readonly Queue<(long At, ChangedKey Key)> _order = new();
    private readonly Dictionary<string, long> _lastOfEntity = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastOfAll = new(StringComparer.Ordinal);
    private long _lastOfEverything = -1;
    private long _horizon = -1;

    /// <summary>Notes a change and says which answers it concerns.</summary>
    public IReadOnlyCollection<CachedAnswer> Changed(ChangedKey changed, long at)
    {
        if (changed.Entity == ChangedKey.Everything)
        {
            _lastOfEverything = at;
            return [.. _groups.Values.SelectMany(group => group.Answers)];
        }

        _lastOfEntity[changed.Entity] = at;
        var found = new HashSet<CachedAnswer>();
        if (changed.Key == ChangedKey.All)
        {
            _lastOfAll[changed.Entity] = at;
            found.UnionWith(_byEntity.GetValueOrDefault(changed.Entity) ?? []);
        }
        else
        {
            Remember(changed, at);
            found.UnionWith(_byKey.GetValueOrDefault(changed) ?? []);
            found.UnionWith(_byKey.GetValueOrDefault(changed with { Key = ChangedKey.All }) ?? []);
        }

        foreach (var group in _groups.Values)
        {
            if (group.IsConcernedBy(changed.Entity))
            {
                found.UnionWith(group.Answers);
            }
        }

        return found;
    }

    /// <summary>Whether something that concerns an answer has changed since a count; also when that is not known any more.</summary>
    public bool HasChangedSince(CachedAnswer answer, long since)
    {
        if (since < _horizon || _lastOfEverything > since)
        {
            return true;
        }

        foreach (var tag in answer.Tags)
        {
            if (_lastOfKey.GetValueOrDefault(tag, -1) > since || _lastOfAll.GetValueOrDefault(tag.Entity, -1) > since
                || (tag.Key == ChangedKey.All && _lastOfEntity.GetValueOrDefault(tag.Entity, -1) > since))
            {
                return true;
            }
        }

        var group = Untagged.Of(answer);
        return _lastOfEntity.Any(last => last.Value > since && group.IsConcernedBy(last.Key));
    }

    public void Add(CachedAnswer answer)
    {
        foreach (var tag in answer.Tags)
        {
            SetOf(_byKey, tag).Add(answer);
            SetOf(_byEntity, tag.Entity).Add(answer);
        }

        var name = Untagged.NameOf(answer);
        if (!_groups.TryGetValue(name, out var group))
        {
            _groups[name] = group = Untagged.Of(answer);
        }

        group.Answers.Add(answer);
    }

    public void Remove(CachedAnswer answer)
    {
        foreach (var tag in answer.Tags)
        {
            Take(_byKey, tag, answer);
            Take(_byEntity, tag.Entity, answer);
        }

        var name = Untagged.NameOf(answer);
        if (_groups.TryGetValue(name, out var group) && group.Answers.Remove(answer) && group.Answers.Count == 0)
        {
            _groups.Remove(name);
        }
    }

    private void Remember(ChangedKey key, long at)
    {
        _lastOfKey[key] = at;
        _order.Enqueue((at, key));
        while (_order.Count > Remembered)
        {
            var (oldest, forgotten) = _order.Dequeue();
            _horizon = oldest;
            if (_lastOfKey.TryGetValue(forgotten, out var last) && last == oldest)
            {
                _lastOfKey.Remove(forgotten);
            }
        }
    }

    private static HashSet<CachedAnswer> SetOf<T>(Dictionary<T, HashSet<CachedAnswer>> sets, T key) where T : notnull
    {
        ref var set = ref CollectionsMarshal.GetValueRefOrAddDefault(sets, key, out _);
        return set ??= [];
    }

    private static void Take<T>(Dictionary<T, HashSet<CachedAnswer>> sets, T key, CachedAnswer answer) where T : notnull
    {
        if (sets.TryGetValue(key, out var set) && set.Remove(answer) && set.Count == 0)
        {
            sets.Remove(key);
        }
    }

    /// <summary>Answers that name keys of the same kinds, and are open to the same others.</summary>
    private sealed class Untagged
    {
        private readonly HashSet<string> _tagged;
        private readonly IReadOnlyList<string>? _entities;

        private Untagged(CachedAnswer answer)
        {
            _tagged = answer.Tags.Select(tag => tag.Entity).ToHashSet(StringComparer.Ordinal);
            _entities = answer.Entities;
        }

        public HashSet<CachedAnswer> Answers { get; } = [];

        public static Untagged Of(CachedAnswer answer) => new(answer);

        public static string NameOf(CachedAnswer answer) =>
            $"{answer.Key.Space}|{string.Join(',', answer.Entities ?? [ChangedKey.All])}|{string.Join(',', answer.Tags.Select(tag => tag.Entity).Distinct().Order(StringComparer.Ordinal))}";

        public bool IsConcernedBy(string entity) => !_tagged.Contains(entity) && (_entities is null || _entities.Contains(entity));
    }
}
