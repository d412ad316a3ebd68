using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Verifying;

/// <summary>Calls cdc-sync's API. What it refuses becomes a fault in its own words.</summary>
internal sealed class VerifyClient(HttpClient http, Uri address)
{
    public Task<JsonNode> OrderAsync(VerifyTarget target, bool repair, string? entity, string? key, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["repair"] = repair };
        Set("service", target.Service);
        Set("entity", entity);
        Set("key", key);
        if (target.Tables.Count > 0)
        {
            body["tables"] = new JsonArray([.. target.Tables.Select(table => JsonValue.Create(table))]);
        }

        return SendAsync(HttpMethod.Post, "verify", body, cancellationToken);

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                body[name] = value;
            }
        }
    }

    public Task<JsonNode> GetAsync(string id, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, $"verify/{id}", null, cancellationToken);

    public Task<JsonNode> ReadModelAsync(string? service, bool repair, string? after, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, "verify/read-model", new JsonObject { ["service"] = service, ["repair"] = repair, ["after"] = after }, cancellationToken);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return JsonNode.Parse(text) ?? throw new JsonException("null");
            }

            throw new CliFault(Detail(text) ?? $"cdc-sync at {address} answered {(int)response.StatusCode} {response.StatusCode}.");
        }
        catch (HttpRequestException fault)
        {
            throw new CliFault($"cdc-sync at {address} does not answer ({fault.Message}). Is it up (./strangler status)? Another address: --cdc-sync URL or STRANGLER_CDC_SYNC.", fault);
        }
        catch (JsonException fault)
        {
            throw new CliFault($"What answers at {address} is not cdc-sync: {fault.Message}", fault);
        }
        catch (TaskCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliFault($"cdc-sync at {address} took too long.", fault);
        }
    }

    private static string? Detail(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject problem ? problem["detail"]?.GetValue<string>() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
