using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Control;

/// <summary>The faults of the control API as problem+json. Each says what is wrong and the way out.</summary>
internal static class ControlProblems
{
    public static ProblemHttpResult Invalid(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status422UnprocessableEntity, title: "That cannot be done");

    public static ProblemHttpResult NoSuchSlice(string id, ControlState state) => TypedResults.Problem(
        $"There is no slice '{id}'. Known: {string.Join(", ", state.Slices().Slices.Select(slice => slice.Id))}.",
        statusCode: StatusCodes.Status404NotFound, title: "No such slice");

    public static ProblemHttpResult Conflict(StageChange change, StageEntry before) => Conflict(change.SliceId, change.ExpectedVersion, before);

    public static ProblemHttpResult Conflict(string slice, long? expected, StageEntry before) => TypedResults.Problem(
        $"{slice} is at version {before.Version} ({StageStore.Word(before.Stage)}), you expected {expected}. Look again, then decide.",
        statusCode: StatusCodes.Status409Conflict, title: "Somebody was faster",
        extensions: new Dictionary<string, object?> { ["version"] = before.Version });

    public static ProblemHttpResult Unavailable(MySqlException fault) => TypedResults.Problem(
        $"The control database does not answer: {fault.Message} Nothing was changed; traffic goes on as it stands.",
        statusCode: StatusCodes.Status503ServiceUnavailable, title: "Control database away");
}
