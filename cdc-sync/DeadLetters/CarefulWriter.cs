using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.DeadLetters;

/// <summary>
/// Writes rows of which the target refuses some: halves them until the refused ones stand alone, and writes those down as dead letters in the
/// same transaction. What is kept of them in memory changes with <see cref="Committed"/>. One transaction, one thread.
/// </summary>
internal sealed partial class CarefulWriter(MySqlConnection connection, HeldRows held, SourcePosition position, int maximumStatement, ILogger logger)
{
    private readonly Dictionary<(string Table, RowKey Key), bool> _held = [];

    /// <summary>Whether any row is held back.</summary>
    public bool HasHeld => held.Count > 0 || _held.Count > 0;

    /// <summary>Whether a row is held back, by what this transaction has done too.</summary>
    public bool IsHeld(string table, in RowKey key) => _held.TryGetValue((table, key), out var isHeld) ? isHeld : held.Contains(table, key);

    /// <summary>The rows of a table that are held back.</summary>
    public List<RowKey> HeldOf(string table) =>
        [.. held.KeysOf(table).Concat(_held.Keys.Where(row => row.Table == table).Select(row => row.Key)).Distinct().Where(key => IsHeld(table, key))];

    /// <summary>Writes rows that stand in the order in which they can be written.</summary>
    public async Task WriteAsync(MirrorTable table, IReadOnlyList<PendingRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        try
        {
            // The server takes a refused statement back as a whole, and the others can be repeated.
            foreach (var statement in RowStatements.Of(table, rows, maximumStatement))
            {
                await TargetDatabase.ExecuteAsync(connection, statement, cancellationToken);
            }
        }
        catch (Exception fault) when (RowFault.Is(fault))
        {
            if (rows.Count == 1)
            {
                await RefusedAsync(table, rows[0], fault, cancellationToken);
                return;
            }

            var half = rows.Count / 2;
            await WriteAsync(table, [.. rows.Take(half)], cancellationToken);
            await WriteAsync(table, [.. rows.Skip(half)], cancellationToken);
        }
    }

    /// <summary>Keeps the latest of rows that are held back.</summary>
    public async Task KeepAsync(MirrorTable table, PendingRow row, CancellationToken cancellationToken) =>
        await DeadLetterStore.KeepAsync(connection, table, row, position, cancellationToken);

    /// <summary>Lets go of a row that is right again, or gone.</summary>
    public async Task ReleaseAsync(MirrorTable table, RowKey key, CancellationToken cancellationToken)
    {
        if (held.Contains(table.Name, key) && !_held.GetValueOrDefault((table.Name, key)))
        {
            await DeadLetterStore.RemoveAsync(connection, table.Name, key.Values, cancellationToken);
            _held[(table.Name, key)] = false;
        }
    }

    /// <summary>Lets go of a row that is gone, or has another key.</summary>
    public async Task EndAsync(MirrorTable table, RowKey key, CancellationToken cancellationToken)
    {
        if (IsHeld(table.Name, key))
        {
            await DeadLetterStore.RemoveAsync(connection, table.Name, key.Values, cancellationToken);
            _held[(table.Name, key)] = false;
        }
    }

    /// <summary>Lets go of all rows of a table: none of them is there any more.</summary>
    public async Task ClearAsync(MirrorTable table, CancellationToken cancellationToken)
    {
        if (HeldOf(table.Name) is { Count: > 0 } keys)
        {
            await DeadLetterStore.ClearAsync(connection, table.Name, cancellationToken);
            keys.ForEach(key => _held[(table.Name, key)] = false);
        }
    }

    /// <summary>What is held back of two tables that trade their rows goes along.</summary>
    /// <returns>The rows held back of the first from now on.</returns>
    public async Task<List<RowKey>> TradeAsync(Swap swap, CancellationToken cancellationToken)
    {
        var (left, right) = (HeldOf(swap.Table.Name), HeldOf(swap.Replica.Name));
        if (left.Count + right.Count == 0)
        {
            return [];
        }

        if (!swap.IsExchange)
        {
            await DeadLetterStore.ClearAsync(connection, swap.Table.Name, cancellationToken);
        }

        await DeadLetterStore.TradeAsync(connection, swap.Table.Name, swap.Replica.Name, cancellationToken);
        left.ForEach(key => _held[(swap.Table.Name, key)] = false);
        right.ForEach(key => _held[(swap.Replica.Name, key)] = false);
        right.ForEach(key => _held[(swap.Table.Name, key)] = true);
        (swap.IsExchange ? left : []).ForEach(key => _held[(swap.Replica.Name, key)] = true);
        return right;
    }

    /// <summary>Holds a row back that the source could not tell.</summary>
    public async Task HoldAsync(MirrorTable table, RowKey key, string reason, CancellationToken cancellationToken)
    {
        if (table.Subscription.OnError == Routing.ErrorPolicy.Stop)
        {
            throw new RowRefusedException($"The row ({key}) of {table.Name} cannot be read ({reason}), and the subscription says that this table goes on with all of its rows or not at all.", null);
        }

        await DeadLetterStore.RefuseAsync(connection, table, new PendingRow(key, null, false), position, reason, cancellationToken);
        _held[(table.Name, key)] = true;
        Log.Unreadable(logger, table.Name, key, reason);
    }

    /// <summary>What was written down is so from now on.</summary>
    public void Committed()
    {
        foreach (var ((table, key), isHeld) in _held)
        {
            if (isHeld)
            {
                held.Add(table, key);
            }
            else
            {
                held.Remove(table, key);
            }
        }

        _held.Clear();
    }

    private async Task RefusedAsync(MirrorTable table, PendingRow row, Exception fault, CancellationToken cancellationToken)
    {
        if (RowFault.IsOfStrictness(fault) && await IsTakenAsItIsAsync(table, row, cancellationToken))
        {
            return;
        }

        if (table.Subscription.OnError == Routing.ErrorPolicy.Stop)
        {
            throw new RowRefusedException($"The row ({row.Key}) of {table.Name} is refused ({fault.Message}), and the subscription says that this table goes on with all of its rows or not at all.", fault);
        }

        await DeadLetterStore.RefuseAsync(connection, table, row, position, fault.Message, cancellationToken);
        _held[(table.Name, row.Key)] = true;
        Log.Refused(logger, table.Name, row.Key, fault.Message);
    }

    // The strict rules refuse a few values that a table may hold all the same: what was kept is looked at.
    private async Task<bool> IsTakenAsItIsAsync(MirrorTable table, PendingRow row, CancellationToken cancellationToken)
    {
        await TargetDatabase.ExecuteAsync(connection, "SAVEPOINT one_row; SET SESSION sql_mode = ''", cancellationToken);
        try
        {
            foreach (var statement in RowStatements.Of(table, [row], maximumStatement))
            {
                await TargetDatabase.ExecuteAsync(connection, statement, cancellationToken);
            }

            var columns = Enumerable.Range(0, table.Columns.Count).ToList();
            var kept = await RowLookup.FindAsync(connection, table, columns, table.KeyColumns, [row.Key.Values], cancellationToken);
            if (row.Row is null ? kept.Count == 0 : kept is [var found] && columns.All(column => row.Row[column].IsAbsent || row.Row[column].Equals(found[column])))
            {
                return true;
            }
        }
        catch (Exception again) when (RowFault.Is(again))
        {
            // Refused by every rule.
        }
        finally
        {
            await TargetDatabase.ExecuteAsync(connection, $"SET SESSION sql_mode = '{TargetDatabase.StrictMode}'", cancellationToken);
        }

        await TargetDatabase.ExecuteAsync(connection, "ROLLBACK TO SAVEPOINT one_row", cancellationToken);
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.KafkaPoison, LogLevel.Error, "{Table}: the row ({Key}) cannot be read: {Reason} It is held back as a dead letter; the rest goes on")]
        public static partial void Unreadable(ILogger logger, string table, RowKey key, string reason);

        [LoggerMessage(EventIds.RowRefused, LogLevel.Error, "{Table}: the target refused the row ({Key}): {Message} It is held back as a dead letter; the rest goes on")]
        public static partial void Refused(ILogger logger, string table, RowKey key, string message);
    }
}
