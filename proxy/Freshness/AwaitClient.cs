using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Freshness;

/// <summary>Asks cdc-sync to answer as soon as everything that is committed at the source by now can be read from a slice's service.</summary>
internal sealed partial class AwaitClient(IHttpClientFactory clients)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>The body of the question, the same for all of a slice's requests.</summary>
    public static byte[] QuestionOf(Slice slice, int timeoutMilliseconds) => JsonSerializer.SerializeToUtf8Bytes(
        new AwaitQuestion(slice.Config.Service, timeoutMilliseconds, slice.Config.Tables), AwaitJson.Default.AwaitQuestion);

    /// <summary>False when it did not come to pass in time, or nobody knows.</summary>
    public async Task<bool> AskAsync(byte[] question, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(LagMonitor.ClientName);
        if (client.BaseAddress is null)
        {
            return false;
        }

        using var content = new ByteArrayContent(question) { Headers = { ContentType = Json } };
        try
        {
            using var response = await client.PostAsync(new Uri("await", UriKind.Relative), content, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        // A connection that is cut while it is made comes as a bare SocketException.
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    internal sealed record AwaitQuestion(string Service, int TimeoutMs, IReadOnlyList<string> Tables);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(AwaitQuestion))]
    internal sealed partial class AwaitJson : JsonSerializerContext;
}
