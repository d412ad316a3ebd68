using System.Text.Json;
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
    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(2);

    private readonly StageStore _store;
    private readonly string _connectionString;
    private readonly LastGoodFile _copy;
    private readonly SliceCatalogStore _catalog;
    private readonly TimeProvider _time;
    private readonly ILogger<StageFollower> _logger;
    private readonly SemaphoreSlim _oneReader = new(1, 1);
    private volatile StageSnapshot _current = StageSnapshot.Empty;
    private volatile string? _unreachable = "not asked yet";
    private volatile IReadOnlyList<ReplicaView> _replicas = [];
    private bool _migrated;
    private long _lastBeat;

    public StageFollower(
        StageStore store, string connectionString, LastGoodFile copy, SliceCatalogStore catalog, TimeProvider time, ILogger<StageFollower> logger)
    {
        _store = store;
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

    /// <summary>All replicas seen lately, this one among them.</summary>
    public IReadOnlyList<ReplicaView> Replicas => _replicas;

    public string ReplicaId { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>True once the routing state is known, be it from the database or from disk.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Reads the database now: called after a change made here, so that the one who made it sees it in force.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _oneReader.WaitAsync(cancellationToken);
        try
        {
            await ReadIfMovedAsync(cancellationToken);
        }
        finally
        {
            _oneReader.Release();
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

        await RefreshAsync(cancellationToken);
        if (_unreachable is not null)
        {
            Log.Ready(_logger, _current.Version);
            _unreachable = null;
        }

        if (_lastBeat == 0 || _time.GetElapsedTime(_lastBeat) >= BeatInterval)
        {
            _lastBeat = _time.GetTimestamp();
            _replicas = await _store.BeatAsync(ReplicaId, _current.Version, _catalog.Current.Hash, cancellationToken);
        }
    }

    private async Task ReadIfMovedAsync(CancellationToken cancellationToken)
    {
        var first = !IsLoaded || _unreachable is not null;
        if (!first && await _store.ReadVersionAsync(cancellationToken) == _current.Version)
        {
            return;
        }

        var snapshot = await _store.ReadAsync(cancellationToken);
        if (IsLoaded && snapshot.Version == _current.Version)
        {
            return;
        }

        Take(snapshot);
        var copy = new StageCopy(snapshot.Version, snapshot.KillSwitch, [.. snapshot.Entries]);
        _copy.Write(JsonSerializer.Serialize(copy, StageJson.Default.StageCopy));
        Log.Loaded(_logger, snapshot.Version);
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

        [LoggerMessage(EventIds.ControlDatabaseUnreachable, LogLevel.Warning, "The control database cannot be asked ({Fault}); stages stay at version {Version}")]
        public static partial void Unreachable(ILogger logger, string fault, long version);
    }
}
