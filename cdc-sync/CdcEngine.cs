using Microsoft.Extensions.Options;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Debezium.Registry;
using Strangler.CdcSync.Debezium.Topics;
using Strangler.CdcSync.Entities;
using Strangler.CdcSync.Invalidation;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Routing;
using Strangler.CdcSync.Telemetry;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync;

/// <summary>One target with everything that works for it.</summary>
internal sealed record Target(TargetPipeline Pipeline, ProjectionReader Projection, Notifier Notifier, Verifier Verifier, KafkaServices? Kafka)
{
    public TargetContext Context => Pipeline.Context;
}

/// <summary>Runs every target, the sampling of the source's position, and answers what is known of them.</summary>
internal sealed class CdcEngine : BackgroundService
{
    private const uint FirstRandomServerId = 1_000_000_000;

    private readonly SourcePositionReader? _positions;

    public CdcEngine(IOptions<CdcOptions> options, IConfiguration configuration, IHttpClientFactory clients, CdcMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        var settings = options.Value;
        var source = configuration.GetConnectionString("Source");
        if (string.IsNullOrEmpty(source) && !settings.Kafka.IsEnabled)
        {
            throw new InvalidDataException("ConnectionStrings:Source is missing: the connection string of the database to follow.");
        }

        source = string.IsNullOrEmpty(source) ? null : source;
        if (settings.Kafka is { IsEnabled: true, FirstCopy: FirstCopy.Source } && source is null)
        {
            throw new InvalidDataException($"{KafkaOptions.Section}:FirstCopy is source, but ConnectionStrings:Source is missing.");
        }

        _positions = source is null ? null : new SourcePositionReader(source, settings.Kafka.IsEnabled);
        var serverId = settings.ServerId > 0 ? settings.ServerId : FirstRandomServerId + (uint)Random.Shared.Next(1_000_000_000);
        var spool = new SpoolFolder(settings.SpoolFolder.Length > 0 ? settings.SpoolFolder : Path.GetTempPath(), settings.TransactionMemoryBytes);
        spool.RemoveStale();
        var pace = TimeSpan.FromMilliseconds(settings.SampleMilliseconds);
        Invalidations = new InvalidationStream(settings.Invalidation.Events, time);
        Targets = [.. settings.Targets.Select((target, index) =>
        {
            var subscription = Subscription.Load(target.Subscription);
            var entities = EntityMap.Load(target.Entities, target.Subscription, subscription);
            var history = new SchemaHistory();
            var catalog = new SourceCatalog(source is null ? new TopicCatalog(history) : new DatabaseCatalog(source), settings.SourceDatabase, [.. subscription.Tables.Select(table => table.Name)]);
            var notifier = new Notifier(clients.CreateClient(nameof(Notifier)), target.Notify, loggers.CreateLogger<Notifier>());
            var context = new TargetContext(settings, subscription, catalog, notifier, new LagTracker(time), metrics, time)
            {
                Invalidations = new ServiceInvalidations(subscription.Service, Invalidations, settings.Invalidation.KeysPerEvent, new InvalidatedEntities(entities, subscription)),
                Entities = entities,
            };
            var kafka = settings.Kafka.IsEnabled ? Kafka(settings.Kafka, catalog, history, source, spool, clients, time, loggers) : null;
            SourceAccess access = kafka is not null
                ? new KafkaAccess(kafka, source, _positions)
                : new LogAccess(
                    source!,
                    new BinlogChangeSource(
                        source!, serverId + (uint)index, TimeSpan.FromSeconds(settings.HeartbeatSeconds), catalog, spool, time, loggers.CreateLogger<BinlogChangeSource>()),
                    _positions!, new SourceCheck(source!, settings.SourceDatabase));
            var database = new TargetDatabase(target.ConnectionString);
            metrics.ObserveDeadLetters(subscription.Service, () => context.Held.Count);
            metrics.ObserveLag(subscription.Service, () => context.Lag.Lag?.TotalMilliseconds);
            metrics.ObserveLatency(subscription.Service, context.Lag);
            return new Target(
                new TargetPipeline(context, database, access, kafka, loggers),
                new ProjectionReader(context, database, pace, time),
                notifier,
                new Verifier(context, database, source, _positions, loggers.CreateLogger<Verifier>()),
                kafka);
        })];
        var contexts = Targets.Select(target => target.Context).ToList();
        Retention = source is null ? null : new RetentionWatch(source, settings.Retention, serverId + (uint)Targets.Count, contexts, time, loggers.CreateLogger<RetentionWatch>());
        Heartbeat = source is null ? null : new HeartbeatWriter(source, settings.Heartbeat, _positions!, contexts, time, loggers.CreateLogger<HeartbeatWriter>());
        metrics.ObserveRetention(() => Retention?.Current?.HoursLeft);
        Sampler = new PositionSampler(_positions, [.. Targets.Select(target => target.Context)], pace, time, loggers.CreateLogger<PositionSampler>());
    }

    public IReadOnlyList<Target> Targets { get; }

    public PositionSampler Sampler { get; }

    /// <summary>Null where there is no source database.</summary>
    public RetentionWatch? Retention { get; }

    /// <summary>Null where there is no source database.</summary>
    public HeartbeatWriter? Heartbeat { get; }

    public InvalidationStream Invalidations { get; }

    public Target? Find(string? service) => Targets.FirstOrDefault(target => target.Context.Service == service);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Targets.SelectMany(target => new[] { target.Pipeline.RunAsync(stoppingToken), target.Projection.RunAsync(stoppingToken), target.Verifier.RunAsync(stoppingToken) })
            .Append(Sampler.RunAsync(stoppingToken)).Append(Retention?.RunAsync(stoppingToken) ?? Task.CompletedTask).Append(Heartbeat?.RunAsync(stoppingToken) ?? Task.CompletedTask));

    private static KafkaServices Kafka(
        KafkaOptions options, SourceCatalog catalog, SchemaHistory history, string? source, SpoolFolder spool, IHttpClientFactory clients, TimeProvider time, ILoggerFactory loggers)
    {
        var registry = options.SchemaRegistry is { Length: > 0 } address
            ? new SchemaRegistry(clients.CreateClient(nameof(SchemaRegistry)), address, options.SchemaRegistryUserInfo, time)
            : null;
        return new KafkaServices(
            options, catalog, history, registry, spool, new SourceWarnings(), new KafkaState(), source is not null && options.FirstCopy != FirstCopy.Topics, time, loggers);
    }

    public override void Dispose()
    {
        base.Dispose();
        _positions?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
