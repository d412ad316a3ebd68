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
    /// cannot undo each other, then whole rows, then parts of rows.
    /// </summary>
    public List<PendingRow> InOrder()
    {
        var rows = new List<PendingRow>(_rows.Count);
        rows.AddRange(_rows.Values.Where(row => row.Row is null));
        rows.AddRange(_rows.Values.Where(row => row.Row is not null && !row.IsPartial));
        rows.AddRange(_rows.Values.Where(row => row.Row is not null && row.IsPartial));
        return rows;
    }

    /// <summary>Writes everything as statements of at most the given size, save for single rows that are larger.</summary>
    public IEnumerable<string> Statements(int maximumLength) => RowStatements.Of(Table, InOrder(), maximumLength);
}
