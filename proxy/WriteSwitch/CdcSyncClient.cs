using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>What a switch asks of cdc-sync. Whatever goes wrong is a <see cref="SwitchStoppedException"/> in words.</summary>
internal sealed class CdcSyncClient(IHttpClientFactory clients, TimeProvider time)
{
    public const string ClientName = "cdc-sync.switch";
    private const int MaximumAwaitMilliseconds = 60_000;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(40);

    /// <summary>Where the service's data stand.</summary>
    public async Task<ServicePosition?> PositionAsync(string service, CancellationToken cancellationToken)
    {
        var positions = await AskAsync(client => client.GetFromJsonAsync("positions", CdcSyncJson.Default.Positions, cancellationToken));
        return positions?.Services?.FirstOrDefault(found => found.Service == service);
    }

    /// <summary>Returns when everything that was committed at the source when this was called can be read at the service, with the position that was.</summary>
    public async Task<string> DrainAsync(string service, IReadOnlyList<string> tables, TimeSpan limit, CancellationToken cancellationToken)
    {
        var milliseconds = (int)Math.Clamp(limit.TotalMilliseconds, 1, MaximumAwaitMilliseconds);
        var answer = await AskAsync(async client =>
        {
            using var response = await client.PostAsJsonAsync("await", new AwaitOrder(service, milliseconds, tables), CdcSyncJson.Default.AwaitOrder, cancellationToken);
            return await ReadAsync(response, CdcSyncJson.Default.JsonElement, cancellationToken);
        });
        return answer.TryGetProperty("position", out var position) ? position.GetRawText() : "unknown";
    }

    /// <summary>Compares the tables with the source; returns when they are equal.</summary>
    public async Task<VerifyAnswer> VerifyAsync(string service, IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        VerifyAnswer? run = null;
        try
        {
            while (run is null)
            {
                run = await OrderAsync(service, tables, cancellationToken);
                if (run is null)
                {
                    // Another comparison is under way; ours comes after it, or the time is over first.
                    await Task.Delay(Pace, time, cancellationToken);
                }
            }

            while (run.State is "waiting" or "running")
            {
                await Task.Delay(Pace, time, cancellationToken);
                run = await AskAsync(client => client.GetFromJsonAsync($"verify/{run.Id}", CdcSyncJson.Default.VerifyAnswer, cancellationToken))
                    ?? throw new SwitchStoppedException("cdc-sync does not know its own comparison any more");
            }
        }
        catch (OperationCanceledException) when (run is not null)
        {
            await CancelAsync(run.Id);
            throw;
        }

        return run.Result is "equal" or "repaired"
            ? run
            : throw new SidesDifferException($"the two sides differ: comparison {run.Id} says '{run.Result}' ({Tables(run)}). See it by ./strangler verify");
    }

    private async Task<VerifyAnswer?> OrderAsync(string service, IReadOnlyList<string> tables, CancellationToken cancellationToken) => await AskAsync(async client =>
    {
        using var response = await client.PostAsJsonAsync("verify", new VerifyOrder(service, tables), CdcSyncJson.Default.VerifyOrder, cancellationToken);
        return response.StatusCode == HttpStatusCode.Conflict && (await response.Content.ReadAsStringAsync(cancellationToken)).Contains("under way", StringComparison.Ordinal)
            ? null
            : await ReadAsync(response, CdcSyncJson.Default.VerifyAnswer, cancellationToken);
    });

    private async Task CancelAsync(string id)
    {
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            using var response = await client.PostAsync($"verify/{id}/cancel", null, limit.Token);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            // It then ends by itself, having compared for nobody.
        }
    }

    private static string Tables(VerifyAnswer run) => string.Join(", ", (run.Tables ?? [])
        .Where(table => table.State is not ("equal" or "repaired")).Select(table => $"{table.Name}: {table.State}{(table.Reason is null ? "" : $", {table.Reason}")}"));

    private async Task<T> AskAsync<T>(Func<HttpClient, Task<T>> ask)
    {
        using var client = clients.CreateClient(ClientName);
        if (client.BaseAddress is null)
        {
            throw new SwitchStoppedException("Facade:CdcSync is not set: nothing can say whether the two sides have the same data");
        }

        try
        {
            return await ask(client);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or IOException or SocketException)
        {
            throw new SwitchStoppedException($"cdc-sync does not answer: {fault.Message}");
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync(type, cancellationToken))!
            : throw new SwitchStoppedException($"cdc-sync answered {(int)response.StatusCode}: {Problems.Detail(await response.Content.ReadAsStringAsync(cancellationToken))}");
}

/// <summary>What of <c>GET /positions</c> a switch looks at.</summary>
internal sealed record Positions(IReadOnlyList<ServicePosition>? Services);

internal sealed record ServicePosition(string Service, string State, string? Reason, PositionLag? Lag, IReadOnlyList<TablePosition>? Tables);

internal sealed record PositionLag(double? Milliseconds);

internal sealed record TablePosition(string Name, string State, long? DeadLetters);

internal sealed record AwaitOrder(string Service, int TimeoutMs, IReadOnlyList<string> Tables);

internal sealed record VerifyOrder(string Service, IReadOnlyList<string> Tables);

internal sealed record VerifyAnswer(string Id, string State, string? Result, IReadOnlyList<VerifiedTable>? Tables);

internal sealed record VerifiedTable(string Name, string State, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Positions))]
[JsonSerializable(typeof(AwaitOrder))]
[JsonSerializable(typeof(VerifyOrder))]
[JsonSerializable(typeof(VerifyAnswer))]
[JsonSerializable(typeof(WayBackState))]
[JsonSerializable(typeof(WayBackOrder))]
[JsonSerializable(typeof(WayBackAnswer))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class CdcSyncJson : JsonSerializerContext;
