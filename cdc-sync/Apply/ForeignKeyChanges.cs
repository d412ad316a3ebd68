using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// Which tables may have lost or changed rows by foreign keys that came or went: the keys are asked of the source when a statement is read, and
/// may be of a later time, so that a cascade in between is followed by the wrong ones.
/// </summary>
internal static class ForeignKeyChanges
{
    /// <summary>The children of keys that are in one set only, and all that their cascades reach in either.</summary>
    public static HashSet<string> Reach(IReadOnlyList<ForeignKey> before, IReadOnlyList<ForeignKey> now)
    {
        var (old, current) = (before.Select(Text).ToHashSet(), now.Select(Text).ToHashSet());
        return Below(before.Where(key => !current.Contains(Text(key))).Concat(now.Where(key => !old.Contains(Text(key)))).Select(key => key.Child), [.. before, .. now]);
    }

    /// <summary>The tables and everything that cascades from them reach.</summary>
    public static HashSet<string> Below(IEnumerable<string> tables, IReadOnlyList<ForeignKey> keys)
    {
        var found = tables.ToHashSet();
        var open = new Stack<string>(found);
        while (open.TryPop(out var parent))
        {
            foreach (var key in keys.Where(key => key.Parent == parent && found.Add(key.Child)))
            {
                open.Push(key.Child);
            }
        }

        return found;
    }

    /// <summary>Whether a statement adds or drops a foreign key, or may.</summary>
    public static bool IsIn(string statement) => SqlTokens.Read(statement) is [var first, ..] tokens && Is(first, "ALTER")
        && tokens.Any(token => Is(token, "FOREIGN") || Is(token, "CONSTRAINT"));

    private static bool Is(SqlToken token, string word) => !token.IsQuoted && token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static string Text(ForeignKey key) => string.Join(
        '\0', [key.Parent, key.Child, key.OnDelete.ToString(), key.OnUpdate.ToString(), .. key.ParentColumns.Zip(key.ChildColumns, (parent, child) => $"{parent}\0{child}")]);
}
