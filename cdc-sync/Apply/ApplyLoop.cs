using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.DeadLetters;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// The one writer of a target: takes what is waiting, whole source transactions at a time, and commits mirror rows, dirty keys and position
/// together. Whatever fails ends the loop; the next one begins at the checkpoint, which is never ahead or behind of the rows.
/// </summary>
internal sealed partial class ApplyLoop
{
    private static readonly TimeSpan PositionSavedEvery = TimeSpan.FromSeconds(5);

    private const int MaximumAttempts = 10;

    private readonly ILogger _logger;
    private readonly MySqlConnection _connection;
    private readonly TargetContext _context;
    private readonly WorkQueue _queue;
    private readonly SnapshotWindows _windows;
    private readonly TableFollower _follower;
    private readonly ChunkWriter _chunks;
    private readonly int _maximumStatement;
    private SourcePosition _position;
    private string? _cursor;
    private long _sequence;
    private long _savedAt;

    public ApplyLoop(
        MySqlConnection connection, TargetContext context, WorkQueue queue, SnapshotWindows windows, TableFollower follower, ChunkReader mirrorReader,
        Checkpoint checkpoint, int maximumStatement, ILogger<ApplyLoop> logger)
    {
        _logger = logger;
        _connection = connection;
        _context = context;
        _queue = queue;
        _windows = windows;
        _follower = follower;
        _maximumStatement = maximumStatement;
        _chunks = new ChunkWriter(connection, context, windows, follower, mirrorReader, maximumStatement, CommitAsync, logger);
        (_position, _cursor, _sequence) = (checkpoint.Position, checkpoint.Cursor, checkpoint.Sequence);
        _savedAt = context.Time.GetTimestamp();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<ChangeTransaction>();
        while (true)
        {
            Sort(await _queue.TakeAsync(cancellationToken), batch);
            var rows = batch.Sum(transaction => transaction.Changes.Count);
            while (rows < _context.Options.BatchRows && !EndsBatch(batch) && _queue.TryPeek(out var next) && !(batch.Count > 0 && EndsBatch(next)) && _queue.TryTake(out var item))
            {
                Sort(item, batch);
                rows += item is TransactionItem taken ? taken.Transaction.Changes.Count : 0;
            }

            if (batch.Count > 0)
            {
                await ApplyAsync(batch, cancellationToken);
                batch.ForEach(transaction => transaction.Dispose());
                _context.Taken(batch.Count);
                batch.Clear();
            }

            await _chunks.WriteAsync(_position, cancellationToken);
            await MakeSureAsync(cancellationToken);
        }
    }

    private void Sort(WorkItem item, List<ChangeTransaction> batch)
    {
        if (item is CopyItem chunk)
        {
            _chunks.Add(chunk);
        }
        else
        {
            batch.Add(((TransactionItem)item).Transaction);
        }
    }

    // The target commits by itself when a table is altered, so such a transaction stands alone.
    private static bool EndsBatch(List<ChangeTransaction> batch) => batch.Count > 0 && batch[^1].ChangesDefinition;

    private static bool EndsBatch(WorkItem item) => item is TransactionItem next && next.Transaction.ChangesDefinition;

    private async Task ApplyAsync(List<ChangeTransaction> batch, CancellationToken cancellationToken)
    {
        var last = batch[^1];
        _windows.Begin(last.Position);
        _cursor = last.Cursor;
        if (batch.TrueForAll(transaction => transaction.Changes.Count == 0))
        {
            await MovedAsync(last.Position, cancellationToken);
            return;
        }

        List<Swap> swaps = last.ChangesDefinition ? _follower.Swaps(last.TableChanges) : [];
        var followed = last.ChangesDefinition ? await _follower.FollowAsync(last.TableChanges, swaps, cancellationToken) : [];
        var isCareful = false;
        for (var attempt = 1; ; attempt++)
        {
            var sender = new StatementSender(_connection, _maximumStatement, isStrict: true);
            try
            {
                await WriteAsync(batch, followed, swaps, sender, isCareful, cancellationToken);
                return;
            }
            catch (Exception fault) when (!isCareful && RowFault.Is(fault))
            {
                // Which row it is comes out when they are written one by one.
                await sender.RollbackAsync();
                isCareful = true;
            }
            catch (MySqlException fault) when (TargetFault.Passes(fault) && attempt < MaximumAttempts)
            {
                // Nothing of it is left, and the changes can be walked through again.
                Log.Again(_logger, _context.Service, attempt, fault.Message);
                await sender.RollbackAsync();
            }
        }
    }

    private async Task WriteAsync(List<ChangeTransaction> batch, List<TableCopy> followed, List<Swap> swaps, StatementSender sender, bool isCareful, CancellationToken cancellationToken)
    {
        var started = _context.Time.GetTimestamp();
        var last = batch[^1];
        var letters = new CarefulWriter(_connection, _context.Held, last.Position, _maximumStatement, _logger);
        var writer = NewWriter(sender, letters, isCareful);
        foreach (var swap in swaps)
        {
            await writer.SwapAsync(swap, _logger, cancellationToken);
        }

        foreach (var table in followed.Where(copy => copy.State == CopyState.Missing))
        {
            await writer.TruncateAsync(table.Table, cancellationToken);
        }

        foreach (var source in batch)
        {
            await writer.AddAsync(source.Changes, cancellationToken);
        }

        if (writer.ChangedByStatement is { } statement && _context.Options.OnStatement == StatementPolicy.Stop)
        {
            throw new SourceLostException($"Rows of {statement.Table} were changed by a statement whose rows are not logged (Cdc:OnStatement is stop): {statement.Statement}");
        }

        await writer.FlushAsync(cancellationToken);
        var copies = followed.ToList();
        foreach (var (table, reason) in writer.CopyAgain.Where(table => followed.All(copy => copy.Table != table.Key)))
        {
            copies.Add(_follower.CopyAgain(table, reason));
        }

        copies.AddRange(writer.Unsure.Where(table => copies.All(copy => copy.Table != table)).Select(_context.Copies.Find).OfType<TableCopy>()
            .Where(copy => copy is { State: CopyState.Copying, Mode: CopyMode.Fill, Reason: not TableFollower.Unsure })
            .Select(copy => copy with { Reason = TableFollower.Unsure }));
        if (!writer.HasWork && copies.Count == 0)
        {
            await sender.RollbackAsync();
            await MovedAsync(last.Position, cancellationToken);
            return;
        }

        await SaveAsync(copies, sender, cancellationToken);
        await CommitAsync(sender, writer.Dirty, last.Position, last.CommittedAt, AreAllStreaming(copies), cancellationToken);
        letters.Committed();
        copies.ForEach(_context.Copies.Set);
        _context.TableTimes.Applied(writer.Tables);
        _context.Lag.Event.Add(Math.Max(0, (_context.Time.GetUtcNow() - last.CommittedAt).TotalMilliseconds));
        if (writer.HasOrdered)
        {
            _context.Rereads.Ordered();
        }

        _context.Metrics.Applied(_context.Service, writer.Rows, batch.Count, _context.Time.GetElapsedTime(started));
    }

    /// <summary>Compares tables once more in whose first copy a cascade may have missed rows.</summary>
    private async Task MakeSureAsync(CancellationToken cancellationToken)
    {
        foreach (var copy in _context.Copies.All.Where(copy => copy is { State: CopyState.Streaming, Reason: TableFollower.Unsure }))
        {
            var sender = new StatementSender(_connection, _maximumStatement);
            var again = _follower.CopyAgain(copy.Table, TableFollower.Unsure);
            await SaveAsync([again], sender, cancellationToken);
            await CommitAsync(sender, new DirtyKeys(), [again], cancellationToken);
            _context.Copies.Set(again);
        }
    }

    private BatchWriter NewWriter(StatementSender sender, CarefulWriter letters, bool isCareful) => new(
        _connection, sender, _follower.Mirrors, _context.Copies, _context.Catalog.Database, _windows, letters, isCareful, _maximumStatement);

    private async Task SaveAsync(List<TableCopy> copies, StatementSender sender, CancellationToken cancellationToken)
    {
        foreach (var copy in copies)
        {
            await sender.DrainAsync(cancellationToken);
            await ProgressStore.SaveAsync(_connection, copy, cancellationToken);
            _windows.Invalidate(copy.Table);
        }
    }

    private Task CommitAsync(StatementSender sender, DirtyKeys dirty, IReadOnlyList<TableCopy> changed, CancellationToken cancellationToken) =>
        CommitAsync(sender, dirty, _position, null, AreAllStreaming(changed), cancellationToken);

    private async Task CommitAsync(
        StatementSender sender, DirtyKeys dirty, SourcePosition position, DateTimeOffset? sourceTime, bool streaming, CancellationToken cancellationToken)
    {
        foreach (var statement in dirty.Statements(_sequence + 1))
        {
            await sender.AddAsync(statement, cancellationToken);
        }

        var state = streaming ? CheckpointStore.Streaming : CheckpointStore.Snapshot;
        await sender.AddAsync(CheckpointStore.AdvanceStatement(_sequence, position, _cursor, sourceTime, state), cancellationToken);
        CheckpointStore.ThrowIfMoved(await sender.AskAsync("SELECT ROW_COUNT()", cancellationToken), _sequence);
        await sender.CommitAsync(cancellationToken);
        _sequence++;
        _savedAt = _context.Time.GetTimestamp();
        // Before anybody learns that the position is reached: who keeps copies must have heard by then what changed on the way there.
        _context.Invalidations.Publish(_sequence, position, dirty);
        Reached(position, state);
        _context.Notifier.Changed();
    }

    /// <summary>Nothing of this target's was in the log: the position moves in memory, and now and then in the database.</summary>
    private async Task MovedAsync(SourcePosition position, CancellationToken cancellationToken)
    {
        if (_context.Time.GetElapsedTime(_savedAt) > PositionSavedEvery)
        {
            await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
            await CheckpointStore.AdvanceAsync(_connection, transaction, _sequence, _sequence, position, _cursor, null, _context.State, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            _savedAt = _context.Time.GetTimestamp();
        }

        Reached(position, _context.State);
    }

    private void Reached(SourcePosition position, string state)
    {
        _position = position;
        _context.Applied(position, _sequence, state);
    }

    private bool AreAllStreaming(IReadOnlyList<TableCopy> changed) => changed.Count == 0 ? _context.Copies.AreAllStreaming : changed.All(IsStreaming)
        && _context.Copies.All.Where(copy => changed.All(other => other.Table != copy.Table)).All(IsStreaming);

    private bool IsStreaming(TableCopy copy) => copy.State == CopyState.Streaming || _context.Copies.Aside.Contains(copy.Table);

    private static partial class Log
    {
        [LoggerMessage(EventIds.BatchAgain, LogLevel.Warning, "{Service}: the target took a batch back ({Message}); attempt {Attempt} is repeated")]
        public static partial void Again(ILogger logger, string service, int attempt, string message);
    }
}
