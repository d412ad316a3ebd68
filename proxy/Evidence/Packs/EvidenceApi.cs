using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.Proxy.Control;

namespace Strangler.Proxy.Evidence.Packs;

/// <summary><c>GET /api/evidence</c>, <c>GET /api/evidence/{id}</c>, <c>POST /api/evidence/check</c>.</summary>
internal static class EvidenceApi
{
    private const int MaximumPage = 500;

    public static void MapEvidence(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/evidence", ListAsync).WithName("ListEvidence");
        routes.MapGet("/evidence/{id:long}", ReadAsync).WithName("ReadEvidence");
        routes.MapPost("/evidence/check", Check).WithName("CheckEvidence");
    }

    private static async Task<Results<Ok<PacksView>, ProblemHttpResult>> ListAsync(
        PackStore store, CancellationToken cancellationToken, string? slice = null, long? audit = null, int limit = 50)
    {
        if (limit is < 1 or > MaximumPage)
        {
            return ControlProblems.Invalid($"'limit' must be 1 to {MaximumPage}");
        }

        try
        {
            return TypedResults.Ok(new PacksView(await store.ListAsync(slice, audit, limit, cancellationToken)));
        }
        catch (MySqlException fault)
        {
            return ControlProblems.Unavailable(fault);
        }
    }

    private static async Task<Results<Ok<SignedPack>, ProblemHttpResult>> ReadAsync(long id, PackStore store, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(id, cancellationToken) is { } pack
                ? TypedResults.Ok(pack)
                : TypedResults.Problem($"There is no evidence pack {id}. GET /api/evidence lists them.", statusCode: StatusCodes.Status404NotFound, title: "No such pack");
        }
        catch (MySqlException fault)
        {
            return ControlProblems.Unavailable(fault);
        }
    }

    private static Results<Ok<PackCheckView>, ProblemHttpResult> Check(PackCheckRequest request, PackSigner signer) =>
        request is { Document: { } document, Signature: { Algorithm: not null, KeyId: not null, Value: not null } signature }
            ? TypedResults.Ok(signer.Check(document, signature))
            : ControlProblems.Invalid("'document' and 'signature' must be given, as GET /api/evidence/{id} gives them");
}
