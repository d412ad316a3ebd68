using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Routing;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// The tables that are mirrored though no service asked for them: those that will trade places with a mirrored one by RENAME, and of
/// parents that go by a cascade themselves, which nobody logs, the columns by which their children are found.
/// </summary>
internal static class InternalTables
{
    /// <summary>The tables whose rows are to be read beside those subscribed, whether they exist already or not.</summary>
    public static HashSet<string> Names(Subscription subscription, string replicaSuffix, IReadOnlyList<ForeignKey> foreignKeys)
    {
        var names = Parents([.. subscription.Tables.Select(table => table.Name)], foreignKeys);
        if (replicaSuffix.Length > 0)
        {
            names.UnionWith(subscription.Tables.Select(table => table.Name + replicaSuffix).Where(name => subscription.Tables.All(table => table.Name != name)));
        }

        return names;
    }

    /// <summary>Whether a table is the one that trades places with a subscribed one.</summary>
    public static bool IsReplica(string name, Subscription subscription, string replicaSuffix) =>
        replicaSuffix.Length > 0 && name.EndsWith(replicaSuffix, StringComparison.Ordinal) && subscription.Tables.Any(table => table.Name.Length + replicaSuffix.Length == name.Length && name.StartsWith(table.Name, StringComparison.Ordinal));

    /// <summary>Parents of the tables, and theirs, that are not among them and whose rows go or change by a cascade.</summary>
    public static HashSet<string> Parents(IReadOnlyCollection<string> mirrored, IReadOnlyList<ForeignKey> foreignKeys)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>(mirrored);
        while (open.TryPop(out var child))
        {
            foreach (var parent in foreignKeys.Where(key => key.Child == child && key.HasAction).Select(key => key.Parent))
            {
                if (!mirrored.Contains(parent) && foreignKeys.Any(key => key.Child == parent && Matters(key, foreignKeys)) && found.Add(parent))
                {
                    open.Push(parent);
                }
            }
        }

        return found;
    }

    /// <summary>Of a parent only what cascades need: its key, what its children refer to and what refers to its own parents.</summary>
    public static TableDefinition Reduce(TableDefinition table, IReadOnlyList<ForeignKey> foreignKeys)
    {
        if (table.Key is null)
        {
            return table;
        }

        var name = table.Name.Name;
        var needed = table.Key.Concat(foreignKeys.Where(key => key.Parent == name).SelectMany(key => key.ParentColumns))
            .Concat(foreignKeys.Where(key => key.Child == name).SelectMany(key => key.ChildColumns)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return table with
        {
            Columns = [.. table.Columns.Where(column => needed.Contains(column.Name))],
            Indexes = [.. table.Indexes.Where(index => index.Columns.All(column => needed.Contains(column.Column)))],
        };
    }

    // A row that goes takes its children along; one whose columns become others only where children refer to just these.
    private static bool Matters(ForeignKey key, IReadOnlyList<ForeignKey> foreignKeys) => key.OnDelete == ReferentialAction.Cascade
        || foreignKeys.Any(lower => lower.Parent == key.Child && lower.OnUpdate != ReferentialAction.None && lower.ParentColumns.Intersect(key.ChildColumns, StringComparer.OrdinalIgnoreCase).Any());
}
