using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Proxy.Control;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Evaluation;
using Strangler.Proxy.Gates;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Ramps;

/// <summary>Body of a change of a ramp.</summary>
/// <param name="Action"><c>start</c>, <c>pause</c>, <c>resume</c> or <c>abort</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record RampRequest(string? Action, string? Reason);

/// <summary>A slice's ramp.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="State">Null when none was ever started.</param>
/// <param name="Steps">Its plan.</param>
/// <param name="Stage">Where the slice stands.</param>
/// <param name="Percent">The canary's share.</param>
/// <param name="Next">The step it goes to next; null at its end.</param>
/// <param name="WaitsFor">What it waits for beside the gates; null for nothing.</param>
/// <param name="StepSeconds">How long each step holds at least.</param>
/// <param name="StoodSeconds">How long this one has held.</param>
/// <param name="HoldSecondsLeft">After a step back: how long nothing goes forward.</param>
/// <param name="Compared">Comparisons since the slice stands where it stands.</param>
/// <param name="ShadowComparisons">Comparisons that shadow needs.</param>
/// <param name="Rollbacks">Times it went back.</param>
/// <param name="Note">Why it is as it is.</param>
/// <param name="StartedBy">Who started it.</param>
/// <param name="StartedAt">When.</param>
/// <param name="ChangedAt">When it last did something.</param>
/// <param name="Evaluator">The replica that judges.</param>
public sealed record RampView(
    string Slice, RampState? State, IReadOnlyList<RampStep> Steps, Stage Stage, double Percent, RampStep? Next, string? WaitsFor, int StepSeconds,
    double? StoodSeconds, double? HoldSecondsLeft, long Compared, int ShadowComparisons, int Rollbacks, string? Note, string? StartedBy,
    DateTimeOffset? StartedAt, DateTimeOffset? ChangedAt, string? Evaluator);

/// <summary><c>GET</c> and <c>POST /api/slices/{id}/ramp</c>.</summary>
internal static class RampsApi
{
    public static void MapRamps(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/slices/{id}/ramp", ReadAsync).WithName("ReadRamp");
        routes.MapPost("/slices/{id}/ramp", ChangeAsync).WithName("ChangeRamp");
        routes.MapGet("/evaluation", (LeaderLease lease, StageFollower follower) => TypedResults.Ok(new EvaluationView(lease.Holder, follower.ReplicaId, lease.IsHeld)))
            .WithName("ReadEvaluation");
    }

    private static async Task<Results<Ok<RampView>, ProblemHttpResult>> ReadAsync(
        string id, ControlState state, RoutingStore routing, RampViews views, CancellationToken cancellationToken)
    {
        try
        {
            return routing.Current.Find(id) is { } route ? TypedResults.Ok(await views.OfAsync(route, cancellationToken)) : ControlProblems.NoSuchSlice(id, state);
        }
        catch (MySqlException fault)
        {
            return ControlProblems.Unavailable(fault);
        }
    }

    private static async Task<Results<Ok<RampView>, ProblemHttpResult>> ChangeAsync(
        string id, RampRequest request, HttpContext context, ControlState state, RoutingStore routing, RampStore ramps, StageStore stages,
        StageFollower follower, RampViews views)
    {
        if (StageRequestRules.ReasonFault(request.Reason) is { } fault)
        {
            return ControlProblems.Invalid(fault);
        }

        if (request.Action is not ("start" or "pause" or "resume" or "abort"))
        {
            return ControlProblems.Invalid("'action' must be start, pause, resume or abort");
        }

        try
        {
            await follower.RefreshAsync(context.RequestAborted);
            if (routing.Current.Find(id) is not { } route)
            {
                return ControlProblems.NoSuchSlice(id, state);
            }

            var (who, reason) = (ControlAuthentication.CallerOf(context), request.Reason!.Trim());
            var ramp = await ramps.ReadAsync(id, context.RequestAborted);
            if (Refusal(request.Action, ramp, route) is { } refusal)
            {
                return TypedResults.Problem(refusal, statusCode: StatusCodes.Status409Conflict, title: "That cannot be done now");
            }

            if (request.Action == "start")
            {
                await ramps.StartAsync(id, route.Entry.Version, who, reason, context.RequestAborted);
            }
            else if (!await ramps.ChangeAsync(ramp!, After(request.Action), request.Action == "resume" ? route.Entry.Version : ramp!.StageVersion,
                request.Action == "resume" ? 0 : ramp!.Rollbacks, null, $"{who}: {reason}", null, context.RequestAborted))
            {
                return TypedResults.Problem("It was changed in this moment. Look again, then decide.", statusCode: StatusCodes.Status409Conflict, title: "Somebody was faster");
            }

            await stages.RecordAsync($"ramp-{request.Action}", id, Json(ramp?.State), Json(After(request.Action)), who, reason, context.RequestAborted);
            return TypedResults.Ok(await views.OfAsync(route, context.RequestAborted));
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    private static string? Refusal(string action, Ramp? ramp, SliceRoute route) => action switch
    {
        "start" when route.Slice.Config.Writes is not null => $"{route.Slice.Id} writes: it is not ramped but switched, with POST /api/slices/{route.Slice.Id}/switch.",
        "start" when ramp is { State: RampState.Running or RampState.Holding } => "Its ramp is under way already.",
        "start" when route.Entry.Stage == Stage.Retired => $"{route.Slice.Id} is retired: there is nothing to go to.",
        "start" => null,
        _ when ramp is null => "It has no ramp. Start one first.",
        "pause" when ramp.State is not (RampState.Running or RampState.Holding) => $"Its ramp is {RampStore.Word(ramp.State)}: there is nothing to pause.",
        "resume" when ramp.State is not (RampState.Paused or RampState.Holding) => $"Its ramp is {RampStore.Word(ramp.State)}: start it.",
        "abort" when ramp.State == RampState.Aborted => "It is aborted already.",
        _ => null,
    };

    private static RampState After(string action) => action switch
    {
        "pause" => RampState.Paused,
        "abort" => RampState.Aborted,
        _ => RampState.Running,
    };

    private static string? Json(RampState? state) => state is { } known ? $"\"{RampStore.Word(known)}\"" : null;
}

/// <summary>Puts together what is shown of a ramp.</summary>
internal sealed class RampViews(RampStore ramps, GateKeeper keeper, LeaderLease lease, RoutingStore routing, IOptions<EvaluationOptions> options)
{
    public async Task<RampView> OfAsync(SliceRoute route, CancellationToken cancellationToken)
    {
        var (entry, config) = (route.Entry, route.Slice.Config.Ramp ?? new RampConfig());
        var ramp = await ramps.ReadAsync(route.Slice.Id, cancellationToken);
        var compared = await keeper.ComparedAsync(route.Slice.Id, cancellationToken);
        var waitsFor = ramp is { State: RampState.Running or RampState.Holding }
            ? RampProgress.WaitsFor(ramp, config, entry, routing.Current.KillSwitch, compared, options.Value.Freezes, await keeper.NowAsync(cancellationToken))
            : null;
        return new RampView(
            route.Slice.Id, ramp?.State, RampPlan.Steps(config), entry.Stage, entry.Percent, RampPlan.Next(config, entry.Stage, entry.Percent), waitsFor,
            config.StepSeconds, ramp?.StoodSeconds, ramp?.HoldSecondsLeft is > 0 and var left ? left : null, compared, config.ShadowComparisons,
            ramp?.Rollbacks ?? 0, ramp?.Note, ramp?.StartedBy, ramp?.StartedAt, ramp?.ChangedAt, lease.Holder);
    }
}

/// <summary>Who judges.</summary>
/// <param name="Evaluator">The replica, as this one last heard.</param>
/// <param name="Replica">This replica.</param>
/// <param name="IsHere">True when they are the same and its lease runs.</param>
public sealed record EvaluationView(string? Evaluator, string Replica, bool IsHere);
