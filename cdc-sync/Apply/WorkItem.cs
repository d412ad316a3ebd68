using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>What waits to be applied to a target, in order.</summary>
internal abstract record WorkItem;

internal sealed record TransactionItem(ChangeTransaction Transaction) : WorkItem;

/// <summary>Rows read from the source by the copying side, by a definition that was in force then.</summary>
internal abstract record CopyItem(TableDefinition Table, SnapshotWindow Window, Chunk Chunk) : WorkItem
{
    private readonly TaskCompletionSource<bool> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was written, or must be read again.</summary>
    public Task<bool> Written => _written.Task;

    public void Done(bool isWritten) => _written.TrySetResult(isWritten);
}

/// <summary>A chunk of a table's copy: all rows after one key up to another.</summary>
internal sealed record ChunkItem(TableCopy Copy, TableDefinition Table, SnapshotWindow Window, Chunk Chunk, ColumnValue[]? After, ColumnValue[]? UpTo)
    : CopyItem(Table, Window, Chunk);

/// <summary>Single rows read again; a key without a row is gone at the source.</summary>
internal sealed record RereadItem(TableDefinition Table, SnapshotWindow Window, Chunk Chunk, IReadOnlyList<RereadOrder> Orders) : CopyItem(Table, Window, Chunk);
