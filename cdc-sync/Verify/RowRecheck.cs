using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Verify;

/// <summary>What a second look at a row found; no difference means that it is equal.</summary>
internal readonly record struct RowVerdict(ColumnValue[] Key, RowDifference? Difference, bool IsInFlight);

/// <summary>
/// Looks at single rows again so that a difference is beyond doubt: the source's row is read, then the mirror's when it has applied everything
/// that the source's row may contain, and the stream must not have touched the row from before the first until after the second. A row that
/// was touched is neither equal nor different yet. Not safe for several threads.
/// </summary>
internal sealed class RowRecheck(TargetContext context, ChunkReader source, ChunkReader mirror)
{
    private const int LongestShown = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<List<RowVerdict>> LookAsync(TableDefinition table, IReadOnlyList<ColumnValue[]> keys, CancellationToken cancellationToken)
    {
        if (context.Windows is not { } windows)
        {
            return InFlight(keys);
        }

        var window = windows.Open(table.Name.Name, isComparison: true);
        Chunk there;
        List<ColumnValue[]> here;
        try
        {
            there = await source.ReadKeysAsync(table, keys, window.OpenedAt, cancellationToken);
            await context.Lag.UntilAppliedAsync(there.Position, cancellationToken).WaitAsync(Patience, context.Time, cancellationToken);
            here = await mirror.ReadKeysAsync(table, keys, cancellationToken);
        }
        catch (TimeoutException)
        {
            return InFlight(keys);
        }
        finally
        {
            // Closed, it is filled no more, and may be read.
            windows.Close(window);
        }

        // A stream that began anew meanwhile told another set of windows.
        if (window.IsInvalid || !ReferenceEquals(windows, context.Windows))
        {
            return InFlight(keys);
        }

        var (theirs, ours) = (ByKey(table, there.Rows), ByKey(table, here));
        return [.. keys.Select(key =>
        {
            var row = new RowKey(key);
            var difference = Compare(table, key, theirs.GetValueOrDefault(row), ours.GetValueOrDefault(row), there.Position);
            return new RowVerdict(key, difference, difference is not null && window.IsTouched(row));
        })];
    }

    /// <summary>A value as a report shows it.</summary>
    public static string? Shown(in ColumnValue value)
    {
        if (value.IsNull)
        {
            return null;
        }

        var text = value.ToString();
        return text.Length <= LongestShown ? text : $"{text[..LongestShown]}… ({text.Length})";
    }

    private static List<RowVerdict> InFlight(IReadOnlyList<ColumnValue[]> keys) => [.. keys.Select(key => new RowVerdict(key, null, true))];

    private static RowDifference? Compare(TableDefinition table, ColumnValue[] key, ColumnValue[]? theirs, ColumnValue[]? ours, SourcePosition position)
    {
        if (theirs is null && ours is null)
        {
            return null;
        }

        var columns = new List<ColumnDifference>();
        for (var i = 0; i < table.Columns.Count; i++)
        {
            if (theirs is null || ours is null || !Same(theirs[i], ours[i]))
            {
                columns.Add(new ColumnDifference(table.Columns[i].Name, theirs is null ? null : Shown(theirs[i], ours?[i]), ours is null ? null : Shown(ours[i], theirs?[i])));
            }
        }

        var kind = theirs is null ? DifferenceKind.Extra : ours is null ? DifferenceKind.Missing : DifferenceKind.Different;
        return columns.Count == 0 ? null : new RowDifference(table.Name.Name, kind, key, columns, position) { Row = theirs ?? ours };
    }

    // Where two long values differ only after what would be shown, the part that differs is.
    private static string? Shown(in ColumnValue value, ColumnValue? other)
    {
        if (value.Kind != ValueKind.Text || other is not { Kind: ValueKind.Text } second || value.Text.Length <= LongestShown)
        {
            return Shown(value);
        }

        var same = value.Text.AsSpan().CommonPrefixLength(second.Text);
        if (same < LongestShown - 100)
        {
            return Shown(value);
        }

        var from = same - 50;
        var length = Math.Min(LongestShown, value.Text.Length - from);
        return $"…{value.Text.Substring(from, length)}{(from + length < value.Text.Length ? "…" : "")} (from {from} of {value.Text.Length})";
    }

    // MariaDB keeps no negative zero.
    private static bool Same(in ColumnValue left, in ColumnValue right) =>
        left.Equals(right) || (left.Kind == right.Kind && left.Kind is ValueKind.Single or ValueKind.Double && right.Kind == left.Kind && left.Double == right.Double);

    private static Dictionary<RowKey, ColumnValue[]> ByKey(TableDefinition table, List<ColumnValue[]> rows)
    {
        var key = table.Key!.Select(name => table.Columns.ToList().FindIndex(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase))).ToArray();
        var found = new Dictionary<RowKey, ColumnValue[]>();
        foreach (var row in rows)
        {
            found[new RowKey([.. key.Select(column => row[column])])] = row;
        }

        return found;
    }
}
