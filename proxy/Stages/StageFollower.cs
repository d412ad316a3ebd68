using System.Text.Json;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Stages;

/// <summary>
/// Keeps this replica's <see cref="StageSnapshot"/> at what the control database says: asks for the version a few times a second and reads all
/// when it moved. While the database is away the last snapshot serves; a cold start takes the copy on disk. One loop writes, all read.
/// </summary>
internal sealed partial class StageFollower : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private readonly StageStore _store;
    private readonly ReplicaStore _replicaStore;
    private readonly ReplicaLease _lease;
    private readonly TimeSpan _beatInterval;
    private readonly string _connectionString;
    private readonly LastGoodFile _copy;
    private readonly SliceCatalogStore _catalog;
    private readonly TimeProvider _time;
    private readonly ILogger<StageFollower> _logger;
    private readonly SemaphoreSlim _oneReader = new(1, 1);
    private volatile StageSnapshot _current = StageSnapshot.Empty;
    private volatile string? _unreachable = "not asked yet";
    private volatile IReadOnlyList<ReplicaView> _replicas = [];
    private HashSet<string> _ended = [];
    private bool _migrated;
    private long _lastBeat;

    public StageFollower(
        StageStore store, ReplicaStore replicas, ReplicaLease lease, IOptions<ReplicaOptions> options, string connectionString, LastGoodFile copy,
        SliceCatalogStore catalog, TimeProvider time, ILogger<StageFollower> logger)
    {
        _store = store;
        _replicaStore = replicas;
        _lease = lease;
        _beatInterval = TimeSpan.FromMilliseconds(options.Value.BeatMilliseconds);
        _connectionString = connectionString;
        _copy = copy;
        _catalog = catalog;
        _time = time;
        _logger = logger;
        TakeCopy();
    }

    /// <summary>Raised after a new snapshot is in place.</summary>
    public event Action<StageSnapshot>? Changed;

    public StageSnapshot Current => _current;

    /// <summary>Why the control database cannot be asked, or null when it can.</summary>
    public string? Unreachable => _unreachable;

    /// <summary>All replicas that have not said goodbye, this one among them.</summary>
    public IReadOnlyList<ReplicaView> Replicas => _replicas;

    public string ReplicaId { get; } = ReplicaIdentity.New();

    /// <summary>True once the routing state is known, be it from the database or from disk.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Reads the database now: called after a change made here, so that the one who made it sees it in force.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _oneReader.WaitAsync(cancellationToken);
        try
        {
            if (await ReadIfMovedAsync(cancellationToken) && _lease.HasHeard)
            {
                await BeatAsync(cancellationToken);
            }
        }
        finally
        {
            _oneReader.Release();
        }
    }

    /// <summary>Says goodbye, so that nobody waits for this replica. By now the listeners have taken their last request.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!_lease.HasHeard || _unreachable is not null)
        {
            return;
        }

        try
        {
            await _replicaStore.RemoveAsync(ReplicaId, cancellationToken);
        }
        catch (Exception fault) when (fault is MySqlException or OperationCanceledException)
        {
            Log.NoGoodbye(_logger, fault.Message);
        }
    }

    public override void Dispose()
    {
        _oneReader.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, _time);
        do
        {
            try
            {
                await PollAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is MySqlException or InvalidOperationException or TimeoutException or EvolveDb.EvolveException)
            {
                if (_unreachable is null or "not asked yet")
                {
                    Log.Unreachable(_logger, fault.Message, _current.Version);
                }

                _unreachable = fault.Message;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        if (!_migrated)
        {
            await Task.Run(() => ControlSchema.Migrate(_connectionString, _logger), cancellationToken);
            _migrated = true;
        }

        // First the word, then the reading: who reads a freeze's end has been counted among those that had to freeze.
        var since = _time.GetTimestamp();
        var due = _lastBeat == 0 || _unreachable is not null || _time.GetElapsedTime(_lastBeat) >= _beatInterval;
        if (due)
        {
            await BeatAsync(cancellationToken);
        }

        await RefreshAsync(cancellationToken);
        if (due)
        {
            await RenewAsync(since, cancellationToken);
        }

        if (_unreachable is not null)
        {
            Log.Ready(_logger, _current.Version);
            _unreachable = null;
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        _lastBeat = _time.GetTimestamp();
        await _replicaStore.BeatAsync(ReplicaId, _current.Version, _catalog.Current.Hash, cancellationToken);
    }

    private async Task RenewAsync(long since, CancellationToken cancellationToken)
    {
        var first = !_lease.HasHeard;
        _lease.Renew(since);
        if (first)
        {
            await BeatAsync(cancellationToken);
        }

        var (_, replicas) = await _replicaStore.ReadAsync(cancellationToken);
        _replicas = replicas;
        if (first)
        {
            _ended = [.. replicas.Where(replica => ReplicaIdentity.HasEnded(replica.Id)).Select(replica => replica.Id)];
        }

        // A process that crashed may have left a request at a side: while slices write, it stays on the list until that must have ended.
        foreach (var ended in replicas.Where(replica => _ended.Contains(replica.Id) && (replica.EndingMilliseconds == 0 || !_catalog.Current.Slices.Any(slice => slice.Config.Writes is not null))))
        {
            await _replicaStore.RemoveAsync(ended.Id, cancellationToken);
        }
    }

    /// <summary>True when another snapshot is in force than before.</summary>
    private async Task<bool> ReadIfMovedAsync(CancellationToken cancellationToken)
    {
        var first = !IsLoaded || _unreachable is not null;
        if (!first && await _store.ReadVersionAsync(cancellationToken) == _current.Version)
        {
            return false;
        }

        var snapshot = await _store.ReadAsync(cancellationToken);
        if (IsLoaded && snapshot.Version == _current.Version)
        {
            return false;
        }

        Take(snapshot);
        var copy = new StageCopy(snapshot.Version, snapshot.KillSwitch, [.. snapshot.Entries]);
        _copy.Write(JsonSerializer.Serialize(copy, StageJson.Default.StageCopy));
        Log.Loaded(_logger, snapshot.Version);
        return true;
    }

    private void TakeCopy()
    {
        if (_copy.Read() is not { } text)
        {
            return;
        }

        try
        {
            var copy = JsonSerializer.Deserialize(text, StageJson.Default.StageCopy)!;
            Take(new StageSnapshot(copy.Version, copy.KillSwitch, copy.Entries));
            Log.TookCopy(_logger, copy.Version);
        }
        catch (JsonException)
        {
            // A copy that cannot be read is as good as none: everything is legacy until the database answers.
        }
    }

    private void Take(StageSnapshot snapshot)
    {
        _current = snapshot;
        IsLoaded = true;
        Changed?.Invoke(snapshot);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.StagesLoaded, LogLevel.Information, "Stages at version {Version} are in force")]
        public static partial void Loaded(ILogger logger, long version);

        [LoggerMessage(EventIds.ControlDatabaseReady, LogLevel.Information, "The control database answers; stages are at version {Version}")]
        public static partial void Ready(ILogger logger, long version);

        [LoggerMessage(EventIds.StagesKept, LogLevel.Information, "Stages at version {Version} were taken from the copy kept on disk")]
        public static partial void TookCopy(ILogger logger, long version);

        [LoggerMessage(EventIds.NoGoodbye, LogLevel.Warning, "This replica could not be taken off the list ({Fault}); others will name it as lost")]
        public static partial void NoGoodbye(ILogger logger, string fault);

        [LoggerMessage(EventIds.ControlDatabaseUnreachable, LogLevel.Warning, "The control database cannot be asked ({Fault}); stages stay at version {Version}")]
        public static partial void Unreachable(ILogger logger, string fault, long version);
    }
}
