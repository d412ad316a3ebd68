using System.Text.Json;

namespace Strangler.Cli.Running;

/// <summary>How far one service is, as cdc-sync's <c>/positions</c> says it.</summary>
/// <param name="Milliseconds">How old its data may be; null while unknown.</param>
internal sealed record ServicePosition(string Service, string State, string? Reason, double? Milliseconds, long? Bytes, long? Transactions, int Tables, int TablesDone, long Rows)
{
    /// <summary>What the connector's settings lose, of everything and of single tables.</summary>
    public IReadOnlyList<string> Losses { get; init; } = [];
}

internal static class Positions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Null when cdc-sync does not answer.</summary>
    public static async Task<IReadOnlyList<ServicePosition>?> ReadAsync(HttpClient http, string cdcSync, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var response = await http.GetAsync(new Uri($"{cdcSync}positions"), stop.Token);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(stop.Token));
            return [.. document.RootElement.GetProperty("services").EnumerateArray().Select(Read)];
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static ServicePosition Read(JsonElement service)
    {
        var lag = service.TryGetProperty("lag", out var value) && value.ValueKind == JsonValueKind.Object ? value : default;
        var tables = service.TryGetProperty("tables", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().ToList() : [];
        return new ServicePosition(
            service.GetProperty("service").GetString() ?? "",
            service.GetProperty("state").GetString() ?? "",
            service.TryGetProperty("reason", out var reason) ? reason.GetString() : null,
            Number(lag, "milliseconds"),
            (long?)Number(lag, "bytes"),
            (long?)Number(lag, "transactions"),
            tables.Count,
            tables.Count(table => table.TryGetProperty("state", out var state) && state.GetString() == "streaming"),
            (long)tables.Sum(table => Number(table, "rows") ?? 0))
        {
            Losses = [.. Warnings(service), .. tables.SelectMany(table => Warnings(table).Select(text => $"{table.GetProperty("name").GetString()}.{text}"))],
        };
    }

    private static IEnumerable<string> Warnings(JsonElement element) =>
        element.TryGetProperty("warnings", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(text => text.GetString() ?? "") : [];

    private static double? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
