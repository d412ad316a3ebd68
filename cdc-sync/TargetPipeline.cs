using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.DeadLetters;
using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync;

/// <summary>
/// One target's work from its checkpoint on: reading, copying and applying side by side. What fails ends all three, and they begin again at
/// the checkpoint after a pause; what cannot be mended so is written down as a stop, and waits for the order to copy again.
/// </summary>
internal sealed partial class TargetPipeline(
    TargetContext context, TargetDatabase target, SourceAccess source, KafkaServices? kafka, ILoggerFactory loggers)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OrderLimit = TimeSpan.FromSeconds(30);

    private readonly ILogger _logger = loggers.CreateLogger<TargetPipeline>();
    private readonly Lock _lock = new();
    private CancellationTokenSource? _running;
    private WorkQueue? _queue;
    private TaskCompletionSource _resync = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isResyncOrdered;

    public TargetContext Context { get; } = context;

    public TargetDatabase Target { get; } = target;

    /// <summary>Orders everything to be copied again from the source's present position on.</summary>
    public void Resync()
    {
        lock (_lock)
        {
            _isResyncOrdered = true;
            _resync.TrySetResult();
            _running?.Cancel();
        }
    }

    /// <summary>Orders some tables to be copied again while the rest streams on; kept in the database when this returns. False when nothing is running that could take the order.</summary>
    public async Task<bool> ResyncAsync(IReadOnlyCollection<string> tables, CancellationToken cancellationToken)
    {
        WorkQueue? queue;
        lock (_lock)
        {
            queue = _queue;
        }

        if (queue is null)
        {
            return false;
        }

        var order = new CopyAgainItem(tables);
        await queue.PutAsync(order, cancellationToken);
        return await order.Written.WaitAsync(OrderLimit, Context.Time, cancellationToken);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = Context.Time.GetTimestamp();
            try
            {
                await RunOnceAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException) when (IsResyncOrdered)
            {
                continue;
            }
            catch (Exception fault) when (fault is SourceLostException or NotSupportedException)
            {
                await StopAsync(fault, cancellationToken);
                continue;
            }
            catch (Exception fault) when (fault is InvalidDataException or RowRefusedException)
            {
                // Source, target and subscription do not fit each other; any of them may be mended at any time.
                Context.Failed(CheckpointStore.Stopped, fault.Message);
                Log.Unfit(_logger, Context.Service, fault.Message);
            }
            catch (Exception fault)
            {
                Context.Failed("restarting", fault.Message);
                Log.Restarting(_logger, fault, Context.Service);
            }

            pause = Context.Time.GetElapsedTime(started) > LongestPause ? FirstPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            await Task.WhenAny(Task.Delay(pause, Context.Time, cancellationToken), _resync.Task);
        }
    }

    private bool IsResyncOrdered
    {
        get
        {
            lock (_lock)
            {
                return _isResyncOrdered;
            }
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        CancellationTokenSource running;
        bool resync;
        lock (_lock)
        {
            _running = running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            resync = _isResyncOrdered;
        }

        try
        {
            await using var connection = await Target.OpenAsync(running.Token);
            await TargetDatabase.EnsureOwnTablesAsync(connection, running.Token);
            await source.CheckAsync(running.Token);
            await Context.Catalog.LoadAsync(running.Token);
            var checkpoint = await CheckpointStore.ReadAsync(connection, running.Token);
            if (checkpoint is { State: CheckpointStore.Stopped } && !resync)
            {
                throw new SourceLostException(checkpoint.Reason ?? "stopped");
            }

            if (checkpoint is null || resync)
            {
                var (position, cursor) = await source.BeginAsync(running.Token);
                await CheckpointStore.BeginAsync(connection, position, cursor, running.Token);
                if (source.Database is null)
                {
                    await ProgressStore.FillAnewAsync(connection, running.Token);
                }

                checkpoint = (await CheckpointStore.ReadAsync(connection, running.Token))!;
                // Definitions may have changed between their reading and that place, and the stream begins behind it.
                await Context.Catalog.LoadAsync(running.Token);
            }

            Context.Held.Load(await DeadLetterStore.LoadAsync(connection, null, int.MaxValue, running.Token));
            var follower = new TableFollower(connection, await TargetFlavor.ReadAsync(connection, running.Token), Context, loggers.CreateLogger<TableFollower>());
            await follower.StartAsync(await ProgressStore.LoadAsync(connection, running.Token), running.Token);
            lock (_lock)
            {
                if (resync)
                {
                    _isResyncOrdered = false;
                    _resync = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            await StreamAsync(connection, follower, checkpoint!, running);
        }
        finally
        {
            lock (_lock)
            {
                _running = null;
                _queue = null;
            }

            running.Dispose();
        }
    }

    private async Task StreamAsync(MySqlConnection connection, TableFollower follower, Checkpoint checkpoint, CancellationTokenSource running)
    {
        using var queue = new WorkQueue(Context.Options.QueueBytes);
        // Whoever sees that the target streams may give it orders.
        lock (_lock)
        {
            _queue = queue;
        }

        Context.Begin(checkpoint);
        Context.Applied(checkpoint.Position, checkpoint.Sequence, Context.Copies.AreAllStreaming ? CheckpointStore.Streaming : CheckpointStore.Snapshot);
        Log.Started(_logger, Context.Service, checkpoint.Position, Context.State);
        var windows = new SnapshotWindows(checkpoint.Position, Context.Options.Snapshot.MaxWindowKeys);
        await using var mirrorReader = MirrorReader();
        var raw = await RawTarget.OfAsync(connection, follower.SortsAlike, running.Token);
        var apply = new ApplyLoop(connection, Context, queue, windows, follower, mirrorReader, checkpoint, await MaximumStatementAsync(connection, running.Token), loggers.CreateLogger<ApplyLoop>());
        Context.Windows = windows;
        var topics = source.Database is null ? new TopicCopies(Context, kafka!, windows, queue) : null;
        await (topics?.BeginAsync(running.Token) ?? Task.CompletedTask);
        Task[] tasks =
        [
            source.Changes.ReadAsync(checkpoint.Position, checkpoint.Cursor, TakeAsync, running.Token),
            apply.RunAsync(running.Token),
            topics?.RunAsync(running.Token) ?? CopyAsync(source.Database!),
            Context.Notifier.RunAsync(running.Token),
        ];
        try
        {
            var ended = await Task.WhenAny(tasks[..3]);
            await ended;
        }
        finally
        {
            Context.Windows = null;
            lock (_lock)
            {
                _queue = null;
            }

            await running.CancelAsync();
            await Task.WhenAll(tasks).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        async Task CopyAsync(string database)
        {
            await using var rereadReader = SourceReader(database);
            await using var throttle = new SourceThrottle(Context, database, loggers.CreateLogger<SourceThrottle>());
            var copy = new SnapshotRunner(Context, () => NewCopier(database, throttle), () => follower.Mirrors, loggers.CreateLogger<SnapshotRunner>());
            var rereads = new RereadRunner(Context, Target, rereadReader, windows, queue, loggers.CreateLogger<RereadRunner>());
            Task[] both = [copy.RunAsync(running.Token), rereads.RunAsync(running.Token)];
            try
            {
                await await Task.WhenAny(both);
            }
            finally
            {
                await running.CancelAsync();
                await Task.WhenAll(both).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }

        ChunkReader SourceReader(string database) => new(new MySqlConnectionStringBuilder(database), Context.Catalog.Database, source.Positions, Context.Time);

        ChunkReader MirrorReader() => new(Target.Settings, Target.Settings.Database, source.Positions, Context.Time);

        TableCopier NewCopier(string database, SourceThrottle throttle) => new(
            Context, SourceReader(database), MirrorReader(), windows, queue, throttle, new TableSweep(Context, Target), raw, loggers.CreateLogger<TableCopier>());

        async ValueTask TakeAsync(ChangeTransaction transaction, CancellationToken cancellationToken)
        {
            Context.Read(transaction.Position);
            await queue.PutAsync(new TransactionItem(transaction), cancellationToken);
        }
    }

    private static async Task<int> MaximumStatementAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var bytes = await TargetDatabase.MaximumPacketAsync(connection, cancellationToken);
        // A character may take four bytes. Smaller parts let the server begin sooner; larger ones save nothing.
        return (int)Math.Min(bytes / 8, 256 * 1024);
    }

    private async Task StopAsync(Exception fault, CancellationToken cancellationToken)
    {
        Context.Failed(CheckpointStore.Stopped, fault.Message);
        Log.Stopped(_logger, Context.Service, fault.Message);
        try
        {
            await using var connection = await Target.OpenAsync(cancellationToken);
            await CheckpointStore.StopAsync(connection, fault.Message, cancellationToken);
        }
        catch (MySqlException unreachable)
        {
            Log.Restarting(_logger, unreachable, Context.Service);
        }

        await _resync.Task.WaitAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TargetStarted, LogLevel.Information, "{Service}: following from {Position} ({State})")]
        public static partial void Started(ILogger logger, string service, SourcePosition position, string state);

        [LoggerMessage(EventIds.TargetRestarting, LogLevel.Error, "{Service}: interrupted; beginning again at the checkpoint")]
        public static partial void Restarting(ILogger logger, Exception fault, string service);

        [LoggerMessage(EventIds.TargetUnfit, LogLevel.Error, "{Service}: {Reason}")]
        public static partial void Unfit(ILogger logger, string service, string reason);

        [LoggerMessage(EventIds.TargetStopped, LogLevel.Error, "{Service}: stopped: {Reason} Mend it, then order POST /resync to copy the tables again")]
        public static partial void Stopped(ILogger logger, string service, string reason);
    }
}
