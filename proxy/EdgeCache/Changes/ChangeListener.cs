using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.EdgeCache.Changes;

/// <summary>
/// Listens to cdc-sync's <c>/invalidations</c> while a slice keeps answers. After a break it goes on where it was; what cannot be told any more cdc-sync tells as
/// "everything". Meanwhile nothing is proven, so nothing is served that a promise forbids.
/// </summary>
internal sealed partial class ChangeListener(
    IHttpClientFactory clients, ChangeFeed feed, RoutingStore routing, TimeProvider time, ILogger<ChangeListener> logger) : BackgroundService
{
    // Claims wait for their event for milliseconds; one that waits longer means that the connection is dead without saying so.
    private static readonly TimeSpan MaximumBehind = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private volatile string? _fault = "not connected yet";

    /// <summary>Why nothing is heard, or null.</summary>
    public string? Fault => _fault;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        do
        {
            if (routing.Current.HasCachedSlices)
            {
                await ListenAsync(stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            using var client = clients.CreateClient(LagMonitor.ClientName);
            if (client.BaseAddress is null)
            {
                _fault = "Facade:CdcSync is not set";
                return;
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("invalidations", UriKind.Relative));
            if (feed.Seen is { } seen)
            {
                request.Headers.Add("Last-Event-ID", seen.ToString());
            }

            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, connection.Token);
            response.EnsureSuccessStatusCode();
            await using var body = await response.Content.ReadAsStreamAsync(connection.Token);
            await using var watch = time.CreateTimer(_ => Watch(connection), null, Look, Look);
            await foreach (var item in SseParser.Create(body).EnumerateAsync(connection.Token))
            {
                Hear(item);
            }

            Quiet("cdc-sync has closed the stream");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or JsonException
            || (fault is OperationCanceledException && !stoppingToken.IsCancellationRequested))
        {
            Quiet(fault is OperationCanceledException ? "cdc-sync does not answer" : fault.Message);
        }
    }

    private void Watch(CancellationTokenSource connection)
    {
        if (feed.Behind > MaximumBehind && connection.Token.CanBeCanceled)
        {
            try
            {
                connection.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has ended by itself in this moment.
            }
        }
    }

    private void Hear(SseItem<string> item)
    {
        if (_fault is not null)
        {
            Log.Listening(logger, item.EventId ?? "the beginning");
            _fault = null;
        }

        if (item.EventType != "invalidation")
        {
            feed.Heard(item.EventId, isBeginning: item.EventType == "ready");
        }
        else
        {
            // One that is not understood may say anything: the connection ends, and comes back where it was.
            var change = JsonSerializer.Deserialize(item.Data, ChangeJson.Default.ChangeView) is { Service: not null, Keys: not null } understood
                ? understood
                : throw new JsonException("An event of cdc-sync is not understood.");
            feed.Changed(item.EventId, change.Service, change.Keys);
        }
    }

    private void Quiet(string fault)
    {
        if (_fault is null or "not connected yet")
        {
            Log.Silent(logger, fault);
        }

        _fault = fault;
    }

    internal sealed record ChangeView(string Service, IReadOnlyList<ChangedKey> Keys);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(ChangeView))]
    internal sealed partial class ChangeJson : JsonSerializerContext;

    private static partial class Log
    {
        [LoggerMessage(EventIds.ChangesHeard, LogLevel.Information, "cdc-sync tells what changes, from {EventId} on; kept answers may be served")]
        public static partial void Listening(ILogger logger, string eventId);

        [LoggerMessage(EventIds.ChangesSilent, LogLevel.Warning, "cdc-sync does not tell what changes ({Fault}); kept answers are served no longer than their slices' promises allow")]
        public static partial void Silent(ILogger logger, string fault);
    }
}
