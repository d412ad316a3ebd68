using System.Globalization;
using Strangler.Proxy.Evidence;

namespace Strangler.Proxy.Rehearsing;

/// <summary>The newest rehearsal, as gates ask for it.</summary>
internal sealed class RehearsalEvidenceReader(RehearsalStore rehearsals) : IRehearsalEvidence
{
    public async Task<RehearsalEvidence?> ReadAsync(string sliceId, CancellationToken cancellationToken) =>
        (await rehearsals.ListAsync(sliceId, 1, cancellationToken)).Rehearsals is [var newest]
            ? new RehearsalEvidence(newest.FinishedAt, newest.Passed, Text(newest))
            : null;

    private static string Text(RehearsalView rehearsal) => rehearsal.Passed
        ? string.Create(CultureInfo.InvariantCulture,
            $"switch {rehearsal.ForwardMilliseconds:0} ms (frozen {rehearsal.ForwardFrozenMilliseconds:0}), way back {rehearsal.ReverseMilliseconds:0} ms (frozen {rehearsal.ReverseFrozenMilliseconds:0})")
        : rehearsal.Detail;
}
