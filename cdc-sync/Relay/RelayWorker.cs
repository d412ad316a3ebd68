using System.Net.Sockets;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Relay;

/// <summary>Runs the relay: the first copy, then the log, from the position of the last commit on. Whatever fails begins again there after a pause.</summary>
internal sealed partial class RelayWorker : BackgroundService
{
    private const int MaximumMessages = 20_000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly RelayOptions _options;
    private readonly CdcOptions _cdc;
    private readonly string _source;
    private readonly uint _serverId;
    private readonly TimeProvider _time;
    private readonly ILogger<RelayWorker> _logger;
    private RelayState _state;

    public RelayWorker(IOptions<RelayOptions> options, IOptions<CdcOptions> cdc, IConfiguration configuration, TimeProvider time, ILogger<RelayWorker> logger)
    {
        _options = options.Value;
        _cdc = cdc.Value;
        _source = configuration.GetConnectionString("Source") ?? "";
        _serverId = (uint)Random.Shared.Next(1_000_000_000, 2_000_000_000);
        _time = time;
        _logger = logger;
        _state = new RelayState(_options.BootstrapServers.Length == 0 ? "off" : "starting", null, null, 0);
    }

    public RelayState State => Volatile.Read(ref _state);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.BootstrapServers.Length == 0)
        {
            return;
        }

        for (var pause = FirstPause; !stoppingToken.IsCancellationRequested; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)))
        {
            var started = _time.GetTimestamp();
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is NotSupportedException or InvalidDataException or SourceLostException)
            {
                Volatile.Write(ref _state, State with { State = "stopped", Reason = fault.Message });
                Log.Stopped(_logger, _options.TopicPrefix, fault.Message);
                return;
            }
            catch (Exception fault) when (fault is KafkaException or IOException or SocketException or TimeoutException or ServerException or MySqlException or FormatException or InvalidOperationException)
            {
                Volatile.Write(ref _state, State with { State = "restarting", Reason = fault.Message });
                Log.Restarting(_logger, fault, _options.TopicPrefix);
            }

            pause = _time.GetElapsedTime(started) > LongestPause ? FirstPause : pause;
            await Task.Delay(pause, _time, stoppingToken);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var settings = new MySqlConnectionStringBuilder(_source);
        var catalog = new RelayCatalog(_source, _cdc.SourceDatabase);
        await catalog.LoadAsync(cancellationToken);
        await using var positions = new SourcePositionReader(_source);
        using var publisher = new RelayPublisher(_options);
        await publisher.OpenAsync(cancellationToken);
        var from = await RelayPublisher.ReadPositionAsync(_options, cancellationToken);
        if (from is null)
        {
            from = await FirstCopyAsync(settings, catalog, positions, publisher, cancellationToken);
            await publisher.CommitAsync(from, cancellationToken);
        }

        Reached(publisher, from);
        Log.Started(_logger, _options.TopicPrefix, from);
        try
        {
            await FollowAsync(settings, catalog, publisher, from, cancellationToken);
        }
        catch (ServerException fault) when (BinlogChangeSource.IsLost(fault))
        {
            throw new SourceLostException($"The source cannot give its log from {from} on: {fault.Message} Delete the topic __strangler-relay.{_options.TopicPrefix} to begin anew with a first copy.", fault);
        }
    }

    private async Task<SourcePosition> FirstCopyAsync(
        MySqlConnectionStringBuilder settings, RelayCatalog catalog, SourcePositionReader positions, RelayPublisher publisher, CancellationToken cancellationToken)
    {
        if (_options.SnapshotMode == SnapshotMode.NoData)
        {
            return await positions.ReadWithGtidAsync(cancellationToken);
        }

        Volatile.Write(ref _state, State with { State = "snapshot", Reason = null });
        return await new RelaySnapshot(settings, _options, _cdc.SourceDatabase, catalog, positions, _time).ReadAsync(
            (messages, token) =>
            {
                foreach (var message in messages)
                {
                    publisher.Add(message, token);
                }

                return Task.CompletedTask;
            },
            cancellationToken);
    }

    private async Task FollowAsync(MySqlConnectionStringBuilder settings, RelayCatalog catalog, RelayPublisher publisher, SourcePosition position, CancellationToken cancellationToken)
    {
        // Rows of distributed transactions that are still open are read again, and what was published since is passed over.
        var start = position.Prepared?.MinBy(place => (place.File, place.Offset)) is { } place ? position with { File = place.File, Offset = place.Offset, Prepared = null } : position;
        await using var stream = await LogStream.OpenAsync(
            settings, start == position ? position : start with { Gtid = null }, _serverId, TimeSpan.FromSeconds(_cdc.HeartbeatSeconds), _time, cancellationToken);
        using var prepared = new PreparedTransactions();
        var assembler = new TransactionAssembler(
            start, static _ => false, catalog, new EventDecoder(stream.HasChecksums), stream.IsMariaDb, new SpoolFolder(Path.GetTempPath(), long.MaxValue), prepared, null);
        var translator = new RelayTranslator(_options, _cdc.SourceDatabase, catalog, start, new EventDecoder(stream.HasChecksums), _time);
        var isPublished = start != position;
        var output = new List<RelayMessage>();
        var (pending, heartbeatAt) = (0, _time.GetTimestamp());
        var committed = position;
        var read = stream.ReadAsync(cancellationToken).AsTask();
        while (true)
        {
            var data = await read;
            if (translator.ChangesCatalog(data))
            {
                await catalog.LoadAsync(cancellationToken);
            }

            translator.Accept(data, output);
            if (isPublished)
            {
                output.Clear();
            }

            foreach (var message in output)
            {
                publisher.Add(message, cancellationToken);
            }

            pending += output.Count;
            output.Clear();
            using var transaction = assembler.Accept(data);
            if (isPublished)
            {
                isPublished = transaction is null || !transaction.Position.HasReached(position);
                read = stream.ReadAsync(cancellationToken).AsTask();
                continue;
            }

            position = transaction?.Position ?? position;
            if (transaction is not null && _options.HeartbeatSeconds > 0 && _time.GetElapsedTime(heartbeatAt).TotalSeconds >= _options.HeartbeatSeconds)
            {
                heartbeatAt = _time.GetTimestamp();
                publisher.Add(Heartbeat(), cancellationToken);
                pending++;
            }

            // The next event is asked for before the commit, which then costs no time while there are more.
            read = stream.ReadAsync(cancellationToken).AsTask();
            if (transaction is not null && pending > 0 && (!read.IsCompleted || pending >= MaximumMessages))
            {
                await publisher.CommitAsync(position, cancellationToken);
                pending = 0;
                committed = position;
            }

            Reached(publisher, committed);
        }
    }

    private RelayMessage Heartbeat()
    {
        var prefix = _options.TopicPrefix;
        return new RelayMessage(
            $"__debezium-heartbeat.{prefix}",
            RelayTable.Message(null, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("serverName", prefix);
                writer.WriteEndObject();
            }),
            RelayTable.Message(null, writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("ts_ms", _time.GetUtcNow().ToUnixTimeMilliseconds());
                writer.WriteEndObject();
            }));
    }

    private void Reached(RelayPublisher publisher, SourcePosition position) => Volatile.Write(ref _state, new RelayState("streaming", null, position, publisher.Committed));

    private static partial class Log
    {
        [LoggerMessage(EventIds.RelayStarted, LogLevel.Information, "Relay {Prefix}: publishing from {Position} on")]
        public static partial void Started(ILogger logger, string prefix, SourcePosition position);

        [LoggerMessage(EventIds.RelayRestarting, LogLevel.Error, "Relay {Prefix}: interrupted; beginning again at the last commit")]
        public static partial void Restarting(ILogger logger, Exception fault, string prefix);

        [LoggerMessage(EventIds.RelayStopped, LogLevel.Error, "Relay {Prefix}: stopped: {Reason}")]
        public static partial void Stopped(ILogger logger, string prefix, string reason);
    }
}

/// <summary>Where the relay stands.</summary>
/// <param name="State"><c>off</c>, <c>starting</c>, <c>snapshot</c>, <c>streaming</c>, <c>restarting</c> or <c>stopped</c>.</param>
/// <param name="Reason">Why it is not streaming.</param>
/// <param name="Position">Everything up to here is published.</param>
/// <param name="Messages">Messages published since the process started.</param>
internal sealed record RelayState(string State, string? Reason, SourcePosition? Position, long Messages);
