using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Apply;

/// <summary>What a logged row tells and what it leaves out: by its session's row image, or where JSON was changed in parts.</summary>
internal static class RowImage
{
    /// <summary>Whether a column is left out.</summary>
    public static bool IsPartial(ColumnValue[] row)
    {
        foreach (var value in row)
        {
            if (value.IsAbsent)
            {
                return true;
            }
        }

        return false;
    }

    public static bool IsUnknown(RowKey? key) => key is { } known && IsPartial(known.Values);

    /// <summary>Whether an inserted row without these columns can be known: what the server computes for each row anew, or without any default writes as its version sees fit, only the source knows.</summary>
    public static bool IsKnown(MirrorTable table, ColumnValue[] inserted)
    {
        for (var i = 0; i < inserted.Length; i++)
        {
            if (inserted[i].IsAbsent && !HasKnownDefault(table.Columns[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes what a row leaves out from the row as it was.</summary>
    public static void Complete(MirrorTable table, RowChange change, ColumnValue[] after, ColumnValue[] before)
    {
        for (var i = 0; i < after.Length; i++)
        {
            after[i] = after[i].IsAbsent && !(change.IsIncomplete && table.Columns[i].DataType == "json") ? before[i] : after[i];
        }
    }

    /// <summary>About how much memory a row takes.</summary>
    public static long Size(ColumnValue[]? row)
    {
        var size = 0L;
        foreach (var value in row ?? [])
        {
            size += value.Kind switch { ValueKind.Text => value.Text.Length, ValueKind.Bytes => value.Bytes.Length, _ => 8 };
        }

        return size;
    }

    private static bool HasKnownDefault(ColumnDefinition column) => !column.HasExpressionDefault && (column.Default is not null || column.IsNullable);
}
