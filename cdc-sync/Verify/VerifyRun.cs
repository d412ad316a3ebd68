namespace Strangler.CdcSync.Verify;

/// <summary>What was ordered: some tables or all, to be repaired or not; or one entity's rows.</summary>
internal sealed record VerifyOrder(IReadOnlyList<string> Tables, bool Repair, string? Entity = null, string? Key = null);

/// <summary>How a run stands.</summary>
internal enum RunState
{
    Waiting,
    Running,
    Done,
    Cancelled,
    Failed,
}

/// <summary>One comparison of a service's mirror with its source. Changed by the verifier alone.</summary>
internal sealed class VerifyRun(long id, VerifyOrder order, DateTimeOffset orderedAt, IEnumerable<TableResult> tables)
{
    private volatile bool _isCancelled;

    public long Id { get; } = id;

    public VerifyOrder Order { get; } = order;

    public DateTimeOffset OrderedAt { get; } = orderedAt;

    public IReadOnlyList<TableResult> Tables { get; } = [.. tables];

    public RunState State { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? Reason { get; set; }

    /// <summary>Why it waits just now.</summary>
    public string? WaitsFor { get; set; }

    public bool IsCancelled => _isCancelled;

    public bool IsDone => State is RunState.Done or RunState.Cancelled or RunState.Failed;

    public void Cancel() => _isCancelled = true;

    /// <summary>The one word: <c>equal</c>, <c>repaired</c>, <c>different</c>, or <c>unknown</c> while and where it is not known.</summary>
    public string Result()
    {
        if (Tables.Any(table => table.Differences > table.Repaired))
        {
            return "different";
        }

        if (State != RunState.Done || Tables.Any(table => table.State is not (VerifyState.Equal or VerifyState.Repaired)))
        {
            return "unknown";
        }

        return Tables.Any(table => table.State == VerifyState.Repaired) ? "repaired" : "equal";
    }
}
