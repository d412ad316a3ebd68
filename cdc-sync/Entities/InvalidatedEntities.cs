using Strangler.CdcSync.Invalidation;
using Strangler.CdcSync.Routing;

namespace Strangler.CdcSync.Entities;

/// <summary>Says for a key that the subscription makes dirty which entities it is: <c>product_identity/5</c> is <c>product/5</c> too.</summary>
internal sealed class InvalidatedEntities
{
    private readonly ILookup<string, (string Entity, bool IsKey)> _entities;

    public InvalidatedEntities(EntityMap map, Subscription subscription)
    {
        var found = new HashSet<(string Dirty, string Entity, bool IsKey)>();
        foreach (var entity in map.Entities)
        {
            foreach (var related in entity.AllTables())
            {
                foreach (var rule in subscription.Tables.First(table => table.Name == related.Name).Dirty ?? [])
                {
                    // A key of something in between does not say whose it is.
                    found.Add((rule.Entity, entity.Name, related.Through is not { Count: > 0 } && rule.Column == related.Column));
                }
            }

            found.UnionWith((entity.AffectedBy ?? []).Select(dirty => (dirty, entity.Name, false)));
        }

        _entities = found.Where(link => link.Dirty != link.Entity && link.Dirty != Subscription.AllEntities).ToLookup(link => link.Dirty, link => (link.Entity, link.IsKey));
    }

    public IEnumerable<ChangedKey> Of(IEnumerable<ChangedKey> keys)
    {
        foreach (var key in keys)
        {
            yield return key;
            foreach (var (entity, isKey) in _entities[key.Entity])
            {
                yield return new ChangedKey(entity, isKey ? key.Key : Subscription.AllKeys);
            }
        }
    }
}
