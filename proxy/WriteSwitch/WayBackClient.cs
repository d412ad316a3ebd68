using System.Text.Json;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>How what a service writes as system of record comes back to Magento.</summary>
/// <param name="State"><c>ready</c>: carries everything at once; else what is the matter.</param>
/// <param name="Reason">For people.</param>
/// <param name="Waiting">Changes that are not in Magento yet.</param>
/// <param name="OldestMilliseconds">Age of the oldest of them.</param>
internal sealed record WayBackState(string State, string? Reason, long? Waiting, double? OldestMilliseconds);

internal sealed record WayBackOrder(IReadOnlyList<string> Tables, int TimeoutMs);

/// <param name="Carried">Changes that were carried since the service became the system of record, as far as it counts.</param>
internal sealed record WayBackAnswer(long? Carried);

/// <summary>Asks a service about its way back to Magento: <c>GET /internal/way-back</c> and <c>POST /internal/way-back/drain</c>, see docs/design.md.</summary>
internal sealed class WayBackClient(IHttpClientFactory clients, IOptions<RoutingOptions> options)
{
    public const string ClientName = "way-back";

    public async Task<WayBackState> StateAsync(string service, IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        var query = string.Join(',', tables.Select(Uri.EscapeDataString));
        using var response = await SendAsync(service, (client, address) =>
            client.GetAsync(new Uri(address, $"/internal/way-back?tables={query}"), cancellationToken));
        if (!response.IsSuccessStatusCode)
        {
            return new WayBackState("missing", $"{service} has no way back to Magento (GET /internal/way-back answered {(int)response.StatusCode})", null, null);
        }

        try
        {
            return await response.Content.ReadFromJsonAsync(CdcSyncJson.Default.WayBackState, cancellationToken) ?? new WayBackState("unknown", "it said nothing", null, null);
        }
        catch (JsonException fault)
        {
            return new WayBackState("unknown", $"it cannot be understood: {fault.Message}", null, null);
        }
    }

    /// <summary>Returns when everything the service had committed when this was called is in Magento.</summary>
    public async Task<WayBackAnswer> DrainAsync(string service, IReadOnlyList<string> tables, TimeSpan limit, CancellationToken cancellationToken)
    {
        var order = new WayBackOrder(tables, (int)Math.Max(1, limit.TotalMilliseconds));
        using var response = await SendAsync(service, (client, address) =>
            client.PostAsJsonAsync(new Uri(address, "/internal/way-back/drain"), order, CdcSyncJson.Default.WayBackOrder, cancellationToken));
        if (!response.IsSuccessStatusCode)
        {
            throw new SwitchStoppedException(
                $"{service} could not bring its changes to Magento ({(int)response.StatusCode}): {Problems.Detail(await response.Content.ReadAsStringAsync(cancellationToken))}");
        }

        return await response.Content.ReadFromJsonAsync(CdcSyncJson.Default.WayBackAnswer, cancellationToken) ?? new WayBackAnswer(null);
    }

    private async Task<HttpResponseMessage> SendAsync(string service, Func<HttpClient, Uri, Task<HttpResponseMessage>> send)
    {
        if (!options.Value.Services.TryGetValue(service, out var address))
        {
            throw new SwitchStoppedException($"the service '{service}' has no address (Facade:Services:{service})");
        }

        using var client = clients.CreateClient(ClientName);
        try
        {
            return await send(client, address);
        }
        catch (HttpRequestException fault)
        {
            throw new SwitchStoppedException($"{service} does not answer: {fault.Message}");
        }
    }
}
