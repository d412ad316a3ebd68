using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.Proxy.EdgeCache;
using Strangler.Proxy.Evaluation;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Protection;
using Strangler.Proxy.Replaying;
using Strangler.Proxy.Stages;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Control;

/// <summary>The control API: what stands, and every change of it. Faults are problem+json; a change that is refused changes nothing.</summary>
internal static class ControlApi
{
    private const int MaximumAuditPage = 500;
    private const int MaximumOverrideMinutes = 7 * 24 * 60;

    public static void MapControlApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api");
        api.MapGet("/slices", (ControlState state) => TypedResults.Ok(state.Slices())).WithName("ListSlices");
        api.MapGet("/slices/{id}", GetSlice).WithName("GetSlice");
        api.MapPost("/slices/{id}/stage", ChangeStageAsync).WithName("ChangeStage");
        api.MapPut("/slices/{id}/rules", ChangeRulesAsync).WithName("ChangeRules");
        api.MapPost("/kill-switch", SetKillSwitchAsync).WithName("SetKillSwitch");
        api.MapGet("/audit", ReadAuditAsync).WithName("ReadAudit");
        api.MapGet("/audit/check", CheckAuditAsync).WithName("CheckAudit");
        api.MapPost("/explain", ExplainAsync).WithName("Explain");
        api.MapPost("/override-tokens", MakeOverride).WithName("MakeOverride");
        api.MapGet("/status", (ControlState state) => TypedResults.Ok(state.Status())).WithName("Status");
        api.MapGet("/events", LiveEvents.Stream).WithName("Events");
        api.MapPost("/login", LogIn).WithName("LogIn");
        api.MapReplicas();
        api.MapEvaluation();
        api.MapWriteSwitch();
        api.MapParity();
        api.MapProtection();
        api.MapEdgeCache();
        api.MapReplays();
    }

    private static Results<Ok<SliceView>, ProblemHttpResult> GetSlice(string id, ControlState state) =>
        state.Find(id) is { } slice ? TypedResults.Ok(slice) : ControlProblems.NoSuchSlice(id, state);

    private static async Task<Results<Ok<SliceView>, ProblemHttpResult>> ChangeStageAsync(
        string id, StageRequest request, HttpContext context, ControlState state, StageChanger changer, StageFollower follower, ReplicaConfirmation confirmation)
    {
        if (state.Find(id) is not { } slice)
        {
            return ControlProblems.NoSuchSlice(id, state);
        }

        if (StageRequestRules.Fault(request, slice) is { } fault)
        {
            return ControlProblems.Invalid(fault);
        }

        _ = StageRequestRules.TryParse(request.Stage, out var stage);
        if (state.WriteFault(id, stage) is { } writeFault)
        {
            return TypedResults.Problem(writeFault, statusCode: StatusCodes.Status409Conflict, title: "Its data have an owner");
        }

        try
        {
            if (await changer.ChangeAsync(id, request, ControlAuthentication.CallerOf(context), context.RequestAborted) is { } refused)
            {
                return refused;
            }

            await follower.RefreshAsync(context.RequestAborted);
            var confirmed = await confirmation.WaitAsync(follower.Current.Version, context.RequestAborted);
            return TypedResults.Ok(state.Find(id)! with { Confirmation = confirmed });
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    private static async Task<Results<Ok<SliceView>, ProblemHttpResult>> ChangeRulesAsync(
        string id, RulesRequest request, HttpContext context, ControlState state, StageStore store, StageFollower follower, ReplicaConfirmation confirmation)
    {
        if (state.Find(id) is null)
        {
            return ControlProblems.NoSuchSlice(id, state);
        }

        var faults = request.Rules?.Faults().ToList() ?? ["'rules' is missing"];
        if (StageRequestRules.ReasonFault(request.Reason) is { } reasonFault)
        {
            faults.Add(reasonFault);
        }

        return faults.Count > 0
            ? ControlProblems.Invalid(string.Join("; ", faults))
            : await ChangeAsync(
                new StageChange(id, "rules", null, null, request.Rules, ControlAuthentication.CallerOf(context), request.Reason!.Trim(), request.ExpectedVersion),
                state, store, follower, confirmation, context.RequestAborted);
    }

    private static async Task<Results<Ok<SliceView>, ProblemHttpResult>> ChangeAsync(
        StageChange change, ControlState state, StageStore store, StageFollower follower, ReplicaConfirmation confirmation, CancellationToken cancellationToken)
    {
        try
        {
            var result = await store.ChangeAsync(change, cancellationToken);
            if (result.After is null)
            {
                return ControlProblems.Conflict(change, result.Before);
            }

            await follower.RefreshAsync(cancellationToken);
            var confirmed = await confirmation.WaitAsync(follower.Current.Version, cancellationToken);
            return TypedResults.Ok(state.Find(change.SliceId)! with { Confirmation = confirmed });
        }
        catch (MySqlException fault)
        {
            return ControlProblems.Unavailable(fault);
        }
    }

    private static async Task<Results<Ok<KillSwitchView>, ProblemHttpResult>> SetKillSwitchAsync(
        KillSwitchRequest request, HttpContext context, StageStore store, StageFollower follower, ReplicaConfirmation confirmation)
    {
        if (request.On is not { } on)
        {
            return ControlProblems.Invalid("'on' must be true or false");
        }

        if (StageRequestRules.ReasonFault(request.Reason) is { } fault)
        {
            return ControlProblems.Invalid(fault);
        }

        try
        {
            var changed = await store.SetKillSwitchAsync(on, ControlAuthentication.CallerOf(context), request.Reason!.Trim(), context.RequestAborted);
            await follower.RefreshAsync(context.RequestAborted);
            var confirmed = await confirmation.WaitAsync(follower.Current.Version, context.RequestAborted);
            return TypedResults.Ok(new KillSwitchView(on, changed) { Confirmation = confirmed });
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    private static async Task<Results<Ok<AuditView>, ProblemHttpResult>> ReadAuditAsync(
        StageStore store, CancellationToken cancellationToken, int limit = 100, long? before = null)
    {
        if (limit is < 1 or > MaximumAuditPage)
        {
            return ControlProblems.Invalid($"'limit' must be 1 to {MaximumAuditPage}");
        }

        try
        {
            var entries = await store.ReadAuditAsync(limit, before, cancellationToken);
            return TypedResults.Ok(new AuditView([.. entries.Select(AuditEntryView.Of)]));
        }
        catch (MySqlException fault)
        {
            return ControlProblems.Unavailable(fault);
        }
    }

    private static async Task<Results<Ok<AuditCheckView>, ProblemHttpResult>> CheckAuditAsync(StageStore store, CancellationToken cancellationToken)
    {
        try
        {
            var broken = await store.FindBrokenAuditAsync(cancellationToken);
            return TypedResults.Ok(new AuditCheckView(broken is null, broken));
        }
        catch (MySqlException fault)
        {
            return ControlProblems.Unavailable(fault);
        }
    }

    private static async Task<Results<Ok<ExplainView>, ProblemHttpResult>> ExplainAsync(
        ExplainRequest request, RouteExplainer explainer, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.Method) || string.IsNullOrEmpty(request.Url))
        {
            return ControlProblems.Invalid("'method' and 'url' must be given");
        }

        return await explainer.ExplainAsync(request, cancellationToken) is { } view
            ? TypedResults.Ok(view)
            : ControlProblems.Invalid("'url' must be absolute or begin with '/', 'clientAddress' an IP address");
    }

    private static Results<Ok<OverrideView>, ProblemHttpResult> MakeOverride(OverrideRequest request, ControlState state, OverrideKey key, TimeProvider time)
    {
        if (!Enum.TryParse<Side>(request.Side, ignoreCase: true, out var side) || !Enum.IsDefined(side))
        {
            return ControlProblems.Invalid("'side' must be magento or extracted");
        }

        if (request.Minutes is < 1 or > MaximumOverrideMinutes)
        {
            return ControlProblems.Invalid($"'minutes' must be 1 to {MaximumOverrideMinutes}");
        }

        if (request.Slice is { } slice && state.Find(slice) is null)
        {
            return ControlProblems.NoSuchSlice(slice, state);
        }

        var token = new OverrideToken(side, request.Slice, time.GetUtcNow().AddMinutes(request.Minutes ?? 60));
        return TypedResults.Ok(new OverrideView(token.Sign(key.Key), OverrideToken.HeaderName, OverrideToken.CookieName, token.ExpiresAt));
    }

    private static Results<Ok<LoginView>, ProblemHttpResult> LogIn(LoginRequest request, HttpContext context, ControlAuthentication authentication)
    {
        if (authentication.NameOf(request.Key) is not { } name)
        {
            return TypedResults.Problem("That key is not known.", statusCode: StatusCodes.Status401Unauthorized, title: "Who are you?");
        }

        authentication.LogIn(context, name);
        return TypedResults.Ok(new LoginView(name));
    }
}
