namespace Strangler.CdcSync.Changes;

/// <summary>
/// One committed transaction of the source. <see cref="Position"/> is where reading goes on after it. A transaction without changes
/// only moves the position. The changes of a large one lie in a file, which goes when the transaction is disposed: whoever takes a
/// transaction disposes it.
/// </summary>
internal sealed class ChangeTransaction : IDisposable
{
    private static readonly IReadOnlyList<Change> None = [];

    private readonly IReadOnlyCollection<Change> _changes;

    /// <param name="position">Where reading goes on.</param>
    /// <param name="committedAt">When it was committed at the source.</param>
    /// <param name="changes">Its changes in order; disposed with the transaction where they can be.</param>
    /// <param name="bytes">Its size in the source's log, or a like measure of the memory that it takes.</param>
    /// <param name="tableChanges">Those of the changes that are no rows, where the caller knows them; else they are looked for.</param>
    /// <param name="cursor">What the source needs beside the position to go on.</param>
    public ChangeTransaction(
        SourcePosition position, DateTimeOffset committedAt, IReadOnlyCollection<Change>? changes, long bytes, IReadOnlyList<Change>? tableChanges = null, string? cursor = null)
    {
        Position = position;
        CommittedAt = committedAt;
        Bytes = bytes;
        Cursor = cursor;
        _changes = changes ?? None;
        TableChanges = tableChanges ?? (_changes.Count == 0 ? None : [.. _changes.Where(change => change is not RowChange)]);
    }

    public SourcePosition Position { get; }

    public DateTimeOffset CommittedAt { get; }

    public long Bytes { get; }

    /// <summary>
    /// All changes in their order. They may be walked through several times, by one reader at a time, and each time anew: those of a
    /// large transaction are decoded while they are walked through, so keep no more of them than you must.
    /// </summary>
    public IReadOnlyCollection<Change> Changes => _changes;

    /// <summary>Those of the changes that are no rows, in order: few, and in memory.</summary>
    public IReadOnlyList<Change> TableChanges { get; }

    /// <summary>Whether a table's definition may be another after it.</summary>
    public bool ChangesDefinition
    {
        get
        {
            foreach (var change in TableChanges)
            {
                if (change is TablesRenamed or TableChange { What: TableEvent.DefinitionChanged or TableEvent.Replaced })
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>JSON that the source itself understands, for one that needs more than a position to go on; null for the log.</summary>
    public string? Cursor { get; }

    public void Dispose() => (_changes as IDisposable)?.Dispose();
}
