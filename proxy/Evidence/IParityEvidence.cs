namespace Strangler.Proxy.Evidence;

/// <summary>What the comparison of answers has found about a slice, over all replicas: what gates judge and evidence packs keep.</summary>
public interface IParityEvidence
{
    /// <summary>The slice's totals and its largest groups; null when nothing is known of it.</summary>
    /// <param name="sliceId">The slice.</param>
    /// <param name="groups">How many groups at most, those first that differ most beyond noise.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ParityEvidence?> ReadAsync(string sliceId, int groups, CancellationToken cancellationToken);
}

/// <summary>What was compared since the last reset.</summary>
/// <param name="Since">When counting began: the first comparison, or the reset of the slice's parity. Gates judge nothing older.</param>
/// <param name="Compared">Pairs of answers.</param>
/// <param name="Different">Of these, those that differed beyond noise and ignore rules.</param>
/// <param name="NoiseCompared">Pairs of answers of Magento to the same request.</param>
/// <param name="Groups">Differences by path and kind, those first that differ most beyond noise.</param>
public sealed record ParityEvidence(
    DateTimeOffset Since, long Compared, long Different, long NoiseCompared, IReadOnlyList<ParityEvidenceGroup> Groups);

/// <summary>Differences of one kind at one place.</summary>
/// <param name="Path"><c>$.items[*].price</c>, <c>header:Name</c> or <c>status</c>.</param>
/// <param name="Kind">Such as <c>value</c>, <c>missing</c>, <c>extra</c>, <c>type</c>, <c>order</c>.</param>
/// <param name="Count">Pairs in which it was seen.</param>
/// <param name="NoiseCount">Pairs of Magento's own answers in which it was seen.</param>
/// <param name="IsNoise">Taken for noise: it does not count as a difference.</param>
/// <param name="FirstSeen">When first.</param>
/// <param name="LastSeen">When last.</param>
/// <param name="Samples">A few of the requests, masked.</param>
public sealed record ParityEvidenceGroup(
    string Path, string Kind, long Count, long NoiseCount, bool IsNoise, DateTimeOffset FirstSeen, DateTimeOffset LastSeen,
    IReadOnlyList<ParityEvidenceSample> Samples);

/// <summary>One request that showed a difference.</summary>
/// <param name="Target">Method and target, masked; names the product, page or customer concerned.</param>
/// <param name="Magento">Magento's value there, masked and cut; null where it has none.</param>
/// <param name="Service">The service's value there.</param>
/// <param name="At">When.</param>
public sealed record ParityEvidenceSample(string Target, string? Magento, string? Service, DateTimeOffset At);

/// <summary>Stands in while nothing is compared.</summary>
internal sealed class NoParityEvidence : IParityEvidence
{
    public Task<ParityEvidence?> ReadAsync(string sliceId, int groups, CancellationToken cancellationToken) => Task.FromResult<ParityEvidence?>(null);
}
