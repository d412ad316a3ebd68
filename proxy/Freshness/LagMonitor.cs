using System.Collections.Frozen;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Freshness;

/// <summary>What cdc-sync last said of one service's data.</summary>
/// <param name="Milliseconds">Upper bound of the data's age at <paramref name="AskedAt"/>; null while unknown.</param>
/// <param name="State"><c>snapshot</c>, <c>streaming</c> or <c>stopped</c>.</param>
/// <param name="AskedAt">Timestamp taken before the question was sent, so the age is never understated.</param>
/// <param name="Losses">What does not reach the service as the source has it: the table, or none for all of them, and what is lost.</param>
internal sealed record LagSample(double? Milliseconds, string State, long AskedAt, IReadOnlyList<(string? Table, string Text)> Losses)
{
    /// <summary>Those that concern some tables, with the table's name before the column's.</summary>
    public IReadOnlyList<string> LossesOf(IReadOnlyCollection<string> tables) =>
        [.. Losses.Where(loss => loss.Table is null || tables.Contains(loss.Table)).Select(loss => loss.Table is null ? loss.Text : $"{loss.Table}.{loss.Text}")];
}

/// <summary>
/// Asks cdc-sync a few times a second how old each service's data are. Between answers an age grows by the clock, so a dead cdc-sync makes
/// every slice with a bound stale by itself.
/// </summary>
internal sealed partial class LagMonitor(IHttpClientFactory clients, ChangeFeed changes, TimeProvider time, ILogger<LagMonitor> logger) : BackgroundService
{
    public const string ClientName = "cdc-sync";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private volatile FrozenDictionary<string, LagSample> _samples = FrozenDictionary<string, LagSample>.Empty;
    private volatile string? _fault = "not asked yet";

    /// <summary>Why the ages are not known, or null.</summary>
    public string? Fault => _fault;

    /// <summary>Upper bound of the age of a service's data now, in milliseconds; null when unknown.</summary>
    public double? AgeOf(string service) =>
        _samples.GetValueOrDefault(service) is { Milliseconds: { } age } sample
            ? age + time.GetElapsedTime(sample.AskedAt).TotalMilliseconds
            : null;

    /// <summary>Timestamp of a moment up to which everything committed at the source is known to be readable from the service; null when unknown.</summary>
    public long? ProvenAt(string service) => _samples.GetValueOrDefault(service) is { Milliseconds: { } age } sample
        ? sample.AskedAt - (long)(age * time.TimestampFrequency / 1000)
        : null;

    public LagSample? SampleOf(string service) => _samples.GetValueOrDefault(service);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        do
        {
            await PollAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        try
        {
            using var client = clients.CreateClient(ClientName);
            if (client.BaseAddress is null)
            {
                _fault = "Facade:CdcSync is not set";
                return;
            }

            await using var body = await client.GetStreamAsync("positions", cancellationToken);
            var positions = await JsonSerializer.DeserializeAsync(body, LagJson.Default.PositionsView, cancellationToken);
            _samples = (positions?.Services ?? []).ToFrozenDictionary(
                service => service.Service,
                service => new LagSample(service.Lag?.Milliseconds, service.State, askedAt, Losses(service)),
                StringComparer.Ordinal);
            foreach (var service in _samples.Keys)
            {
                changes.Claimed(service, positions?.Invalidation, ProvenAt(service), askedAt);
            }

            if (_fault is not null)
            {
                Log.Known(logger);
                _fault = null;
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or IOException or SocketException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (_fault is null or "not asked yet")
            {
                Log.Unknown(logger, fault.Message);
            }

            _fault = fault.Message;
        }
    }

    private static List<(string? Table, string Text)> Losses(ServicePositionView service) =>
    [
        .. (service.Warnings ?? []).Select(text => ((string?)null, text)),
        .. (service.Tables ?? []).SelectMany(table => (table.Warnings ?? []).Select(text => ((string?)table.Name, text))),
    ];

    internal sealed record PositionsView(IReadOnlyList<ServicePositionView>? Services, string? Invalidation);

    internal sealed record ServicePositionView(string Service, string State, LagView? Lag, IReadOnlyList<string>? Warnings, IReadOnlyList<TableView>? Tables);

    internal sealed record TableView(string Name, IReadOnlyList<string>? Warnings);

    internal sealed record LagView(double? Milliseconds);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(PositionsView))]
    internal sealed partial class LagJson : JsonSerializerContext;

    private static partial class Log
    {
        [LoggerMessage(EventIds.LagKnown, LogLevel.Information, "cdc-sync answers; the age of the services' data is known")]
        public static partial void Known(ILogger logger);

        [LoggerMessage(EventIds.LagUnknown, LogLevel.Warning, "cdc-sync does not answer ({Fault}); slices with a freshness bound go to Magento once it is passed")]
        public static partial void Unknown(ILogger logger, string fault);
    }
}
