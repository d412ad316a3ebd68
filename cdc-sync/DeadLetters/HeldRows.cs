using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.DeadLetters;

/// <summary>
/// The rows whose changes are held back, for the target refused one: those of <c>cdc_dead_letter</c>. Changed by the applying side after its
/// commits and by orders to skip; read by any. Safe for several threads.
/// </summary>
internal sealed class HeldRows
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<RowKey>> _tables = [];
    private readonly HashSet<string> _careful = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public int CountOf(string table)
    {
        lock (_lock)
        {
            return _tables.TryGetValue(table, out var keys) ? keys.Count : 0;
        }
    }

    public List<RowKey> KeysOf(string table)
    {
        lock (_lock)
        {
            return _tables.TryGetValue(table, out var keys) ? [.. keys] : [];
        }
    }

    public bool Contains(string table, in RowKey key)
    {
        if (Count == 0)
        {
            return false;
        }

        lock (_lock)
        {
            return _tables.TryGetValue(table, out var keys) && keys.Contains(key);
        }
    }

    public void Load(IEnumerable<DeadLetter> letters)
    {
        lock (_lock)
        {
            _tables.Clear();
            _count = 0;
        }

        foreach (var letter in letters)
        {
            Add(letter.Table, new RowKey(letter.Key));
        }
    }

    public void Add(string table, in RowKey key)
    {
        lock (_lock)
        {
            if (!_tables.TryGetValue(table, out var keys))
            {
                _tables[table] = keys = [];
            }

            _count += keys.Add(key) ? 1 : 0;
        }
    }

    public void Remove(string table, in RowKey key)
    {
        lock (_lock)
        {
            _count -= _tables.TryGetValue(table, out var keys) && keys.Remove(key) ? 1 : 0;
        }
    }

    public void Clear(string table)
    {
        lock (_lock)
        {
            _count -= _tables.Remove(table, out var keys) ? keys.Count : 0;
        }
    }

    /// <summary>Whether the table's rows must be written so that single ones can be refused.</summary>
    public bool IsCareful(string table)
    {
        lock (_lock)
        {
            return _careful.Contains(table) || (_tables.TryGetValue(table, out var keys) && keys.Count > 0);
        }
    }

    public void BeCareful(string table)
    {
        lock (_lock)
        {
            _careful.Add(table);
        }
    }
}
