using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;

namespace Strangler.CdcSync.Verify;

/// <summary><c>POST /verify</c>, <c>GET /verify</c>, <c>GET /verify/{id}</c>, <c>POST /verify/{id}/cancel</c>.</summary>
internal static class VerifyApi
{
    public static void MapVerify(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/verify", OrderAsync).WithName("verify");
        routes.MapGet("/verify", List).WithName("verify.list");
        routes.MapGet("/verify/{id}", GetAsync).WithName("verify.get");
        routes.MapPost("/verify/{id}/cancel", Cancel).WithName("verify.cancel");
    }

    private static async Task<Results<Accepted<VerifyRunView>, ProblemHttpResult>> OrderAsync(VerifyRequest request, CdcEngine engine, CancellationToken cancellationToken)
    {
        var target = request.Service is null && engine.Targets.Count == 1 ? engine.Targets[0] : engine.Find(request.Service);
        if (target is null)
        {
            return TypedResults.Problem(
                request.Service is null ? "service is missing, and there are several." : $"No target serves a service named '{request.Service}'.",
                statusCode: request.Service is null ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound);
        }

        if (request.Key is not null && request.Entity is null)
        {
            return TypedResults.Problem("key needs entity: the kind of thing that it is the key of.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (!target.Verifier.CanCompare)
        {
            return TypedResults.Problem("There is no source database to compare with: ConnectionStrings:Source is not set.", statusCode: StatusCodes.Status409Conflict);
        }

        var entity = request.Entity is null ? null : target.Context.Entities.Find(request.Entity);
        if (request.Entity is not null && entity is null)
        {
            return TypedResults.Problem(
                $"'{target.Context.Service}' declares no entity '{request.Entity}'; it has: {string.Join(", ", target.Context.Entities.Entities.Select(known => known.Name))}.",
                statusCode: StatusCodes.Status404NotFound);
        }

        var mirrored = target.Context.Subscription.Tables.Select(table => table.Name).ToList();
        IReadOnlyList<string> tables = request.Tables is { Count: > 0 } named ? named : entity is not null ? [.. entity.AllTables().Select(table => table.Name)] : mirrored;
        if (tables.FirstOrDefault(table => !mirrored.Contains(table)) is { } unknown)
        {
            return TypedResults.Problem($"'{target.Context.Service}' mirrors no table '{unknown}'.", statusCode: StatusCodes.Status404NotFound);
        }

        var running = target.Verifier.Runs.FirstOrDefault(run => !run.IsDone);
        if (running is not null)
        {
            return TypedResults.Problem(
                $"Verification {VerifyRunView.IdOf(target.Context.Service, running)} is under way: wait for it, or cancel it.", statusCode: StatusCodes.Status409Conflict,
                extensions: [new("id", VerifyRunView.IdOf(target.Context.Service, running))]);
        }

        try
        {
            var run = await target.Verifier.OrderAsync(new VerifyOrder([.. tables.Distinct()], request.Repair ?? false, request.Entity, request.Key), cancellationToken);
            var view = VerifyRunView.Of(target.Context.Service, run, null);
            return TypedResults.Accepted($"/verify/{view.Id}", view);
        }
        catch (MySqlException fault)
        {
            return TypedResults.Problem($"The order cannot be kept: {fault.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static Ok<VerifyRunsView> List(CdcEngine engine) => TypedResults.Ok(new VerifyRunsView(
        [.. engine.Targets.SelectMany(target => target.Verifier.Runs.Select(run => VerifyRunView.Of(target.Context.Service, run, null))).OrderByDescending(run => run.OrderedAt)]));

    private static async Task<Results<Ok<VerifyRunView>, ProblemHttpResult>> GetAsync(string id, CdcEngine engine, CancellationToken cancellationToken)
    {
        if (Find(id, engine) is not { } found)
        {
            return Unknown(id);
        }

        try
        {
            var differences = await found.Target.Verifier.DifferencesAsync(found.Run, cancellationToken);
            return TypedResults.Ok(VerifyRunView.Of(
                found.Target.Context.Service, found.Run, [.. differences.Select(difference => VerifyDifferenceView.Of(difference, found.Target.Context.Catalog.Find(difference.Table)))]));
        }
        catch (MySqlException fault)
        {
            return TypedResults.Problem($"The differences cannot be read: {fault.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static Results<Accepted, ProblemHttpResult> Cancel(string id, CdcEngine engine)
    {
        if (Find(id, engine) is not { } found)
        {
            return Unknown(id);
        }

        found.Run.Cancel();
        return TypedResults.Accepted($"/verify/{id}");
    }

    private static (Target Target, VerifyRun Run)? Find(string id, CdcEngine engine)
    {
        var dash = id.LastIndexOf('-');
        return dash > 0 && long.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && engine.Find(id[..dash]) is { } target && target.Verifier.Find(number) is { } run ? (target, run) : null;
    }

    private static ProblemHttpResult Unknown(string id) =>
        TypedResults.Problem($"There is no verification '{id}'.", statusCode: StatusCodes.Status404NotFound);
}
