using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.Proxy.Control;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Replaying;

/// <summary>Body of a new replay.</summary>
/// <param name="Reason">For the audit log.</param>
/// <param name="Slices">Only requests of these slices.</param>
/// <param name="Magento">Another Magento than the facade's.</param>
/// <param name="Service">Another service than the slices'.</param>
/// <param name="StoreUrl">Scheme and host that both sides are asked for; those of the log, else Magento's address.</param>
/// <param name="Methods">Methods that are asked; GET and HEAD when not given.</param>
/// <param name="Count">Whether what is found is evidence of the slices.</param>
/// <param name="Concurrency">Requests under way at once, 1 to 64.</param>
public sealed record ReplayBeginRequest(
    string? Reason, IReadOnlyList<string>? Slices = null, Uri? Magento = null, Uri? Service = null, Uri? StoreUrl = null, IReadOnlyList<string>? Methods = null, bool Count = false,
    int Concurrency = 4);

/// <summary>One request of a log.</summary>
public sealed record ReplayRequest(string Method, string Target, IReadOnlyDictionary<string, string>? Headers = null);

/// <summary>Requests to ask now.</summary>
public sealed record ReplayRequests(IReadOnlyList<ReplayRequest>? Requests);

/// <summary>Where a replay is and what it has found.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Requests">Requests that were handed over.</param>
/// <param name="Pending">Of these, those that wait or are under way.</param>
/// <param name="Asked">Of these, those that both sides were asked.</param>
/// <param name="OfNoSlice">Left out: of no slice, or of another one.</param>
/// <param name="Unsafe">Left out for their method.</param>
/// <param name="Declined">The service left them to Magento.</param>
/// <param name="Slices">What was found of each slice.</param>
public sealed record ReplayView(string Id, long Requests, long Pending, long Asked, long OfNoSlice, long Unsafe, long Declined, IReadOnlyList<ParityView> Slices);

/// <summary><c>/api/replays</c>.</summary>
internal static class ReplayApi
{
    private const int MaximumRequests = 500;
    private const int MaximumGroups = 500;

    public static void MapReplays(this IEndpointRouteBuilder api)
    {
        api.MapPost("/replays", BeginAsync).WithName("BeginReplay");
        api.MapPost("/replays/{run}/requests", Ask).WithName("AskReplay");
        api.MapGet("/replays/{run}", Read).WithName("ReadReplay");
        api.MapDelete("/replays/{run}", End).WithName("EndReplay");
    }

    private static async Task<Results<Created<ReplayView>, ProblemHttpResult>> BeginAsync(
        ReplayBeginRequest request, HttpContext context, ControlState state, ReplayRuns runs, StageStore store)
    {
        if (request.Slices?.FirstOrDefault(slice => state.Find(slice) is null) is { } unknown)
        {
            return ControlProblems.NoSuchSlice(unknown, state);
        }

        if (ReplayRules.Fault(request) is { } fault)
        {
            return ControlProblems.Invalid(fault);
        }

        var settings = new ReplaySettings(
            (request.Slices ?? []).ToHashSet(StringComparer.Ordinal), request.Magento, request.Service, request.StoreUrl,
            (request.Methods ?? [HttpMethods.Get, HttpMethods.Head]).ToHashSet(StringComparer.Ordinal), request.Count, request.Concurrency);
        if (runs.Begin(settings) is not { } run)
        {
            return TypedResults.Problem(
                $"{ReplayRuns.Maximum} replays are under way. Wait until one has ended; one that nobody asks for ends by itself in ten minutes.",
                statusCode: StatusCodes.Status409Conflict, title: "Too many replays");
        }

        try
        {
            var where = request.Magento is null && request.Service is null ? "" : $" (against {request.Magento?.Authority ?? "Magento"} and {request.Service?.Authority ?? "the service"})";
            await store.RecordAsync(
                "replay", request.Slices is [var only] ? only : null, null, request.Count ? """{"counts":true}""" : null, ControlAuthentication.CallerOf(context), request.Reason!.Trim() + where, context.RequestAborted);
        }
        catch (MySqlException unreachable)
        {
            runs.End(run.Id);
            return ControlProblems.Unavailable(unreachable);
        }

        return TypedResults.Created($"/api/replays/{run.Id}", run.View(0));
    }

    private static Results<Ok<ReplayView>, ProblemHttpResult> Ask(string run, ReplayRequests body, ReplayRuns runs)
    {
        if (runs.Find(run) is not { } known)
        {
            return NoSuchReplay(run);
        }

        if (body.Requests is not { Count: > 0 and <= MaximumRequests } requests)
        {
            return ControlProblems.Invalid($"'requests' must hold 1 to {MaximumRequests}");
        }

        if (requests.Select(ReplayRules.Fault).FirstOrDefault(fault => fault is not null) is { } wrong)
        {
            return ControlProblems.Invalid(wrong);
        }

        return known.TryAsk(requests)
            ? TypedResults.Ok(known.View(0))
            : TypedResults.Problem(
                $"{ReplayRun.MaximumPending} requests wait already. Ask how far it is, and hand over the rest later.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too fast");
    }

    private static Results<Ok<ReplayView>, ProblemHttpResult> Read(string run, ReplayRuns runs, int groups = 50) =>
        groups is < 0 or > MaximumGroups ? ControlProblems.Invalid($"'groups' must be 0 to {MaximumGroups}")
        : runs.Find(run) is { } known ? TypedResults.Ok(known.View(groups))
        : NoSuchReplay(run);

    private static Results<Ok<ReplayView>, ProblemHttpResult> End(string run, ReplayRuns runs)
    {
        if (runs.Find(run) is not { } known)
        {
            return NoSuchReplay(run);
        }

        runs.End(run);
        return TypedResults.Ok(known.View(0));
    }

    private static ProblemHttpResult NoSuchReplay(string run) => TypedResults.Problem(
        $"This replica has no replay '{run}': it has ended, or another replica began it. Ask that one by its own address, or begin anew.",
        statusCode: StatusCodes.Status404NotFound, title: "No such replay");
}

/// <summary>Serialization of replays.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(ReplayBeginRequest))]
[JsonSerializable(typeof(ReplayRequests))]
[JsonSerializable(typeof(ReplayView))]
internal sealed partial class ReplayJson : JsonSerializerContext;
