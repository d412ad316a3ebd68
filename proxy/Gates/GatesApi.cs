using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.Proxy.Control;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Ramps;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Gates;

/// <summary>A slice's gates as they are now.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Percent">The canary's share.</param>
/// <param name="Target">The place the gates stand before; null at the end of the way.</param>
/// <param name="Verdict">All gates together.</param>
/// <param name="Gates">Each gate.</param>
public sealed record GatesView(string Slice, Stage Stage, double Percent, RampStep? Target, GateVerdict Verdict, IReadOnlyList<GateResult> Gates);

/// <summary><c>GET /api/slices/{id}/gates</c>.</summary>
internal static class GatesApi
{
    public static void MapGates(this IEndpointRouteBuilder routes) => routes.MapGet("/slices/{id}/gates", ReadAsync).WithName("ReadGates");

    private static async Task<Results<Ok<GatesView>, ProblemHttpResult>> ReadAsync(
        string id, ControlState state, RoutingStore routing, GateKeeper keeper, CancellationToken cancellationToken, string? to = null, double? percent = null)
    {
        if (routing.Current.Find(id) is not { } route)
        {
            return ControlProblems.NoSuchSlice(id, state);
        }

        var entry = route.Entry;
        var target = RampPlan.Next(route.Slice.Config.Ramp ?? new RampConfig(), entry.Stage, entry.Percent)
            ?? (entry.Stage is Stage.Canary or Stage.Live ? new RampStep(entry.Stage + 1, 0) : null);
        if (to is not null)
        {
            if (!StageRequestRules.TryParse(to, out var stage) || percent is < 0 or > 100)
            {
                return ControlProblems.Invalid("'to' must be legacy, shadow, canary, live or retired, 'percent' 0 to 100");
            }

            target = new RampStep(stage, stage == Stage.Canary ? percent ?? Math.Max(entry.Percent, 1) : 0);
        }

        try
        {
            var judgement = target is null ? Judgement.None : await keeper.BeforeAsync(route.Slice.Config, entry, target, cancellationToken);
            return TypedResults.Ok(new GatesView(id, entry.Stage, entry.Percent, target, judgement.Verdict, judgement.Gates));
        }
        catch (MySqlException fault)
        {
            return ControlProblems.Unavailable(fault);
        }
    }
}

/// <summary>A move forward that the gates do not let pass.</summary>
internal static class GateProblems
{
    public static ProblemHttpResult Refused(string slice, RampStep to, Judgement judgement)
    {
        var blocking = judgement.Blocking.ToList();
        var named = string.Join("; ", blocking.Select(gate => $"{gate.Metric} {(gate.Verdict == GateVerdict.Fail ? "fails" : "is inconclusive")}: {gate.Detail}"));
        return TypedResults.Problem(
            $"{slice} cannot go to {to}: {named}. Mend it, or wait for evidence; with \"override\": true it goes all the same, and the audit log says so.",
            statusCode: StatusCodes.Status409Conflict, title: $"{(blocking.Count == 1 ? "Gate" : "Gates")} {string.Join(", ", blocking.Select(gate => gate.Metric))} {(blocking.Count == 1 ? "does" : "do")} not pass",
            extensions: new Dictionary<string, object?> { ["gates"] = blocking.ToArray() });
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(GatesView))]
[JsonSerializable(typeof(GateResult[]))]
[JsonSerializable(typeof(RampView))]
[JsonSerializable(typeof(RampRequest))]
[JsonSerializable(typeof(EvaluationView))]
internal sealed partial class GateJson : JsonSerializerContext;
