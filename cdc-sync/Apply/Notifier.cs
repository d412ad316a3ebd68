using System.Net.Sockets;
using System.Threading.Channels;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// Tells a service that its mirror has changed. A hint: never waited for, one at a time, and several changes while one is under way are one.
/// </summary>
internal sealed partial class Notifier(HttpClient client, string? baseAddress, ILogger<Notifier> logger)
{
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Changed() => _changed.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(baseAddress))
        {
            return;
        }

        var address = new Uri(new Uri(baseAddress.TrimEnd('/') + "/"), "internal/changes");
        await foreach (var _ in _changed.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                using var response = await client.PostAsync(address, null, cancellationToken);
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                Log.NotTold(logger, address, fault.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.NotifyFailed, LogLevel.Debug, "{Address} could not be told of changes: {Message}")]
        public static partial void NotTold(ILogger logger, Uri address, string message);
    }
}
