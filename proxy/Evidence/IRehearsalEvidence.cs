namespace Strangler.Proxy.Evidence;

/// <summary>The last rehearsal of a slice's switch.</summary>
public interface IRehearsalEvidence
{
    /// <summary>Null when there was none.</summary>
    Task<RehearsalEvidence?> ReadAsync(string sliceId, CancellationToken cancellationToken);
}

/// <param name="At">When it ended.</param>
/// <param name="Passed">Whether switch and way back went through.</param>
/// <param name="Detail">For people, such as how long each took.</param>
public sealed record RehearsalEvidence(DateTimeOffset At, bool Passed, string Detail);

/// <summary>Stands in while nothing is rehearsed.</summary>
internal sealed class NoRehearsalEvidence : IRehearsalEvidence
{
    public Task<RehearsalEvidence?> ReadAsync(string sliceId, CancellationToken cancellationToken) => Task.FromResult<RehearsalEvidence?>(null);
}
