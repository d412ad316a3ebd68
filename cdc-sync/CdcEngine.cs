using Microsoft.Extensions.Options;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Entities;
using Strangler.CdcSync.Invalidation;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Routing;
using Strangler.CdcSync.Telemetry;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync;

/// <summary>One target with everything that works for it.</summary>
internal sealed record Target(TargetPipeline Pipeline, ProjectionReader Projection, Notifier Notifier, Verifier Verifier)
{
    public TargetContext Context => Pipeline.Context;
}

/// <summary>Runs every target, the sampling of the source's position, and answers what is known of them.</summary>
internal sealed class CdcEngine : BackgroundService
{
    private const uint FirstRandomServerId = 1_000_000_000;

    private readonly SourcePositionReader _positions;

    public CdcEngine(IOptions<CdcOptions> options, IConfiguration configuration, IHttpClientFactory clients, CdcMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        var settings = options.Value;
        var source = configuration.GetConnectionString("Source");
        if (string.IsNullOrEmpty(source))
        {
            throw new InvalidDataException("ConnectionStrings:Source is missing: the connection string of the database to follow.");
        }

        _positions = new SourcePositionReader(source);
        var serverId = settings.ServerId > 0 ? settings.ServerId : FirstRandomServerId + (uint)Random.Shared.Next(1_000_000_000);
        var spool = new SpoolFolder(settings.SpoolFolder.Length > 0 ? settings.SpoolFolder : Path.GetTempPath(), settings.TransactionMemoryBytes);
        spool.RemoveStale();
        var pace = TimeSpan.FromMilliseconds(settings.SampleMilliseconds);
        Invalidations = new InvalidationStream(settings.Invalidation.Events, time);
        Targets = [.. settings.Targets.Select((target, index) =>
        {
            var subscription = Subscription.Load(target.Subscription);
            var entities = EntityMap.Load(target.Entities, target.Subscription, subscription);
            var catalog = new SourceCatalog(source, settings.SourceDatabase, [.. subscription.Tables.Select(table => table.Name)]);
            var notifier = new Notifier(clients.CreateClient(nameof(Notifier)), target.Notify, loggers.CreateLogger<Notifier>());
            var context = new TargetContext(settings, subscription, catalog, notifier, new LagTracker(time), metrics, time)
            {
                Invalidations = new ServiceInvalidations(subscription.Service, Invalidations, settings.Invalidation.KeysPerEvent, new InvalidatedEntities(entities, subscription)),
                Entities = entities,
            };
            var changes = new BinlogChangeSource(
                source, serverId + (uint)index, TimeSpan.FromSeconds(settings.HeartbeatSeconds), catalog, spool, time, loggers.CreateLogger<BinlogChangeSource>());
            var database = new TargetDatabase(target.ConnectionString);
            metrics.ObserveDeadLetters(subscription.Service, () => context.Held.Count);
            metrics.ObserveLag(subscription.Service, () => context.Lag.Lag?.TotalMilliseconds);
            metrics.ObserveLatency(subscription.Service, context.Lag);
            return new Target(
                new TargetPipeline(context, database, source, changes, _positions, new SourceCheck(source, settings.SourceDatabase), loggers),
                new ProjectionReader(context, database, pace, time),
                notifier,
                new Verifier(context, database, source, _positions, loggers.CreateLogger<Verifier>()));
        })];
        var contexts = Targets.Select(target => target.Context).ToList();
        Retention = new RetentionWatch(source, settings.Retention, serverId + (uint)Targets.Count, contexts, time, loggers.CreateLogger<RetentionWatch>());
        Heartbeat = new HeartbeatWriter(source, settings.Heartbeat, _positions, contexts, time, loggers.CreateLogger<HeartbeatWriter>());
        metrics.ObserveRetention(() => Retention.Current?.HoursLeft);
        Sampler = new PositionSampler(_positions, [.. Targets.Select(target => target.Context)], pace, time, loggers.CreateLogger<PositionSampler>());
    }

    public IReadOnlyList<Target> Targets { get; }

    public PositionSampler Sampler { get; }

    public RetentionWatch Retention { get; }

    public HeartbeatWriter Heartbeat { get; }

    public InvalidationStream Invalidations { get; }

    public Target? Find(string? service) => Targets.FirstOrDefault(target => target.Context.Service == service);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Targets.SelectMany(target => new[] { target.Pipeline.RunAsync(stoppingToken), target.Projection.RunAsync(stoppingToken), target.Verifier.RunAsync(stoppingToken) })
            .Append(Sampler.RunAsync(stoppingToken)).Append(Retention.RunAsync(stoppingToken)).Append(Heartbeat.RunAsync(stoppingToken)));

    public override void Dispose()
    {
        base.Dispose();
        _positions.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
