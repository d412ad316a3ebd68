using System.Text;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Apply;

/// <summary>What is to become of one row: its values, some of them absent where the log did not tell; no values where it goes.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Row">Its values in the mirror's order.</param>
/// <param name="IsInsert">Whether it was made in this batch, so that what is absent is a default.</param>
internal readonly record struct PendingRow(RowKey Key, ColumnValue[]? Row, bool IsInsert)
{
    public bool IsPartial
    {
        get
        {
            foreach (var value in Row ?? [])
            {
                if (value.IsAbsent)
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <summary>What a batch will do to one mirrored table, one entry for each key: the last row, or its removal.</summary>
internal sealed class PendingRows(MirrorTable table)
{
    private readonly Dictionary<RowKey, PendingRow> _rows = [];

    public MirrorTable Table { get; } = table;

    public int Count => _rows.Count;

    /// <summary>The row that is waiting for a key: its values so far, or that it goes.</summary>
    public PendingRow? Find(in RowKey key) => _rows.TryGetValue(key, out var pending) ? pending : null;

    public void Upsert(RowKey key, ColumnValue[] row, bool isInsert)
    {
        if (!isInsert && _rows.TryGetValue(key, out var pending) && pending.Row is { } earlier)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = row[i].IsAbsent ? earlier[i] : row[i];
            }

            isInsert = pending.IsInsert;
        }

        _rows[key] = new PendingRow(key, row, isInsert);
    }

    public void Delete(RowKey key) => _rows[key] = new PendingRow(key, null, false);

    public void Forget(RowKey key) => _rows.Remove(key);

    public void Clear() => _rows.Clear();

    /// <summary>
    /// All of them in the order in which they can be written: removals first, so that keys that the table's collation takes for one
    /// cannot undo each other, then whole rows, then parts of rows. By key among themselves where that is quicker to write, else as they came.
    /// </summary>
    public List<PendingRow> InOrder(bool byKey = true)
    {
        var gone = new List<PendingRow>();
        var whole = new List<PendingRow>(_rows.Count);
        var parts = new List<PendingRow>();
        foreach (var row in _rows.Values)
        {
            (row.Row is null ? gone : row.IsPartial ? parts : whole).Add(row);
        }

        if (byKey)
        {
            Sort(gone);
            Sort(whole);
        }

        if (gone.Count > 0)
        {
            whole.InsertRange(0, gone);
        }

        whole.AddRange(parts);
        return whole;
    }

    // The server finds neighbours on one page. Which text comes first only its collation knows, so keys that are not numbers stay as they came.
    private static void Sort(List<PendingRow> rows)
    {
        var isSorted = true;
        for (var i = 0; i < rows.Count; i++)
        {
            foreach (var value in rows[i].Key.Values)
            {
                if (value.Kind != ValueKind.Int64)
                {
                    return;
                }
            }

            isSorted &= i == 0 || Compare(rows[i - 1], rows[i]) < 0;
        }

        if (!isSorted)
        {
            rows.Sort(Compare);
        }
    }

    private static int Compare(PendingRow first, PendingRow second)
    {
        var (left, right) = (first.Key.Values, second.Key.Values);
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i].Int64 != right[i].Int64)
            {
                return left[i].Int64.CompareTo(right[i].Int64);
            }
        }

        return 0;
    }

    /// <summary>Writes everything as statements of at most the given size, save for single rows that are larger; each is valid until the next.</summary>
    public IEnumerable<StringBuilder> Statements(int maximumLength) => RowStatements.Of(Table, InOrder(), maximumLength);
}
