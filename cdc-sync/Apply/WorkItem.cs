using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>What waits to be applied to a target, in order.</summary>
internal abstract record WorkItem;

internal sealed record TransactionItem(ChangeTransaction Transaction) : WorkItem;

/// <summary>A chunk of a copy; the result says whether it was written, or must be read again.</summary>
internal sealed record ChunkItem(
    TableCopy Copy, SnapshotWindow Window, Chunk Chunk, ColumnValue[]? After, ColumnValue[]? UpTo, TaskCompletionSource<bool> Written) : WorkItem;
