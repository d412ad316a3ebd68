using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.Proxy.Control;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Gates;
using Strangler.Proxy.Ramps;
using Strangler.Proxy.Rehearsing;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>Body of a switch; <paramref name="To"/> is <c>service</c> or <c>magento</c>.</summary>
public sealed record SwitchRequest(string? To, bool? DryRun, string? Reason)
{
    /// <summary>Although a gate does not pass.</summary>
    public bool Override { get; init; }
}

/// <summary>Body of a cancellation or of a rehearsal.</summary>
public sealed record SwitchReasonRequest(string? Reason);

/// <summary>How a slice's writes stand.</summary>
/// <param name="Record">The side that owns the data.</param>
/// <param name="Gate">Whether unsafe requests go through.</param>
/// <param name="Current">The switch under way, or null.</param>
/// <param name="Switches">The newest ones, the first with all its steps.</param>
/// <param name="Rehearsals">The newest ones.</param>
/// <param name="RehearsalAgeHours">Since the newest one that passed; null when there is none.</param>
public sealed record SliceWritesView(
    Side Record, WriteGateState Gate, SwitchView? Current, IReadOnlyList<SwitchView> Switches, IReadOnlyList<RehearsalView> Rehearsals, double? RehearsalAgeHours);

/// <summary><c>/api/slices/{id}/switch</c> and <c>/rehearse</c>.</summary>
internal static class SwitchApi
{
    private const int Shown = 10;

    public static void MapWriteSwitch(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/slices/{id}/switch", GetAsync).WithName("GetSwitch");
        routes.MapGet("/slices/{id}/switch/{number:long}", GetOneAsync).WithName("GetOneSwitch");
        routes.MapPost("/slices/{id}/switch", BeginAsync).WithName("BeginSwitch");
        routes.MapPost("/slices/{id}/switch/cancel", CancelAsync).WithName("CancelSwitch");
        routes.MapPost("/slices/{id}/rehearse", RehearseAsync).WithName("Rehearse");
    }

    private static async Task<Results<Ok<SliceWritesView>, ProblemHttpResult>> GetAsync(
        string id, ControlState state, RoutingStore routing, SwitchStore store, RehearsalStore rehearsals, CancellationToken cancellationToken)
    {
        if (Fault(id, state, routing, out var route) is { } fault)
        {
            return fault;
        }

        try
        {
            var switches = await store.ListAsync(id, Shown, cancellationToken);
            var (held, age) = await rehearsals.ListAsync(id, Shown, cancellationToken);
            return TypedResults.Ok(new SliceWritesView(
                route.Entry.Writes.Record, route.Entry.Writes.Gate, switches.FirstOrDefault(found => found.Outcome is null), switches, held, age));
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    private static async Task<Results<Ok<SwitchView>, ProblemHttpResult>> GetOneAsync(
        string id, long number, ControlState state, RoutingStore routing, SwitchStore store, CancellationToken cancellationToken)
    {
        if (Fault(id, state, routing, out _) is { } fault)
        {
            return fault;
        }

        try
        {
            return await store.ReadAsync(number, cancellationToken) is { } found && found.Slice == id
                ? TypedResults.Ok(found)
                : TypedResults.Problem($"{id} has no switch {number}.", statusCode: StatusCodes.Status404NotFound, title: "No such switch");
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    private static async Task<Results<Accepted<SwitchView>, ProblemHttpResult>> BeginAsync(
        string id, SwitchRequest request, HttpContext context, ControlState state, RoutingStore routing, SwitchCoordinator coordinator,
        GateKeeper gates)
    {
        if (Fault(id, state, routing, out var route) is { } fault)
        {
            return fault;
        }

        if (SideOf(request.To) is not { } to)
        {
            return ControlProblems.Invalid("'to' must be service or magento");
        }

        if (StageRequestRules.ReasonFault(request.Reason) is { } reasonFault)
        {
            return ControlProblems.Invalid(reasonFault);
        }

        var from = route.Entry.Writes.Record;
        if (from == to)
        {
            return TypedResults.Problem($"{SwitchStore.Name(to)} owns the data of {id} already.", statusCode: StatusCodes.Status409Conflict, title: "Nothing to switch");
        }

        try
        {
            var isDryRun = request.DryRun ?? false;
            var hasGatesAgainst = false;
            if (to == Side.Extracted)
            {
                // The gates of a promotion hold for a switch and its dry run too. The way back asks none.
                var step = new RampStep(Stage.Live, 0);
                var judgement = await gates.BeforeAsync(route.Slice.Config, route.Entry, step, context.RequestAborted);
                hasGatesAgainst = judgement.Verdict != GateVerdict.Pass;
                if (hasGatesAgainst && !request.Override)
                {
                    return GateProblems.Refused(id, step, judgement);
                }
            }

            var order = new SwitchOrder(id, WriteScope.Storefront, from, to, isDryRun, ControlAuthentication.CallerOf(context), request.Reason!.Trim())
            {
                Overrides = hasGatesAgainst && !isDryRun,
            };
            var (view, begun) = await coordinator.BeginAsync(order, context.RequestAborted);
            return begun ? TypedResults.Accepted($"/api/slices/{id}/switch/{view.Id}", view) : UnderWay(view);
        }
        catch (SwitchOvertakenException overtaken)
        {
            return TypedResults.Problem(overtaken.Message, statusCode: StatusCodes.Status409Conflict, title: "Somebody was faster");
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    private static async Task<Results<Accepted<SwitchView>, ProblemHttpResult>> CancelAsync(
        string id, SwitchReasonRequest request, HttpContext context, ControlState state, RoutingStore routing, SwitchStore store)
    {
        if (Fault(id, state, routing, out _) is { } fault)
        {
            return fault;
        }

        if (StageRequestRules.ReasonFault(request.Reason) is { } reasonFault)
        {
            return ControlProblems.Invalid(reasonFault);
        }

        try
        {
            return await store.CancelAsync(id, ControlAuthentication.CallerOf(context), request.Reason!.Trim(), context.RequestAborted) switch
            {
                null => TypedResults.Problem($"No switch of {id} is under way.", statusCode: StatusCodes.Status409Conflict, title: "Nothing to cancel"),
                { Step: SwitchStep.Releasing } moved => TypedResults.Problem(
                    $"Switch {moved.Id} has moved the record already. The way back is another switch: ./strangler switch {id} --to {(moved.From == Side.Magento ? "magento" : "service")}.",
                    statusCode: StatusCodes.Status409Conflict, title: "Too late to cancel"),
                var cancelled => TypedResults.Accepted($"/api/slices/{id}/switch/{cancelled.Id}", cancelled),
            };
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    private static async Task<Results<Accepted<SwitchView>, ProblemHttpResult>> RehearseAsync(
        string id, SwitchReasonRequest request, HttpContext context, ControlState state, RoutingStore routing, RehearsalRunner rehearsals)
    {
        if (Fault(id, state, routing, out var route) is { } fault)
        {
            return fault;
        }

        if (StageRequestRules.ReasonFault(request.Reason) is { } reasonFault)
        {
            return ControlProblems.Invalid(reasonFault);
        }

        try
        {
            var (view, begun) = await rehearsals.BeginAsync(route, ControlAuthentication.CallerOf(context), request.Reason!.Trim(), context.RequestAborted);
            return begun ? TypedResults.Accepted($"/api/slices/{id}/switch", view) : UnderWay(view);
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    private static ProblemHttpResult? Fault(string id, ControlState state, RoutingStore routing, out SliceRoute route)
    {
        route = routing.Current.Find(id)!;
        return route is null ? ControlProblems.NoSuchSlice(id, state)
            : route.Slice.Config.Writes is null ? ControlProblems.Invalid($"{id} only reads: it declares no 'writes'. Its stage is moved by ./strangler promote and rollback")
            : null;
    }

    private static ProblemHttpResult UnderWay(SwitchView view) => TypedResults.Problem(
        $"Switch {view.Id} of {view.Slice} is under way (step {view.Step}, by {view.Who}). Wait for it, or ./strangler switch cancel {view.Slice}.",
        statusCode: StatusCodes.Status409Conflict, title: "A switch is under way", extensions: new Dictionary<string, object?> { ["switch"] = view.Id });

    private static Side? SideOf(string? text) => text?.ToUpperInvariant() switch
    {
        "SERVICE" or "EXTRACTED" => Side.Extracted,
        "MAGENTO" or "LEGACY" => Side.Magento,
        _ => null,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SwitchRequest))]
[JsonSerializable(typeof(SwitchReasonRequest))]
[JsonSerializable(typeof(SwitchView))]
[JsonSerializable(typeof(SliceWritesView))]
internal sealed partial class SwitchJson : JsonSerializerContext;
