using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Control;

/// <summary>Calls the facade's control API. What it refuses becomes a fault in its own words.</summary>
internal sealed class ControlClient(HttpClient http, Uri address, string? key)
{
    public Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<JsonNode> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    public Task<JsonNode> DeleteAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, path, null, cancellationToken);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new CliFault(Describe((int)response.StatusCode, text));
            }

            return JsonNode.Parse(text) ?? throw new JsonException("null");
        }
        catch (HttpRequestException fault)
        {
            throw new CliFault($"The control API at {address} does not answer ({fault.Message}). Is it up (./strangler status)? Another address: --control URL or STRANGLER_CONTROL.", fault);
        }
        catch (JsonException fault)
        {
            throw new CliFault($"What answers at {address} is not the control API: {fault.Message}", fault);
        }
        catch (TaskCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliFault($"The control API at {address} took too long.", fault);
        }
    }

    // problem+json: title, detail, and for a bad body perhaps errors by field.
    private string Describe(int status, string text)
    {
        var parts = new List<string>();
        try
        {
            if (JsonNode.Parse(text) is JsonObject problem)
            {
                parts.AddRange(new[] { problem["title"]?.ToString(), problem["detail"]?.ToString() }.OfType<string>());
                if (problem["errors"] is JsonObject errors)
                {
                    parts.AddRange(errors.Select(error => $"{error.Key}: {(error.Value is JsonArray list ? string.Join(" ", list) : error.Value)}"));
                }
            }
        }
        catch (JsonException)
        {
            // Not the API's own answer; the status says the most.
        }

        if (status is 401 or 403)
        {
            parts.Add("Give the key by --key KEY or STRANGLER_KEY.");
        }

        return parts.Count > 0 ? $"{string.Join(' ', parts.Select(part => part is [.., '.' or '?' or '!'] ? part : $"{part}."))} ({status})" : $"The control API at {address} answered {status}.";
    }
}
