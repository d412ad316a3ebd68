using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.Proxy.Freshness;

namespace Strangler.Proxy.Gates;

/// <summary>What cdc-sync answered to <c>GET /positions</c>, as far as gates ask, and as it came for evidence packs.</summary>
/// <param name="Services">By name; empty when it did not answer.</param>
/// <param name="Fault">Why it did not answer; null when it did.</param>
/// <param name="Raw">The answer.</param>
/// <param name="ReadAt">Timestamp.</param>
internal sealed record PositionsFacts(IReadOnlyDictionary<string, ServiceFacts> Services, string? Fault, JsonElement? Raw, long ReadAt);

/// <summary>Asks cdc-sync where it stands, at most once a second. Judging never waits for it: <see cref="Peek"/> takes what came last.</summary>
internal sealed class PositionsReader(IHttpClientFactory clients, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(10);

    private readonly Lock _starting = new();
    private volatile PositionsFacts? _last;
    private Task<PositionsFacts>? _reading;

    /// <summary>What came last, if it came lately, and asks again beside it.</summary>
    public PositionsFacts Peek()
    {
        var last = _last;
        if (last is null || time.GetElapsedTime(last.ReadAt) > Fresh)
        {
            _ = StartAsync();
        }

        return last is null || time.GetElapsedTime(last.ReadAt) > Forgotten
            ? new PositionsFacts(new Dictionary<string, ServiceFacts>(), last is null ? "cdc-sync has not answered yet" : "cdc-sync has not answered for ten seconds", null, 0)
            : last;
    }

    /// <summary>What it says now.</summary>
    public Task<PositionsFacts> ReadAsync() =>
        _last is { } last && time.GetElapsedTime(last.ReadAt) <= Fresh ? Task.FromResult(last) : StartAsync();

    private Task<PositionsFacts> StartAsync()
    {
        lock (_starting)
        {
            return _reading is { IsCompleted: false } reading ? reading : _reading = AskAsync();
        }
    }

    private async Task<PositionsFacts> AskAsync()
    {
        var facts = await AnswerAsync(time.GetTimestamp());
        _last = facts;
        return facts;
    }

    private async Task<PositionsFacts> AnswerAsync(long now)
    {
        try
        {
            using var client = clients.CreateClient(LagMonitor.ClientName);
            if (client.BaseAddress is null)
            {
                return Nothing("Facade:CdcSync is not set", now);
            }

            var text = await client.GetStringAsync("positions");
            var view = JsonSerializer.Deserialize(text, PositionsJson.Default.PositionsAnswer);
            var retention = view?.Retention is { } found
                ? new RetentionFacts(found.HoursLeft, found.HoursLeft is null && found.ExpireHours is null && found.MaximumBytes is null)
                : null;
            return new PositionsFacts(
                (view?.Services ?? []).DistinctBy(service => service.Service).ToDictionary(service => service.Service, service => Facts(service, retention), StringComparer.Ordinal),
                null, JsonElement.Parse(text), now);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or IOException or SocketException or OperationCanceledException)
        {
            return Nothing($"cdc-sync does not answer: {fault.Message}", now);
        }
    }

    private static PositionsFacts Nothing(string fault, long now) => new(new Dictionary<string, ServiceFacts>(), fault, null, now);

    private static ServiceFacts Facts(ServiceAnswer service, RetentionFacts? retention) => new(
        service.Service, service.State,
        (service.Tables ?? []).DistinctBy(table => table.Name).ToDictionary(
            table => table.Name,
            table => new TableFacts(table.Verify?.State, table.Verify?.At, table.Verify?.Differences ?? 0, table.DeadLetters ?? 0),
            StringComparer.Ordinal),
        retention);

    internal sealed record PositionsAnswer(IReadOnlyList<ServiceAnswer>? Services, RetentionAnswer? Retention);

    internal sealed record ServiceAnswer(string Service, string State, IReadOnlyList<TableAnswer>? Tables);

    internal sealed record TableAnswer(string Name, VerifyAnswer? Verify, long? DeadLetters);

    internal sealed record VerifyAnswer(string? State, DateTimeOffset? At, long Differences);

    internal sealed record RetentionAnswer(double? HoursLeft, double? ExpireHours, long? MaximumBytes);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PositionsReader.PositionsAnswer))]
internal sealed partial class PositionsJson : JsonSerializerContext;
