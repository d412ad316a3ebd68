using Microsoft.AspNetCore.Http.HttpResults;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog.Gtid;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Positions;

/// <summary><c>GET /positions</c>, <c>POST /resync</c>.</summary>
internal static class PositionsApi
{
    public static void MapPositions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/positions", GetAsync).WithName("positions");
        routes.MapAwait();
        routes.MapPost("/resync", ResyncAsync).WithName("resync");
    }

    private static async Task<Ok<PositionsView>> GetAsync(CdcEngine engine, RowCounts counts, CancellationToken cancellationToken)
    {
        var source = engine.Sampler.State;
        var services = new List<ServiceView>();
        foreach (var target in engine.Targets)
        {
            services.Add(View(target, source, engine.Retention?.Files, await counts.OfAsync(target, cancellationToken)));
        }

        return TypedResults.Ok(new PositionsView(new SourceView(source.Position, source.Position is null ? null : source.ReadAt, source.Connected), engine.Retention?.Current, services, engine.Invalidations.LastId));
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

    public static ProblemHttpResult Unknown(string? service) =>
        TypedResults.Problem($"No target serves a service named '{service}'.", statusCode: StatusCodes.Status404NotFound);

    private static ServiceView View(Target target, SourceState source, LogFiles? files, IReadOnlyDictionary<string, long> counts)
    {
        var progress = target.Context.Progress;
        var lag = target.Context.Lag;
        var projected = lag.ProjectedSequence;
        return new ServiceView(
            target.Context.Service, progress.State, progress.Reason, progress.Read, progress.Applied,
            projected is null ? null : projected >= progress.Sequence ? progress.Applied : target.Projection.Position,
            progress.Sequence, projected,
            new LagView(
                Bytes(source, progress, files), Transactions(source, progress) ?? target.Context.Waiting, lag.Lag?.TotalMilliseconds, lag.AppliedLag?.TotalMilliseconds,
                lag.Heartbeat.Latest, lag.Event.Latest, Visible(lag)),
            [.. target.Context.Copies.All.Select(copy => new TableView(
                copy.Table, ProgressStore.Text(copy.State), counts.TryGetValue(copy.Table, out var rows) ? rows : null, copy.Reason, !target.Context.IsSubscribed(copy.Table),
                target.Context.Held.CountOf(copy.Table), target.Context.Meter.Of(copy), Verify(target, copy.Table), target.Context.TableTimes.Of(copy.Table), target.Kafka?.Warnings.Of(copy.Table)))],
            target.Kafka?.Warnings.OfSource, KafkaView.Of(target.Kafka));
    }

    private static TableVerifyView? Verify(Target target, string table) => target.Verifier.Latest(table) is { } latest
        ? new TableVerifyView(ProgressStore.Text(latest.State), latest.FinishedAt, latest.Rows, latest.Differences - latest.Repaired, target.Verifier.IsStale(latest))
        : null;

    private static long? Bytes(SourceState source, TargetProgress progress, LogFiles? files) => source.Position is { } end && progress.Applied is { } applied && end.Origin == applied.Origin
        ? (files ?? new LogFiles([], null, null)).BytesBetween(applied, end)
        : null;

    private static long? Transactions(SourceState source, TargetProgress progress)
    {
        if (source.Position is not { Gtid: { Length: > 0 } there } end || progress.Applied is not { Gtid: { Length: > 0 } here })
        {
            return null;
        }

        if (end.Server == SourcePosition.MariaDb)
        {
            return MariaDbGtidPosition.Parse(here).Missing(MariaDbGtidPosition.Parse(there));
        }

        var missing = MySqlGtidSet.Parse(there);
        missing.Remove(MySqlGtidSet.Parse(here));
        return missing.Count;
    }

    private static VisibleView? Visible(LagTracker lag) =>
        lag.Heartbeat.Recent is { } measured ? new VisibleView("heartbeat", measured.Samples, measured.P50, measured.P95, measured.P99)
        : lag.Visible.Recent is { } seen ? new VisibleView("sampling", seen.Samples, seen.P50, seen.P95, seen.P99)
        : null;
}
