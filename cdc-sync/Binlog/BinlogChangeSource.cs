using System.Net.Sockets;
using MySqlConnector;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Binlog;

/// <summary>Reads transactions from a server's binary log as a replica does. A cut connection is opened again from the last transaction's end.</summary>
internal sealed partial class BinlogChangeSource(
    string connectionString, uint serverId, TimeSpan heartbeat, SourceCatalog catalog, TimeProvider time, ILogger<BinlogChangeSource> logger) : IChangeSource
{
    private const int MaximumFormatFaults = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly MySqlConnectionStringBuilder _settings = new(connectionString);

    public async Task ReadAsync(SourcePosition from, string? cursor, Func<ChangeTransaction, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var formatFaults = 0;
        while (true)
        {
            try
            {
                await using var stream = await LogStream.OpenAsync(_settings, from, serverId, heartbeat, time, cancellationToken);
                Log.Connected(logger, _settings.Server, _settings.Port, from);
                var assembler = new TransactionAssembler(from, catalog.IsWanted, catalog, new EventDecoder(stream.HasChecksums), stream.IsMariaDb);
                while (true)
                {
                    if (assembler.Accept(await stream.ReadAsync(cancellationToken)) is not { } transaction)
                    {
                        continue;
                    }

                    if (transaction.TableChanges.Count > 0)
                    {
                        await catalog.LoadAsync(cancellationToken);
                    }

                    await take(transaction, cancellationToken);
                    from = transaction.Position;
                    (pause, formatFaults) = (FirstPause, 0);
                }
            }
            catch (ServerException fault) when (IsLost(fault))
            {
                throw new SourceLostException($"The source cannot give its log from {from} on: {fault.Message}", fault);
            }
            catch (Exception fault) when (fault is IOException or SocketException or TimeoutException or ServerException or MySqlException
                || (fault is FormatException && ++formatFaults < MaximumFormatFaults))
            {
                Log.Reconnecting(logger, fault, from, pause.TotalSeconds);
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    // The same number also says that another replica of the same id pushed this one off, which passes.
    private static bool IsLost(ServerException fault) => fault.Number == ServerException.MasterFatalErrorReadingBinlog
        && !fault.Message.Contains("same server", StringComparison.OrdinalIgnoreCase);

    private static partial class Log
    {
        [LoggerMessage(EventIds.SourceConnected, LogLevel.Information, "Reading the log of {Server}:{Port} from {Position} on")]
        public static partial void Connected(ILogger logger, string server, uint port, SourcePosition position);

        [LoggerMessage(EventIds.SourceReconnecting, LogLevel.Warning, "Lost the source's log after {Position}; trying again in {Seconds} s")]
        public static partial void Reconnecting(ILogger logger, Exception fault, SourcePosition position, double seconds);
    }
}
