using System.Text.Json;
using MySqlConnector;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Evidence.Packs;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Gates;

/// <summary>Changes a stage and keeps, in the same transaction, the signed pack that says why.</summary>
internal sealed class StageMover(StageStore store, StageFollower follower, PackStore packs, SliceCatalogStore catalog, GateKeeper keeper, TimeProvider time)
{
    private const double LongestCount = 24 * 3600;
    private static readonly TimeSpan PatienceOnTheWayBack = TimeSpan.FromMilliseconds(500);

    /// <param name="change">The change.</param>
    /// <param name="kind"><c>promotion</c>, <c>override</c> or <c>rollback</c>.</param>
    /// <param name="before">Where the slice stands, as the one who asks knows it.</param>
    /// <param name="slice">The declaration.</param>
    /// <param name="judgement">What was known.</param>
    /// <param name="together">What commits with it.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<StageChangeResult> MoveAsync(
        StageChange change, string kind, StageEntry before, SliceConfig slice, Judgement judgement,
        Func<MySqlConnection, MySqlTransaction, Task<bool>>? together, CancellationToken cancellationToken) =>
        await store.ChangeAsync(
            change with
            {
                Recorded = (connection, transaction, after, audit) =>
                    packs.AddAsync(connection, transaction, Pack(change, kind, before, after, slice, judgement, audit), cancellationToken),
            },
            together, cancellationToken);

    /// <summary>What is known at once, for a move back that must not wait: nothing, when it takes longer than a moment to find out.</summary>
    public async Task<Judgement> KnownAsync(SliceConfig slice, Stage stage, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await keeper.WhileAsync(slice, stage, patience.Token).WaitAsync(PatienceOnTheWayBack, time, cancellationToken);
        }
        catch (Exception fault) when (fault is TimeoutException or MySqlException or InvalidOperationException or FormatException)
        {
            await patience.CancelAsync();
            return Judgement.None;
        }
    }

    private EvidencePack Pack(
        StageChange change, string kind, StageEntry before, StageEntry after, SliceConfig slice, Judgement judgement, AuditEntry audit) => new(
        kind, change.SliceId, judgement.Input?.Now ?? time.GetUtcNow(), change.Who, change.Reason, PackStage.Of(before), PackStage.Of(after),
        new PackAudit(audit.Id, audit.Hash), judgement.Gates.Count > 0 ? judgement.Verdict : null, judgement.Gates, judgement.Input?.Parity,
        judgement.Input is { } input ? Counts(input.History.Last(Math.Min(LongestCount, input.StoodSeconds))) : null,
        judgement.Positions?.Raw, new PackConfiguration(catalog.Current.Hash, slice), follower.ReplicaId);

    private static PackCounts Counts(EvidenceWindow window) => new(Counts(window.Magento), Counts(window.Extracted));

    private static Dictionary<string, long> Counts(SideEvidence side) => Enum.GetValues<EvidenceMetric>()
        .Where(metric => side[metric] != 0)
        .ToDictionary(metric => JsonNamingPolicy.CamelCase.ConvertName(metric.ToString()), metric => side[metric], StringComparer.Ordinal);
}
