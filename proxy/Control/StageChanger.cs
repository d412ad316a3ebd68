using Microsoft.AspNetCore.Http.HttpResults;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Gates;
using Strangler.Proxy.Ramps;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Control;

/// <summary>
/// A person's move of a slice. Forward: only when every gate passes, or with an override, and from the very version that was judged. Back: always,
/// and at once.
/// </summary>
internal sealed class StageChanger(RoutingStore routing, StageFollower follower, GateKeeper keeper, StageMover mover)
{
    /// <summary>Null: done. Else why not.</summary>
    /// <param name="id">A slice that is known.</param>
    /// <param name="request">A request without fault.</param>
    /// <param name="who">Who asks.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<ProblemHttpResult?> ChangeAsync(string id, StageRequest request, string who, CancellationToken cancellationToken)
    {
        await follower.RefreshAsync(cancellationToken);
        var route = routing.Current.Find(id)!;
        var (entry, slice) = (route.Entry, route.Slice.Config);
        _ = StageRequestRules.TryParse(request.Stage, out var stage);
        var percent = stage == Stage.Canary ? request.Percent ?? (entry.Stage == Stage.Canary ? entry.Percent : 0) : 0;
        if (request.ExpectedVersion is { } expected && expected != entry.Version)
        {
            return ControlProblems.Conflict(id, expected, entry);
        }

        var (isForward, to) = (GateKeeper.IsForward(entry, stage, percent), new RampStep(stage, percent));
        var judgement = isForward
            ? await keeper.BeforeAsync(slice, entry, to, cancellationToken)
            : await mover.KnownAsync(slice, entry.Stage, cancellationToken);
        var passes = !isForward || judgement.Verdict == GateVerdict.Pass;
        if (!passes && !request.Override)
        {
            return GateProblems.Refused(id, to, judgement);
        }

        var kind = !isForward ? "rollback" : passes ? "promotion" : "override";
        var change = new StageChange(id, passes ? "stage" : "override", stage, percent, null, who, request.Reason!.Trim(), isForward ? entry.Version : request.ExpectedVersion);
        var result = await mover.MoveAsync(change, kind, entry, slice, judgement, null, cancellationToken);
        return result.After is null ? ControlProblems.Conflict(id, change.ExpectedVersion ?? entry.Version, result.Before) : null;
    }
}
