using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Verify;

/// <summary>Where the comparison of one table stands, or how it ended.</summary>
internal enum VerifyState
{
    Pending,
    Running,
    Equal,

    /// <summary>There were differences, and a repair made all of them good.</summary>
    Repaired,
    Different,

    /// <summary>Some rows changed each time they were looked at: neither equal nor different.</summary>
    Unsettled,

    /// <summary>Could not be compared.</summary>
    Skipped,
    Cancelled,
}

/// <summary>How a row of the mirror differs.</summary>
internal enum DifferenceKind
{
    Missing,
    Extra,
    Different,
}

/// <summary>One column's value on both sides as text; null is NULL, or a row that is not there.</summary>
internal sealed record ColumnDifference(string Column, string? Source, string? Mirror);

/// <summary>One row that was found to differ, with the place in the log at which it did.</summary>
internal sealed record RowDifference(
    string Table, DifferenceKind Kind, ColumnValue[] Key, IReadOnlyList<ColumnDifference> Columns, SourcePosition Position, IReadOnlyList<string>? Meaning = null)
{
    public bool Repaired { get; set; }

    /// <summary>The whole row, the source's where it has one; not kept.</summary>
    public ColumnValue[]? Row { get; init; }
}

/// <summary>The comparison of one table while it runs and when it is done. One writer, the verifier.</summary>
internal sealed class TableResult(string table)
{
    public string Table { get; } = table;

    public VerifyState State { get; set; } = VerifyState.Pending;

    /// <summary>Everything up to this key is done.</summary>
    public ColumnValue[]? LastKey { get; set; }

    /// <summary>Rows up to the last key that changed each time they were looked at.</summary>
    public List<ColumnValue[]> Open { get; set; } = [];

    public long Rows { get; set; }

    public long? Estimate { get; set; }

    public long Chunks { get; set; }

    public long Missing { get; set; }

    public long Extra { get; set; }

    public long Different { get; set; }

    public long Repaired { get; set; }

    public SourcePosition? Position { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? Reason { get; set; }

    public long Differences => Missing + Extra + Different;

    public bool IsDone => State is not (VerifyState.Pending or VerifyState.Running);

    public void Count(DifferenceKind kind)
    {
        _ = kind switch
        {
            DifferenceKind.Missing => Missing++,
            DifferenceKind.Extra => Extra++,
            _ => Different++,
        };
    }

    /// <summary>Begins from the first row again.</summary>
    public void Restart()
    {
        (LastKey, Rows, Chunks, Missing, Extra, Different, Repaired, Position, Reason) = (null, 0, 0, 0, 0, 0, 0, null, null);
        Open = [];
    }
}
