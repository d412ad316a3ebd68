using System.Threading.Channels;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Entities;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Verify;

/// <summary>
/// Carries out one target's comparisons, one after the other, and knows the latest result of each table. What a restart or a fault
/// interrupts goes on at its last chunk. Orders and questions are safe from several threads.
/// </summary>
internal sealed partial class Verifier(TargetContext context, TargetDatabase target, string? source, SourcePositionReader? positions, ILogger<Verifier> logger)
{
    private const int FaultsInARow = 10;

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<VerifyRun> _runs = [];
    private readonly Dictionary<string, TableResult> _latest = [];
    private readonly Channel<bool> _ordered = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Whether there is a source database to compare with.</summary>
    public bool CanCompare => source is not null;

    /// <summary>The runs known, newest first.</summary>
    public IReadOnlyList<VerifyRun> Runs
    {
        get
        {
            lock (_lock)
            {
                return [.. _runs];
            }
        }
    }

    public VerifyRun? Find(long id)
    {
        lock (_lock)
        {
            return _runs.Find(run => run.Id == id);
        }
    }

    /// <summary>What came of the last comparison of a table; null when it was never compared.</summary>
    public TableResult? Latest(string table)
    {
        lock (_lock)
        {
            return _latest.GetValueOrDefault(table);
        }
    }

    /// <summary>Whether a result is too old to prove anything.</summary>
    public bool IsStale(TableResult result) =>
        result.FinishedAt is not { } at || context.Time.GetUtcNow() - at > TimeSpan.FromHours(context.Options.Verify.StaleAfterHours);

    public async Task<VerifyRun> OrderAsync(VerifyOrder order, CancellationToken cancellationToken)
    {
        await using var connection = await target.OpenAsync(cancellationToken);
        await VerifyStore.EnsureTablesAsync(connection, cancellationToken);
        var run = await VerifyStore.CreateAsync(connection, order, context.Time.GetUtcNow(), cancellationToken);
        lock (_lock)
        {
            _runs.Insert(0, run);
        }

        _ordered.Writer.TryWrite(true);
        return run;
    }

    public async Task<List<RowDifference>> DifferencesAsync(VerifyRun run, CancellationToken cancellationToken)
    {
        await using var connection = await target.OpenAsync(cancellationToken);
        return await VerifyStore.DifferencesAsync(connection, run.Id, cancellationToken);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (source is null)
        {
            return;
        }

        await LoadAsync(cancellationToken);
        while (true)
        {
            VerifyRun? next;
            lock (_lock)
            {
                next = _runs.FindLast(run => !run.IsDone);
            }

            if (next is null)
            {
                await _ordered.Reader.ReadAsync(cancellationToken);
            }
            else
            {
                await CarryOutAsync(next, cancellationToken);
            }
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using var connection = await target.OpenAsync(cancellationToken);
                await VerifyStore.EnsureTablesAsync(connection, cancellationToken);
                var latest = await VerifyStore.LatestAsync(connection, cancellationToken);
                var runs = await VerifyStore.LoadAsync(connection, cancellationToken);
                lock (_lock)
                {
                    _runs.AddRange(runs.Where(run => _runs.TrueForAll(known => known.Id != run.Id)));
                    latest.ForEach(table => _latest[table.Table] = table);
                }

                return;
            }
            catch (MySqlException)
            {
                // The pipeline over the same database says what is wrong.
                await Task.Delay(PauseAfterFault, context.Time, cancellationToken);
            }
        }
    }

    private async Task CarryOutAsync(VerifyRun run, CancellationToken cancellationToken)
    {
        Log.Started(logger, context.Service, run.Id, run.Tables.Count);
        var faults = 0;
        while (!run.IsDone)
        {
            var chunks = run.Tables.Sum(table => table.Chunks);
            try
            {
                await AttemptAsync(run, cancellationToken);
            }
            catch (Exception fault) when (fault is MySqlException or ServerException or IOException or System.Net.Sockets.SocketException or TimeoutException or FormatException)
            {
                faults = run.Tables.Sum(table => table.Chunks) > chunks ? 1 : faults + 1;
                Log.Interrupted(logger, context.Service, run.Id, fault.Message);
                run.WaitsFor = fault.Message;
                if (faults >= FaultsInARow && run.Tables.FirstOrDefault(table => !table.IsDone) is { } stuck)
                {
                    (stuck.State, stuck.Reason, stuck.FinishedAt) = (VerifyState.Skipped, fault.Message, context.Time.GetUtcNow());
                    faults = 0;
                }

                await Task.Delay(PauseAfterFault, context.Time, cancellationToken);
            }
        }
    }

    private async Task AttemptAsync(VerifyRun run, CancellationToken cancellationToken)
    {
        await using var connection = await target.OpenAsync(cancellationToken);
        await using var sourceSums = new ChecksumReader(new MySqlConnectionStringBuilder(source!), context.Catalog.Database, isMirror: false);
        await using var mirrorSums = new ChecksumReader(target.Settings, target.Settings.Database, isMirror: true);
        await using var sourceRows = new ChunkReader(new MySqlConnectionStringBuilder(source!), context.Catalog.Database, positions, context.Time);
        await using var mirrorRows = new ChunkReader(target.Settings, target.Settings.Database, positions, context.Time);
        run.State = RunState.Running;
        await VerifyStore.SaveAsync(connection, run, cancellationToken);
        var isSourceMariaDb = await sourceSums.IsMariaDbAsync(cancellationToken);
        var throttle = new VerifyThrottle(context, context.Options.Verify, sourceSums, waits =>
        {
            run.WaitsFor = waits;
            if (run.IsCancelled)
            {
                throw new OperationCanceledException();
            }
        });
        await using var names = new MySqlConnection(source);
        await names.OpenAsync(cancellationToken);
        var translator = new EntityTranslator(context.Entities, names, connection);
        var only = run.Order is { Entity: { } entity, Key: { } key } ? new EntityRows(context.Entities.Find(entity)!, key, sourceSums, mirrorSums) : null;
        foreach (var table in run.Tables.Where(table => !table.IsDone))
        {
            var samples = 0;
            var settler = new RowSettler(
                context, connection, new RowRecheck(context, sourceRows, mirrorRows), run.Order.Repair, $"verify {run.Id}",
                async (difference, stop) =>
                {
                    if (samples++ < context.Options.Verify.Samples)
                    {
                        var meaning = context.Catalog.Find(table.Table) is { } definition ? await translator.TranslateAsync(definition, difference, stop) : null;
                        await VerifyStore.KeepAsync(connection, run, difference with { Meaning = meaning }, stop);
                    }
                });
            var verifier = new TableVerifier(context, context.Options.Verify, sourceSums, mirrorSums, settler, throttle);
            try
            {
                // After a restart nothing is known of the tables until the mirror is followed again.
                await throttle.WaitAsync(0, cancellationToken);
                await TableAsync(run, table, verifier, only, connection, isSourceMariaDb, cancellationToken);
            }
            catch (OperationCanceledException) when (run.IsCancelled && !cancellationToken.IsCancellationRequested)
            {
                table.State = VerifyState.Cancelled;
            }

            table.FinishedAt = context.Time.GetUtcNow();
            await VerifyStore.SaveAsync(connection, run, table, cancellationToken);
            Finished(run, table);
        }

        (run.State, run.FinishedAt, run.WaitsFor) = (run.IsCancelled ? RunState.Cancelled : RunState.Done, context.Time.GetUtcNow(), null);
        await VerifyStore.SaveAsync(connection, run, cancellationToken);
        Log.Done(logger, context.Service, run.Id, run.Result());
    }

    private async Task TableAsync(
        VerifyRun run, TableResult table, TableVerifier verifier, EntityRows? only, MySqlConnection connection, bool isSourceMariaDb, CancellationToken cancellationToken)
    {
        table.StartedAt ??= context.Time.GetUtcNow();
        if (context.Copies.Find(table.Table) is not { } copy || context.Catalog.Find(table.Table) is not { Key: not null } definition)
        {
            (table.State, table.Reason) = (VerifyState.Skipped, "it is not mirrored, or not there at the source");
            return;
        }

        if (copy.State != CopyState.Streaming)
        {
            (table.State, table.Reason) = (VerifyState.Skipped, $"its mirror is not complete ({ProgressStore.Text(copy.State)})");
            return;
        }

        var (sides, fault) = await TableSides.ReadAsync(connection, definition, isSourceMariaDb, cancellationToken);
        if (sides is null)
        {
            (table.State, table.Reason) = (VerifyState.Skipped, fault);
            return;
        }

        table.State = VerifyState.Running;
        await verifier.RunAsync(sides, table, only, SaveAsync, cancellationToken);

        Task SaveAsync() => run.IsCancelled ? throw new OperationCanceledException() : VerifyStore.SaveAsync(connection, run, table, cancellationToken);
    }

    private void Finished(VerifyRun run, TableResult table)
    {
        context.Metrics.Verified(context.Service, table.Rows, table.Differences, table.Repaired);
        if (table.Differences > 0)
        {
            Log.Differences(logger, context.Service, run.Id, table.Table, table.Missing, table.Extra, table.Different, table.Repaired);
        }

        // One entity's rows say little of the table.
        if (run.Order.Key is null && table.State is VerifyState.Equal or VerifyState.Repaired or VerifyState.Different or VerifyState.Unsettled)
        {
            lock (_lock)
            {
                _latest[table.Table] = table;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.VerifyStarted, LogLevel.Information, "{Service}: verification {Run} of {Tables} tables begins")]
        public static partial void Started(ILogger logger, string service, long run, int tables);

        [LoggerMessage(EventIds.VerifyDone, LogLevel.Information, "{Service}: verification {Run} is done: {Result}")]
        public static partial void Done(ILogger logger, string service, long run, string result);

        [LoggerMessage(EventIds.VerifyInterrupted, LogLevel.Warning, "{Service}: verification {Run} is interrupted, and goes on at its last chunk: {Message}")]
        public static partial void Interrupted(ILogger logger, string service, long run, string message);

        [LoggerMessage(EventIds.VerifyDifferences, LogLevel.Error,
            "{Service}: verification {Run}: the mirror of {Table} differs: {Missing} rows missing, {Extra} too many, {Different} different; {Repaired} of them repaired")]
        public static partial void Differences(ILogger logger, string service, long run, string table, long missing, long extra, long different, long repaired);
    }
}
