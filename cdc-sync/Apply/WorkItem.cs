using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>What waits to be applied to a target, in order.</summary>
internal abstract record WorkItem;

internal sealed record TransactionItem(ChangeTransaction Transaction) : WorkItem;

/// <summary>What the copying side hands to the applying side.</summary>
internal abstract record CopyItem : WorkItem
{
    private readonly TaskCompletionSource<bool> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was carried out; what was read must be read again if not.</summary>
    public Task<bool> Written => _written.Task;

    /// <summary>How long writing took.</summary>
    public TimeSpan Took { get; set; }

    public void Done(bool isWritten) => _written.TrySetResult(isWritten);
}

/// <summary>The first copy of a table begins: from here on the stream's rows of it are applied.</summary>
internal sealed record BeginItem(TableCopy Copy) : CopyItem;

/// <summary>Tables ordered to be copied again.</summary>
internal sealed record CopyAgainItem(IReadOnlyCollection<string> Tables) : CopyItem;

/// <summary>A table whose copy is settled without reading anything.</summary>
internal sealed record SettledItem(TableCopy Copy, CopyState State, string? Reason) : CopyItem;

/// <summary>Rows read from the source by the copying side, by a definition that was in force then.</summary>
internal abstract record ReadItem(TableDefinition Table, SnapshotWindow Window, Chunk Chunk) : CopyItem;

/// <summary>A chunk of a table's copy: all rows after one key up to another.</summary>
internal sealed record ChunkItem(TableCopy Copy, TableDefinition Table, SnapshotWindow Window, Chunk Chunk, ColumnValue[]? After, ColumnValue[]? UpTo)
    : ReadItem(Table, Window, Chunk);

/// <summary>Single rows read again; a key without a row is gone at the source.</summary>
internal sealed record RereadItem(TableDefinition Table, SnapshotWindow Window, Chunk Chunk, IReadOnlyList<RereadOrder> Orders) : ReadItem(Table, Window, Chunk);
