using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.DeadLetters;

/// <summary><c>GET /dead-letters</c>, <c>POST /dead-letters/{id}/replay</c>, <c>POST /dead-letters/{id}/skip</c>.</summary>
internal static class DeadLettersApi
{
    private const int MaximumLetters = 1000;

    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/dead-letters", GetAsync).WithName("deadLetters");
        routes.MapPost("/dead-letters/{id:long}/replay", ReplayAsync).WithName("replayDeadLetter");
        routes.MapPost("/dead-letters/{id:long}/skip", SkipAsync).WithName("skipDeadLetter");
    }

    private static async Task<Results<JsonHttpResult<DeadLettersView>, ProblemHttpResult>> GetAsync(CdcEngine engine, string? service, string? table, CancellationToken cancellationToken)
    {
        if (service is not null && engine.Find(service) is null)
        {
            return Problem($"No target serves a service named '{service}'.", StatusCodes.Status404NotFound);
        }

        var views = new List<DeadLetterView>();
        foreach (var target in engine.Targets.Where(target => service is null || target.Context.Service == service))
        {
            try
            {
                await using var connection = await target.Pipeline.Target.OpenAsync(cancellationToken);
                views.AddRange((await DeadLetterStore.LoadAsync(connection, table, MaximumLetters, cancellationToken)).Select(letter => View(target, letter)));
            }
            catch (MySqlException fault)
            {
                return Unreachable(target, fault);
            }
        }

        return TypedResults.Json(new DeadLettersView(views), DeadLettersJson.Default.DeadLettersView);
    }

    private static Task<Results<JsonHttpResult<DeadLetterView>, ProblemHttpResult>> ReplayAsync(long id, string? service, CdcEngine engine, CancellationToken cancellationToken) =>
        WithAsync(engine, service, id, async (target, connection, letter) =>
        {
            await RereadStore.OrderAsync(connection, letter.Table, [letter.Key], $"replay of dead letter {letter.Id}", cancellationToken);
            target.Context.Rereads.Ordered();
        }, cancellationToken);

    private static Task<Results<JsonHttpResult<DeadLetterView>, ProblemHttpResult>> SkipAsync(long id, string? service, CdcEngine engine, CancellationToken cancellationToken) =>
        WithAsync(engine, service, id, async (target, connection, letter) =>
        {
            await DeadLetterStore.RemoveAsync(connection, letter.Id, cancellationToken);
            target.Context.Held.Remove(letter.Table, new RowKey(letter.Key));
        }, cancellationToken);

    private static async Task<Results<JsonHttpResult<DeadLetterView>, ProblemHttpResult>> WithAsync(
        CdcEngine engine, string? service, long id, Func<Target, MySqlConnection, DeadLetter, Task> act, CancellationToken cancellationToken)
    {
        if (service is null && engine.Targets.Count > 1)
        {
            return Problem("There are several services, each with its own dead letters: name one by ?service=.", StatusCodes.Status400BadRequest);
        }

        if ((service is null ? engine.Targets[0] : engine.Find(service)) is not { } target)
        {
            return Problem($"No target serves a service named '{service}'.", StatusCodes.Status404NotFound);
        }

        try
        {
            await using var connection = await target.Pipeline.Target.OpenAsync(cancellationToken);
            if (await DeadLetterStore.FindAsync(connection, id, cancellationToken) is not { } letter)
            {
                return Problem($"'{target.Context.Service}' has no dead letter {id}.", StatusCodes.Status404NotFound);
            }

            await act(target, connection, letter);
            return TypedResults.Json(View(target, letter), DeadLettersJson.Default.DeadLetterView, statusCode: StatusCodes.Status202Accepted);
        }
        catch (MySqlException fault)
        {
            return Unreachable(target, fault);
        }
    }

    private static ProblemHttpResult Unreachable(Target target, MySqlException fault) =>
        Problem($"The database of '{target.Context.Service}' does not answer: {fault.Message}", StatusCodes.Status503ServiceUnavailable);

    private static ProblemHttpResult Problem(string detail, int status) => TypedResults.Problem(detail, statusCode: status);

    private static DeadLetterView View(Target target, DeadLetter letter) => new(
        letter.Id, target.Context.Service, letter.Table, [.. letter.Key.Select(value => value.ToString())], letter.Position, letter.Reason,
        letter.Payload is null ? null : JsonSerializer.Deserialize(letter.Payload, DeadLettersJson.Default.JsonElement), letter.Attempts,
        new DateTimeOffset(letter.CreatedAt), new DateTimeOffset(letter.LastAt));
}

/// <summary>The answer of <c>GET /dead-letters</c>, the oldest first.</summary>
internal sealed record DeadLettersView(IReadOnlyList<DeadLetterView> DeadLetters);

internal sealed record DeadLetterView(
    long Id, string Service, string Table, IReadOnlyList<string> Key, SourcePosition Position, string Reason, JsonElement? Row, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset LastAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeadLettersView))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class DeadLettersJson : JsonSerializerContext;
