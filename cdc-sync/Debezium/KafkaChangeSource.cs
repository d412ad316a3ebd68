using Confluent.Kafka;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Registry;
using Strangler.CdcSync.Debezium.Topics;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Debezium;

/// <summary>What a target's Kafka source works with.</summary>
internal sealed record KafkaServices(
    KafkaOptions Options, SourceCatalog Catalog, SchemaHistory History, SchemaRegistry? Registry, SpoolFolder Spool, SourceWarnings Warnings, KafkaState State,
    bool HasDatabase, TimeProvider Time, ILoggerFactory Loggers)
{
    public TopicNames Names { get; } = new(Options, Catalog.Database);
}

/// <summary>
/// Reads transactions from the topics that a Debezium connector writes. Where to go on is kept with the rows in the target's database; broken
/// connections are opened again from there.
/// </summary>
internal sealed partial class KafkaChangeSource(KafkaServices services) : IChangeSource
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = services.Loggers.CreateLogger<KafkaChangeSource>();

    public async Task ReadAsync(SourcePosition from, string? cursor, Func<ChangeTransaction, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                await using var reader = new KafkaReader(services.Options, "strangler-cdc", _logger);
                using var session = new KafkaSession(services, reader, from, cursor is null ? null : KafkaCursor.Parse(cursor));
                await session.RunAsync(TakeAsync, cancellationToken);
            }
            catch (Exception fault) when (fault is IOException or KafkaException)
            {
                Log.Reconnecting(_logger, fault, services.Options.Bootstrap, pause.TotalSeconds);
            }

            await Task.Delay(pause, services.Time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }

        async ValueTask TakeAsync(ChangeTransaction transaction, CancellationToken token)
        {
            await take(transaction, token);
            (from, cursor, pause) = (transaction.Position, transaction.Cursor, FirstPause);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.KafkaReconnecting, LogLevel.Warning, "Lost the topics at {Bootstrap}; trying again in {Seconds} s")]
        public static partial void Reconnecting(ILogger logger, Exception fault, string bootstrap, double seconds);
    }
}
