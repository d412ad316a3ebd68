using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.DeadLetters;
using Strangler.CdcSync.Entities;
using Strangler.CdcSync.Invalidation;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Routing;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Apply;

/// <summary>What the parts of one target's pipeline share, and what others may know of it. Safe for several threads.</summary>
internal sealed class TargetContext(CdcOptions options, Subscription subscription, SourceCatalog catalog, Notifier notifier, LagTracker lag, CdcMetrics metrics, TimeProvider time)
{
    private readonly HashSet<string> _subscribed = [.. subscription.Tables.Select(table => table.Name)];
    private long _waiting;
    private TargetProgress _progress = new("starting", null, null, null, 0);

    public CdcOptions Options { get; } = options;

    public Subscription Subscription { get; } = subscription;

    public string Service => Subscription.Service;

    public SourceCatalog Catalog { get; } = catalog;

    public Notifier Notifier { get; } = notifier;

    public LagTracker Lag { get; } = lag;

    public CdcMetrics Metrics { get; } = metrics;

    public TimeProvider Time { get; } = time;

    public TableCopies Copies { get; } = new();

    public CopyMeter Meter { get; } = new(time);

    /// <summary>A table as it is mirrored: of parents that are there for cascades alone only the columns that these need.</summary>
    public TableDefinition? DefinitionOf(string table) => Catalog.Find(table) is not { } definition ? null
        : IsSubscribed(table) || InternalTables.IsReplica(table, Subscription, Options.ReplicaSuffix) ? definition
        : InternalTables.Reduce(definition, Catalog.ForeignKeys);

    public bool IsSubscribed(string table) => _subscribed.Contains(table);

    /// <summary>Rows that the target refused.</summary>
    public HeldRows Held { get; } = new();

    public RereadSignal Rereads { get; } = new();

    public TableTimes TableTimes { get; } = new(time);

    /// <summary>What the service says about the things its tables describe.</summary>
    public EntityMap Entities { get; init; } = EntityMap.None;

    /// <summary>Told of each committed batch that made keys dirty.</summary>
    public ServiceInvalidations Invalidations { get; init; } =
        new(subscription.Service, new InvalidationStream(options.Invalidation.Events, time), options.Invalidation.KeysPerEvent);

    /// <summary>The windows that the running stream fills; null while none runs.</summary>
    public SnapshotWindows? Windows { get; set; }

    public TargetProgress Progress => Volatile.Read(ref _progress);

    public string State => Progress.State;

    /// <summary>Transactions read and not yet applied.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    public void Read(SourcePosition position)
    {
        Interlocked.Increment(ref _waiting);
        Update(progress => progress with { Read = position });
    }

    public void Taken(int transactions) => Interlocked.Add(ref _waiting, -transactions);

    public void Applied(SourcePosition position, long sequence, string state)
    {
        Update(progress => progress with { Applied = position, Sequence = sequence, State = state, Reason = null });
        Lag.Applied(position, sequence, state == CheckpointStore.Streaming);
    }

    /// <summary>Begins again at a checkpoint: what was read beyond is forgotten.</summary>
    public void Begin(Checkpoint checkpoint)
    {
        Interlocked.Exchange(ref _waiting, 0);
        Volatile.Write(ref _progress, new TargetProgress(checkpoint.State, null, checkpoint.Position, checkpoint.Position, checkpoint.Sequence));
        Lag.Reset();
        Invalidations.Began(checkpoint.Sequence, checkpoint.Position);
    }

    public void Failed(string state, string reason)
    {
        Update(progress => progress with { State = state, Reason = reason });
        Lag.Reset();
    }

    private void Update(Func<TargetProgress, TargetProgress> change)
    {
        while (true)
        {
            var old = Volatile.Read(ref _progress);
            if (ReferenceEquals(Interlocked.CompareExchange(ref _progress, change(old), old), old))
            {
                return;
            }
        }
    }
}

/// <summary>Where a target stands.</summary>
internal sealed record TargetProgress(string State, string? Reason, SourcePosition? Read, SourcePosition? Applied, long Sequence);
