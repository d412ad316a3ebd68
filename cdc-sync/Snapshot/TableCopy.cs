using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Snapshot;

/// <summary>Where a mirrored table stands.</summary>
internal enum CopyState
{
    /// <summary>Must be copied, or copied again.</summary>
    Pending,
    Copying,
    Streaming,

    /// <summary>Not there at the source.</summary>
    Missing,
    Stopped,
}

/// <summary>How a table is copied.</summary>
internal enum CopyMode
{
    /// <summary>Into an empty mirror.</summary>
    Fill,

    /// <summary>Over an older copy: only what differs is written.</summary>
    Compare,
}

/// <summary>A table's copy as remembered in <c>cdc_snapshot_progress</c>. An order to copy again makes a new generation.</summary>
internal sealed record TableCopy(string Table, CopyState State, CopyMode Mode, ColumnValue[]? LastKey, long Rows, string? Definition, string? Reason, int Generation);

/// <summary>The copies of a target's tables. Written by the applying side alone; read by any.</summary>
internal sealed class TableCopies
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TableCopy> _copies = [];
    private TaskCompletionSource _changed = New();

    public IReadOnlyList<TableCopy> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _copies.Values];
            }
        }
    }

    /// <summary>Tables that nobody waits for: their copies do not count.</summary>
    public IReadOnlySet<string> Aside { get; set; } = new HashSet<string>();

    public bool AreAllStreaming
    {
        get
        {
            lock (_lock)
            {
                return _copies.Values.All(copy => copy.State == CopyState.Streaming || Aside.Contains(copy.Table));
            }
        }
    }

    /// <summary>Completes when anything has changed since the call.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    public TableCopy? Find(string table)
    {
        lock (_lock)
        {
            return _copies.GetValueOrDefault(table);
        }
    }

    public void Set(TableCopy copy)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _copies[copy.Table] = copy;
            (changed, _changed) = (_changed, New());
        }

        changed.TrySetResult();
    }

    /// <summary>A table that is not mirrored any more.</summary>
    public void Remove(string table)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _copies.Remove(table);
            (changed, _changed) = (_changed, New());
        }

        changed.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
