using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.Proxy.Control;

namespace Strangler.Proxy.Stages;

/// <summary><c>GET /api/replicas</c>, <c>POST /api/replicas/{id}/forget</c>.</summary>
internal static class ReplicasApi
{
    public static void MapReplicas(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/replicas", ListAsync).WithName("ListReplicas");
        routes.MapPost("/replicas/{replica}/forget", ForgetAsync).WithName("ForgetReplica");
    }

    private static async Task<Results<Ok<ReplicasView>, ProblemHttpResult>> ListAsync(
        ReplicaStore store, StageFollower follower, CancellationToken cancellationToken)
    {
        try
        {
            var (version, replicas) = await store.ReadAsync(cancellationToken);
            return TypedResults.Ok(new ReplicasView(version, follower.ReplicaId, replicas));
        }
        catch (MySqlException fault)
        {
            return ControlProblems.Unavailable(fault);
        }
    }

    /// <summary>A person vouches that a silent replica has ended: from then on nobody waits for it. One that is heard cannot be forgotten.</summary>
    private static async Task<Results<Ok<ReplicasView>, ProblemHttpResult>> ForgetAsync(
        string replica, ForgetRequest request, HttpContext context, ReplicaStore store, StageStore stages, StageFollower follower)
    {
        if (StageRequestRules.ReasonFault(request.Reason) is { } fault)
        {
            return ControlProblems.Invalid(fault);
        }

        try
        {
            var (version, replicas) = await store.ReadAsync(context.RequestAborted);
            if (replicas.FirstOrDefault(known => known.Id == replica) is not { } found)
            {
                return TypedResults.Problem(
                    $"There is no replica '{replica}'. Known: {string.Join(", ", replicas.Select(known => known.Id))}.",
                    statusCode: StatusCodes.Status404NotFound, title: "No such replica");
            }

            if (found.State is not (ReplicaState.Lost or ReplicaState.Ending or ReplicaState.Fenced))
            {
                return TypedResults.Problem(
                    $"{replica} was heard {found.SilentMilliseconds:0} ms ago. Stop it, and it takes itself off the list; or wait until its lease is over.",
                    statusCode: StatusCodes.Status409Conflict, title: "That replica is alive");
            }

            await stages.RecordAsync("forget-replica", null, $"\"{replica}\"", null, ControlAuthentication.CallerOf(context), request.Reason!.Trim(), context.RequestAborted);
            await store.RemoveAsync(replica, context.RequestAborted);
            return TypedResults.Ok(new ReplicasView(version, follower.ReplicaId, [.. replicas.Where(known => known.Id != replica)]));
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }
}
