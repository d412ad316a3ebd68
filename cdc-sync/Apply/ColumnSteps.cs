using Strangler.CdcSync.Binlog;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// Whether an ALTER TABLE did to the columns just what the definitions before and after it show. The definition is asked of the source when the statement is
/// read, and may be of a later time: a column dropped and added again in between looks untouched, and its values are others.
/// </summary>
internal static class ColumnSteps
{
    private static readonly HashSet<string> NoColumns = new(
        ["INDEX", "KEY", "UNIQUE", "FULLTEXT", "SPATIAL", "CONSTRAINT", "FOREIGN", "PRIMARY", "CHECK", "PARTITION", "PERIOD", "SYSTEM"], StringComparer.OrdinalIgnoreCase);

    public static bool AreClear(string statement, IReadOnlyCollection<string> before, IReadOnlyCollection<string> after)
    {
        var tokens = SqlTokens.Read(statement);
        if (tokens.Count == 0 || !Is(tokens[0], "ALTER"))
        {
            return true;
        }

        var (added, dropped) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        for (var i = 1; i < tokens.Count; i++)
        {
            if (Is(tokens[i], "MODIFY") || Is(tokens[i], "CHANGE") || Is(tokens[i], "CONVERT"))
            {
                // What it changed is seen by the definitions only if nothing changed it back.
                return false;
            }

            if (!(Is(tokens[i], "ADD") || Is(tokens[i], "DROP")))
            {
                continue;
            }

            var into = Is(tokens[i], "ADD") ? added : dropped;
            var next = i + 1;
            var isColumn = next < tokens.Count && Is(tokens[next], "COLUMN");
            next += isColumn ? 1 : 0;
            while (next < tokens.Count && (Is(tokens[next], "IF") || Is(tokens[next], "NOT") || Is(tokens[next], "EXISTS")))
            {
                next++;
            }

            if (next >= tokens.Count || (!isColumn && !tokens[next].IsQuoted && NoColumns.Contains(tokens[next].Text)))
            {
                continue;
            }

            if (tokens[next].Text == "(")
            {
                // Several columns in brackets are too much for this reader.
                return false;
            }

            into.Add(tokens[next].Text);
        }

        // A column that neither knows came and went.
        added.IntersectWith(before.Concat(after));
        dropped.IntersectWith(before.Concat(after));
        var wasAdded = after.Except(before, StringComparer.OrdinalIgnoreCase).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var wasDropped = before.Except(after, StringComparer.OrdinalIgnoreCase).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return wasAdded.SetEquals(added) && wasDropped.SetEquals(dropped);
    }

    private static bool Is(SqlToken token, string word) => !token.IsQuoted && token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
