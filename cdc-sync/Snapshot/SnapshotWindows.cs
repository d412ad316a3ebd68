using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Snapshot;

/// <summary>
/// One chunk being copied: the keys that the stream has touched since before the chunk was read. Rows with such a key are left to the
/// stream, all others are as they are at the chunk's position.
/// </summary>
internal sealed class SnapshotWindow(string table, SourcePosition openedAt, bool isComparison = false)
{
    public string Table { get; } = table;

    /// <summary>Rows are only compared, not written: what a cascade changed is told by its keys.</summary>
    public bool IsComparison { get; } = isComparison;

    /// <summary>Everything up to here may already be applied, so the chunk must not be read from an older state.</summary>
    public SourcePosition OpenedAt { get; } = openedAt;

    /// <summary>Keys whose rows the stream has written as a whole, or removed.</summary>
    public HashSet<RowKey> Touched { get; } = [];

    /// <summary>Keys of whose rows the stream has written some columns; made when there are any.</summary>
    public HashSet<RowKey>? TouchedPartly { get; set; }

    /// <summary>Something happened to the table that keys do not tell: the chunk must be read again.</summary>
    public bool IsInvalid { get; set; }

    /// <summary>More keys were touched than are remembered.</summary>
    public bool IsOverfull { get; set; }

    /// <summary>Whether the stream changed the row in any way.</summary>
    public bool IsTouched(in RowKey key) => Touched.Contains(key) || IsPartly(key);

    /// <summary>Whether the stream changed the row, and yet does not know it: neither stream nor chunk say what it is now.</summary>
    public bool IsPartly(in RowKey key) => TouchedPartly is { } partly && partly.Contains(key) && !Touched.Contains(key);
}

/// <summary>The open windows of a target. Opened by the copying side, filled by the applying side; safe for both.</summary>
internal sealed class SnapshotWindows(SourcePosition start, int maximumKeys)
{
    private readonly Lock _lock = new();
    private readonly List<SnapshotWindow> _open = [];
    private SourcePosition _processed = start;

    public SnapshotWindow Open(string table, bool isComparison = false)
    {
        lock (_lock)
        {
            var window = new SnapshotWindow(table, _processed, isComparison);
            _open.Add(window);
            return window;
        }
    }

    public void Close(SnapshotWindow window)
    {
        lock (_lock)
        {
            _open.Remove(window);
        }
    }

    /// <summary>Called before a batch is applied: windows opened later know that its changes may be in the mirror already.</summary>
    public void Begin(SourcePosition batchEnd)
    {
        lock (_lock)
        {
            _processed = batchEnd;
        }
    }

    public void Touch(string table, in RowKey key)
    {
        lock (_lock)
        {
            foreach (var window in _open)
            {
                if (window.Table == table && HasRoom(window))
                {
                    window.Touched.Add(key);
                }
            }
        }
    }

    /// <summary>As <see cref="Touch"/>, for a change that told only some columns.</summary>
    public void TouchPartly(string table, in RowKey key)
    {
        lock (_lock)
        {
            foreach (var window in _open)
            {
                if (window.Table == table && HasRoom(window))
                {
                    (window.TouchedPartly ??= []).Add(key);
                }
            }
        }
    }

    public void Invalidate(string table) => Invalidate(table, static _ => true);

    /// <summary>A cascade went over the table: rows being copied were perhaps read before the server removed them. The rows that the mirror has are touched as well.</summary>
    public void InvalidateCopies(string table) => Invalidate(table, static window => !window.IsComparison);

    // A chunk that is read again costs less than memory without bound.
    private bool HasRoom(SnapshotWindow window)
    {
        if (!window.IsInvalid && window.Touched.Count + (window.TouchedPartly?.Count ?? 0) >= maximumKeys)
        {
            window.IsInvalid = window.IsOverfull = true;
            window.Touched.Clear();
            window.TouchedPartly = null;
        }

        return !window.IsInvalid;
    }

    private void Invalidate(string table, Func<SnapshotWindow, bool> which)
    {
        lock (_lock)
        {
            foreach (var window in _open)
            {
                window.IsInvalid |= window.Table == table && which(window);
            }
        }
    }
}
