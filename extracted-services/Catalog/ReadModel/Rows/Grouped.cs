namespace Strangler.Catalog.ReadModel.Rows;

/// <summary>Rows by the id they belong to; an id without rows has an empty list.</summary>
internal sealed class Grouped<TRow>
{
    private readonly Dictionary<int, List<TRow>> _rows = [];

    public IReadOnlyList<TRow> this[int id] => _rows.TryGetValue(id, out var rows) ? rows : [];

    public IEnumerable<int> Ids => _rows.Keys;

    public void Add(int id, TRow row)
    {
        if (!_rows.TryGetValue(id, out var rows))
        {
            _rows.Add(id, rows = []);
        }

        rows.Add(row);
    }

    /// <summary>Puts the rows of every id in order; the order of equals stays.</summary>
    public Grouped<TRow> OrderBy<TKey>(Func<TRow, TKey> key)
    {
        foreach (var id in _rows.Keys)
        {
            _rows[id] = [.. _rows[id].OrderBy(key)];
        }

        return this;
    }
}
