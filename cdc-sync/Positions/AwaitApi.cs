using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Positions;

/// <summary>
/// <c>POST /await</c>: answers when everything committed at the source when the call arrived, or up to a position given, can be read. Calls that
/// come together ask the source once.
/// </summary>
internal static class AwaitApi
{
    private const int DefaultTimeout = 5000;
    private const int MaximumTimeout = 60_000;
    private const string Applied = "applied";
    private const string Projected = "projected";

    public static void MapAwait(this IEndpointRouteBuilder routes) => routes.MapPost("/await", AwaitAsync).WithName("await");

    private static async Task<Results<Ok<AwaitView>, ProblemHttpResult>> AwaitAsync(
        AwaitRequest request, CdcEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        if (engine.Find(request.Service) is not { } target)
        {
            return PositionsApi.Unknown(request.Service);
        }

        var limit = request.TimeoutMs ?? DefaultTimeout;
        if (Fault(request, limit, target.Context) is { } wrong)
        {
            return wrong;
        }

        var until = request.Until ?? Projected;
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(limit), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var position = request.Position ?? await engine.Sampler.SampleAsync(either.Token);
            if (request.Tables is { Count: > 0 } tables)
            {
                await UntilStreamingAsync(target.Context, tables, either.Token);
            }

            var anyState = request.Tables is { Count: > 0 };
            await (until == Applied ? target.Context.Lag.UntilAppliedAsync(position, either.Token) : target.Context.Lag.UntilReachedAsync(position, either.Token, anyState));
            return TypedResults.Ok(new AwaitView(target.Context.Service, position, time.GetElapsedTime(started).TotalMilliseconds, until, target.Context.Progress.Sequence, engine.Invalidations.LastId));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            var what = request.Position is null ? "everything committed when the call arrived" : "everything up to the position";
            var where = until == Applied ? "mirror" : "read model";
            return TypedResults.Problem(
                $"Not {what} is in the {where} of '{target.Context.Service}' after {limit} ms (state: {target.Context.State}).", statusCode: StatusCodes.Status504GatewayTimeout);
        }
        catch (Exception fault) when (fault is MySqlException or InvalidOperationException)
        {
            return TypedResults.Problem($"The source's position cannot be read: {fault.Message}", statusCode: StatusCodes.Status504GatewayTimeout);
        }
    }

    private static ProblemHttpResult? Fault(AwaitRequest request, int limit, TargetContext target)
    {
        if (limit is < 1 or > MaximumTimeout)
        {
            return TypedResults.Problem($"timeoutMs is {limit}; it must lie between 1 and {MaximumTimeout}.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (request.Until is not (null or Applied or Projected))
        {
            return TypedResults.Problem($"until is '{request.Until}'; it must be '{Applied}' or '{Projected}'.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (request.Position is { } position && (string.IsNullOrEmpty(position.File) || position.FileNumber == 0))
        {
            return TypedResults.Problem($"position.file is '{position.File}'; it must be a log file's name, such as mysql-bin.000003.", statusCode: StatusCodes.Status400BadRequest);
        }

        return request.Tables?.FirstOrDefault(table => !target.IsSubscribed(table)) is { } stranger
            ? TypedResults.Problem($"'{target.Service}' does not mirror a table '{stranger}'.", statusCode: StatusCodes.Status404NotFound)
            : null;
    }

    private static async Task UntilStreamingAsync(TargetContext target, IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = target.Copies.Changed;
            if (tables.All(table => target.Copies.Find(table) is { State: CopyState.Streaming }))
            {
                return;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }
}
