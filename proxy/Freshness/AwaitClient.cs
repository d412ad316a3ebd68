using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Freshness;

/// <summary>Asks cdc-sync to answer as soon as everything that is committed at the source by now can be read from a slice's service.</summary>
internal sealed partial class AwaitClient(IHttpClientFactory clients, ChangeFeed changes, TimeProvider time)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>The body of the question, the same for all of a slice's requests.</summary>
    public static byte[] QuestionOf(Slice slice, int timeoutMilliseconds) => JsonSerializer.SerializeToUtf8Bytes(
        new AwaitQuestion(slice.Config.Service, timeoutMilliseconds, slice.Config.Tables), AwaitJson.Default.AwaitQuestion);

    /// <summary>False when it did not come to pass in time, or nobody knows.</summary>
    public async Task<bool> AskAsync(string service, byte[] question, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(LagMonitor.ClientName);
        if (client.BaseAddress is null)
        {
            return false;
        }

        var askedAt = time.GetTimestamp();
        using var content = new ByteArrayContent(question) { Headers = { ContentType = Json } };
        try
        {
            using var response = await client.PostAsync(new Uri("await", UriKind.Relative), content, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return false;
            }

            if (response.Content.Headers.ContentLength != 0)
            {
                var answer = await response.Content.ReadFromJsonAsync(AwaitJson.Default.AwaitAnswer, cancellationToken);
                changes.Claimed(service, answer?.Invalidation, askedAt, askedAt);
            }

            return true;
        }
        // A connection that is cut while it is made comes as a bare SocketException.
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or JsonException or OperationCanceledException)
        {
            return false;
        }
    }

    internal sealed record AwaitQuestion(string Service, int TimeoutMs, IReadOnlyList<string> Tables);

    /// <summary>What cdc-sync says when it has come to pass.</summary>
    /// <param name="Invalidation">The event of <c>/invalidations</c> that covers what changed.</param>
    internal sealed record AwaitAnswer(string? Invalidation);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(AwaitQuestion))]
    [JsonSerializable(typeof(AwaitAnswer))]
    internal sealed partial class AwaitJson : JsonSerializerContext;
}
