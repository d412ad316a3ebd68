using System.Net.Sockets;
using MySqlConnector;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Binlog;

/// <summary>Reads transactions from a server's binary log as a replica does. A cut connection is opened again from the last transaction's end.</summary>
internal sealed partial class BinlogChangeSource(
    string connectionString, uint serverId, TimeSpan heartbeat, SourceCatalog catalog, SpoolFolder spool, TimeProvider time, ILogger<BinlogChangeSource> logger)
    : IChangeSource
{
    private const int MaximumFormatFaults = 3;
    private const int ShownStatement = 200;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly MySqlConnectionStringBuilder _settings = new(connectionString);

    public async Task ReadAsync(SourcePosition from, string? cursor, Func<ChangeTransaction, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        using var prepared = new PreparedTransactions();
        var pause = FirstPause;
        var formatFaults = 0;
        while (true)
        {
            try
            {
                await ReadPreparedAgainAsync(from, prepared, cancellationToken);
                await using var stream = await OpenAsync(from, cancellationToken);
                Log.Connected(logger, _settings.Server, _settings.Port, from);
                using var assembler = Assembler(from, stream, prepared);
                var known = IsReadFromTheBeginning(from) ? from : null;
                while (true)
                {
                    if (assembler.Accept(await stream.ReadAsync(cancellationToken)) is not { } transaction)
                    {
                        continue;
                    }

                    if (known?.HasReached(transaction.Position) == true)
                    {
                        transaction.Dispose();
                        continue;
                    }

                    known = null;
                    if (transaction.TableChanges.Count > 0)
                    {
                        await catalog.LoadAsync(cancellationToken);
                        SayWhatIsNotInRows(transaction);
                    }

                    // The taker disposes the transaction, so its position is kept before.
                    var position = transaction.Position;
                    await take(transaction, cancellationToken);
                    from = position;
                    (pause, formatFaults) = (FirstPause, 0);
                }
            }
            catch (ServerException fault) when (IsLost(fault))
            {
                throw await LostAsync(from, fault, cancellationToken);
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

    private Task<LogStream> OpenAsync(SourcePosition from, CancellationToken cancellationToken) =>
        LogStream.OpenAsync(_settings, from, serverId, heartbeat, time, cancellationToken);

    private TransactionAssembler Assembler(SourcePosition from, LogStream stream, PreparedTransactions prepared) =>
        new(from, catalog.IsWanted, catalog, new EventDecoder(stream.HasChecksums), stream.IsMariaDb, spool, prepared, stream.Origin);

    // Distributed transactions that were prepared before a restart: their ends may be yet to come, their rows lie behind.
    private async Task ReadPreparedAgainAsync(SourcePosition from, PreparedTransactions prepared, CancellationToken cancellationToken)
    {
        foreach (var place in from.Prepared ?? [])
        {
            if (prepared.Contains(place.Xid))
            {
                continue;
            }

            var changes = await new PreparedReader(OpenAsync, Assembler).ReadAsync(from, place, cancellationToken);
            prepared.Add(place, changes);
            if (changes is null)
            {
                Log.PreparedLost(logger, place.Xid, place.File, place.Offset);
            }
        }
    }

    private static bool IsReadFromTheBeginning(SourcePosition from) => from is { Offset: > uint.MaxValue, Gtid: not { Length: > 0 } };

    private void SayWhatIsNotInRows(ChangeTransaction transaction)
    {
        foreach (var change in transaction.TableChanges)
        {
            if (change is TableChange { What: TableEvent.ChangedByStatement } changed)
            {
                var statement = changed.Statement.Length > ShownStatement ? changed.Statement[..ShownStatement] + "…" : changed.Statement;
                Log.ChangedByStatement(logger, changed.Table, transaction.Position, statement);
            }
        }
    }

    // The same number also says that another replica of the same id pushed this one off, which passes.
    public static bool IsLost(ServerException fault) => fault.Number == ServerException.MasterFatalErrorReadingBinlog
        && !fault.Message.Contains("same server", StringComparison.OrdinalIgnoreCase);

    private async Task<SourceLostException> LostAsync(SourcePosition from, ServerException fault, CancellationToken cancellationToken)
    {
        var message = $"The source cannot give its log from {from} on: {fault.Message}";
        try
        {
            await using var connection = await ServerConnection.OpenAsync(_settings, cancellationToken);
            var oldest = await connection.ScalarAsync("SHOW BINARY LOGS", cancellationToken);
            return new SourceLostException($"{message} The oldest file that it still has is {oldest}.", fault);
        }
        catch (Exception unreachable) when (unreachable is IOException or SocketException or TimeoutException or ServerException)
        {
            return new SourceLostException(message, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SourceConnected, LogLevel.Information, "Reading the log of {Server}:{Port} from {Position} on")]
        public static partial void Connected(ILogger logger, string server, uint port, SourcePosition position);

        [LoggerMessage(EventIds.SourceReconnecting, LogLevel.Warning, "Lost the source's log after {Position}; trying again in {Seconds} s")]
        public static partial void Reconnecting(ILogger logger, Exception fault, SourcePosition position, double seconds);

        [LoggerMessage(EventIds.ChangedByStatement, LogLevel.Warning,
            "{Table}: changed by a statement that the log does not hold as rows, before {Position}; set binlog_format=ROW and binlog_row_image=FULL for every session: {Statement}")]
        public static partial void ChangedByStatement(ILogger logger, TableName table, SourcePosition position, string statement);

        [LoggerMessage(EventIds.PreparedLost, LogLevel.Warning,
            "The distributed transaction {Xid}, prepared at {File}:{Offset}, cannot be read again; if it is committed, every table is copied again")]
        public static partial void PreparedLost(ILogger logger, string xid, string file, long offset);
    }
}
