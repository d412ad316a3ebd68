using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Strangler.CdcSync.Verify;

/// <summary>The body of <c>POST /verify/read-model</c>: one piece, after what the last one said.</summary>
internal sealed record ReadModelRequest(string? Service, bool? Repair, string? After);

/// <summary>
/// <c>POST /verify/read-model</c>: has a service compare its read model with its mirror. What a read model means the service alone knows, so this
/// only passes on.
/// </summary>
internal static class ReadModelApi
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static void MapReadModel(this IEndpointRouteBuilder routes) => routes.MapPost("/verify/read-model", AskAsync).WithName("verify.readmodel");

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> AskAsync(
        ReadModelRequest request, CdcEngine engine, IOptions<CdcOptions> options, IHttpClientFactory clients, TimeProvider time, CancellationToken cancellationToken)
    {
        var index = request.Service is null && engine.Targets.Count == 1 ? 0 : engine.Targets.ToList().FindIndex(target => target.Context.Service == request.Service);
        if (index < 0)
        {
            return TypedResults.Problem($"No target serves a service named '{request.Service}'.", statusCode: StatusCodes.Status404NotFound);
        }

        if (options.Value.Targets[index].Notify is not { Length: > 0 } address)
        {
            return TypedResults.Problem($"Cdc:Targets:{index}:Notify is not set, so '{engine.Targets[index].Context.Service}' cannot be asked.", statusCode: StatusCodes.Status409Conflict);
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var query = string.Create(CultureInfo.InvariantCulture, $"internal/verify?repair={(request.Repair ?? false ? "true" : "false")}{(request.After is null ? "" : $"&after={Uri.EscapeDataString(request.After)}")}");
        try
        {
            var client = clients.CreateClient(nameof(ReadModelApi));
            client.Timeout = Timeout.InfiniteTimeSpan;
            using var response = await client.PostAsync(new Uri(new Uri(address.TrimEnd('/') + "/"), query), null, either.Token);
            var text = await response.Content.ReadAsStringAsync(either.Token);
            if (response.IsSuccessStatusCode)
            {
                return TypedResults.Text(text, "application/json");
            }

            return TypedResults.Problem(Detail(text) ?? $"The service answered {(int)response.StatusCode}: it has no read model to compare.", statusCode: StatusCodes.Status502BadGateway);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException || (fault is OperationCanceledException && limit.IsCancellationRequested))
        {
            return TypedResults.Problem($"The service at {address} does not answer: {fault.Message}", statusCode: StatusCodes.Status502BadGateway);
        }
    }

    private static string? Detail(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            return problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
