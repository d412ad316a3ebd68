using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Positions;

/// <summary><c>GET /positions</c>, <c>POST /await</c>, <c>POST /resync</c>.</summary>
internal static class PositionsApi
{
    private const int DefaultTimeout = 5000;
    private const int MaximumTimeout = 60_000;

    public static void MapPositions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/positions", GetAsync).WithName("positions");
        routes.MapPost("/await", AwaitAsync).WithName("await");
        routes.MapPost("/resync", ResyncAsync).WithName("resync");
    }

    private static async Task<Ok<PositionsView>> GetAsync(CdcEngine engine, RowCounts counts, CancellationToken cancellationToken)
    {
        var source = engine.Sampler.State;
        var services = new List<ServiceView>();
        foreach (var target in engine.Targets)
        {
            services.Add(View(target, source, await counts.OfAsync(target, cancellationToken)));
        }

        return TypedResults.Ok(new PositionsView(new SourceView(source.Position, source.Position is null ? null : source.ReadAt, source.Connected), services));
    }

    private static async Task<Results<Ok<AwaitView>, ProblemHttpResult>> AwaitAsync(
        AwaitRequest request, CdcEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        if (engine.Find(request.Service) is not { } target)
        {
            return Unknown(request.Service);
        }

        var limit = request.TimeoutMs ?? DefaultTimeout;
        if (limit is < 1 or > MaximumTimeout)
        {
            return TypedResults.Problem($"timeoutMs is {limit}; it must lie between 1 and {MaximumTimeout}.", statusCode: StatusCodes.Status400BadRequest);
        }

        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(limit), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var position = await engine.Sampler.SampleAsync(either.Token);
            await target.Context.Lag.UntilReachedAsync(position, either.Token);
            return TypedResults.Ok(new AwaitView(target.Context.Service, position, time.GetElapsedTime(started).TotalMilliseconds));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return TypedResults.Problem(
                $"Not everything committed when the call arrived is in the read model of '{target.Context.Service}' after {limit} ms (state: {target.Context.State}).",
                statusCode: StatusCodes.Status504GatewayTimeout);
        }
        catch (Exception fault) when (fault is MySqlException or InvalidOperationException)
        {
            return TypedResults.Problem($"The source's position cannot be read: {fault.Message}", statusCode: StatusCodes.Status504GatewayTimeout);
        }
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> ResyncAsync(ResyncRequest request, CdcEngine engine, CancellationToken cancellationToken)
    {
        if (engine.Find(request.Service) is not { } target)
        {
            return Unknown(request.Service);
        }

        if (request.Tables is not { Count: > 0 } tables)
        {
            target.Pipeline.Resync();
            return TypedResults.Accepted("/positions");
        }

        if (tables.FirstOrDefault(table => target.Context.Subscription.Tables.All(known => known.Name != table)) is { } stranger)
        {
            return TypedResults.Problem($"'{target.Context.Service}' does not mirror a table '{stranger}'.", statusCode: StatusCodes.Status404NotFound);
        }

        try
        {
            return await target.Pipeline.ResyncAsync(tables, cancellationToken)
                ? TypedResults.Accepted("/positions")
                : TypedResults.Problem($"'{target.Context.Service}' is not running now (state: {target.Context.State}); single tables are copied again while the rest streams.",
                    statusCode: StatusCodes.Status409Conflict);
        }
        catch (Exception fault) when (fault is TimeoutException or ObjectDisposedException)
        {
            return TypedResults.Problem($"'{target.Context.Service}' did not take the order in time (state: {target.Context.State}).", statusCode: StatusCodes.Status504GatewayTimeout);
        }
    }

    private static ProblemHttpResult Unknown(string? service) =>
        TypedResults.Problem($"No target serves a service named '{service}'.", statusCode: StatusCodes.Status404NotFound);

    private static ServiceView View(Target target, SourceState source, IReadOnlyDictionary<string, long> counts)
    {
        var progress = target.Context.Progress;
        var lag = target.Context.Lag;
        var projected = lag.ProjectedSequence;
        return new ServiceView(
            target.Context.Service, progress.State, progress.Reason, progress.Read, progress.Applied,
            projected is null ? null : projected >= progress.Sequence ? progress.Applied : target.Projection.Position,
            progress.Sequence, projected,
            new LagView(Bytes(source, progress), target.Context.Waiting, lag.Lag?.TotalMilliseconds),
            [.. target.Context.Copies.All.Select(copy => new TableView(
                copy.Table, ProgressStore.Text(copy.State), counts.TryGetValue(copy.Table, out var rows) ? rows : null, copy.Reason, !target.Context.IsSubscribed(copy.Table),
                target.Context.Held.CountOf(copy.Table), target.Context.Meter.Of(copy), Verify(target, copy.Table)))]);
    }

    private static TableVerifyView? Verify(Target target, string table) => target.Verifier.Latest(table) is { } latest
        ? new TableVerifyView(ProgressStore.Text(latest.State), latest.FinishedAt, latest.Rows, latest.Differences - latest.Repaired, target.Verifier.IsStale(latest))
        : null;

    // Across files the sizes between are not known here.
    private static long? Bytes(SourceState source, TargetProgress progress) =>
        source.Position is { } end && progress.Applied is { } applied && end.File == applied.File ? Math.Max(0, end.Offset - applied.Offset) : null;
}
