using Strangler.CdcSync.Routing;

namespace Strangler.CdcSync.Invalidation;

/// <summary>A set of changed keys that never grows beyond a bound: entities with many keys are named as a whole. One thread.</summary>
internal sealed class ChangedKeys(int maximum)
{
    private readonly Dictionary<string, HashSet<string>> _entities = new(StringComparer.Ordinal);
    private int _count;

    public static IReadOnlyList<ChangedKey> Everything { get; } = [new(Subscription.AllEntities, Subscription.AllKeys)];

    public bool IsEmpty => _count == 0;

    public void Add(IEnumerable<ChangedKey> keys)
    {
        foreach (var (entity, key) in keys)
        {
            Add(entity, key);
        }
    }

    public IReadOnlyList<ChangedKey> ToList()
    {
        if (_entities.ContainsKey(Subscription.AllEntities))
        {
            return Everything;
        }

        return [.. _entities.OrderBy(entity => entity.Key, StringComparer.Ordinal)
            .SelectMany(entity => entity.Value.Order(StringComparer.Ordinal).Select(key => new ChangedKey(entity.Key, key)))];
    }

    private void Add(string entity, string key)
    {
        if (!_entities.TryGetValue(entity, out var keys))
        {
            _entities[entity] = keys = new HashSet<string>(StringComparer.Ordinal);
        }

        if (keys.Contains(Subscription.AllKeys))
        {
            return;
        }

        if (key == Subscription.AllKeys)
        {
            Collapse(keys);
        }
        else if (keys.Add(key) && ++_count > maximum)
        {
            Collapse(_entities.Values.MaxBy(set => set.Count)!);
        }
    }

    private void Collapse(HashSet<string> keys)
    {
        _count += 1 - keys.Count;
        keys.Clear();
        keys.Add(Subscription.AllKeys);
    }
}
