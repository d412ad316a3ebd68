using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// The mirrored tables of a target that can be written now, and the foreign keys that act among them. Replaced as a whole after DDL.
/// </summary>
internal sealed class MirrorSet
{
    private readonly Dictionary<string, MirrorTable> _tables;
    private readonly ILookup<string, ForeignKey> _byParent;

    public MirrorSet(IEnumerable<MirrorTable> tables, IEnumerable<ForeignKey> foreignKeys)
    {
        _tables = tables.ToDictionary(table => table.Name);
        _byParent = foreignKeys.Where(key => key.HasAction && _tables.ContainsKey(key.Child)).ToLookup(key => key.Parent);
    }

    public IEnumerable<MirrorTable> Tables => _tables.Values;

    public MirrorTable? Find(string name) => _tables.GetValueOrDefault(name);

    /// <summary>The keys by which the server changes mirrored children when a row of this table goes or changes.</summary>
    public IEnumerable<ForeignKey> KeysInto(string parent) => _byParent[parent];

    public bool HasChildren(string parent) => _byParent.Contains(parent);

    /// <summary>Every table that a cascade from here can reach.</summary>
    public HashSet<string> Descendants(string parent)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>([parent]);
        while (open.TryPop(out var table))
        {
            foreach (var key in _byParent[table])
            {
                if (found.Add(key.Child))
                {
                    open.Push(key.Child);
                }
            }
        }

        return found;
    }

    /// <summary>Whether a cascade from a table's rows can come back to it.</summary>
    public bool IsInCircle(string table) => Descendants(table).Contains(table);

    /// <summary>Whether a mirrored table's rows go by cascade with another's, and not the other way round too: then the other must be copied before it.</summary>
    public bool MustPrecede(string parent, string child) => parent != child && _tables.ContainsKey(parent) && Descendants(parent).Contains(child) && !Descendants(child).Contains(parent);

    /// <summary>Parents before their children; tables in a circle stand in any order.</summary>
    public List<string> ParentsFirst()
    {
        var ordered = new List<string>();
        var seen = new HashSet<string>();
        foreach (var table in _tables.Keys.Order(StringComparer.Ordinal))
        {
            Visit(table);
        }

        return ordered;

        void Visit(string table)
        {
            if (!seen.Add(table))
            {
                return;
            }

            foreach (var parent in _byParent.Where(group => _tables.ContainsKey(group.Key) && group.Any(key => key.Child == table)))
            {
                Visit(parent.Key);
            }

            ordered.Add(table);
        }
    }
}
