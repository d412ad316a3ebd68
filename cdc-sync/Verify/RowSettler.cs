using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Verify;

/// <summary>
/// Takes rows that seemed to differ and looks at each until it is surely equal or surely not; counts those that differ, keeps samples of
/// them, and, when told to repair, has them read again from the source and looks once more. Not safe for several threads.
/// </summary>
internal sealed class RowSettler(
    TargetContext context, MySqlConnection target, RowRecheck recheck, bool repair, string reason, Func<RowDifference, CancellationToken, Task> keep)
{
    private const int AtOnce = 100;
    private const int MostOpen = 2000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(300);

    private readonly List<RowDifference> _ordered = [];
    private TableDefinition _table = null!;
    private TableResult _result = null!;

    /// <summary>Begins a table, or goes on with it.</summary>
    public void Begin(TableDefinition table, TableResult result)
    {
        (_table, _result) = (table, result);
        _ordered.Clear();
    }

    public async Task AddAsync(IEnumerable<ColumnValue[]> keys, CancellationToken cancellationToken)
    {
        foreach (var part in keys.Chunk(AtOnce))
        {
            await LookAsync(part, cancellationToken);
            if (_result.Open.Count >= MostOpen || _ordered.Count >= MostOpen)
            {
                await SettleAsync(1, cancellationToken);
            }
        }
    }

    /// <summary>Looks again at every row that was in flight, at most so many times, and at those that were repaired.</summary>
    public async Task SettleAsync(int passes, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var pass = 0; _result.Open.Count > 0 && pass < passes; pass++)
        {
            if (pass > 0)
            {
                await Task.Delay(pause, context.Time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }

            var open = _result.Open;
            _result.Open = [];
            foreach (var part in open.Chunk(AtOnce))
            {
                await LookAsync(part, cancellationToken);
            }
        }

        await LookAtRepairedAsync(cancellationToken);
    }

    private async Task LookAsync(IReadOnlyList<ColumnValue[]> keys, CancellationToken cancellationToken)
    {
        var found = new List<RowDifference>();
        foreach (var verdict in await recheck.LookAsync(_table, keys, cancellationToken))
        {
            if (verdict.IsInFlight)
            {
                _result.Open.Add(verdict.Key);
            }
            else if (verdict.Difference is { } difference)
            {
                found.Add(difference);
            }
        }

        foreach (var difference in found)
        {
            _result.Count(difference.Kind);
        }

        if (repair && found.Count > 0)
        {
            await OrderAsync(found, cancellationToken);
        }
        else
        {
            foreach (var difference in found)
            {
                await keep(difference, cancellationToken);
            }
        }
    }

    private async Task OrderAsync(List<RowDifference> found, CancellationToken cancellationToken)
    {
        await using (var transaction = await target.BeginTransactionAsync(cancellationToken))
        {
            await RereadStore.OrderAsync(target, _table.Name.Name, found.Select(difference => difference.Key), reason, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        context.Rereads.Ordered();
        _ordered.AddRange(found);
    }

    private async Task LookAtRepairedAsync(CancellationToken cancellationToken)
    {
        if (_ordered.Count == 0)
        {
            return;
        }

        await UntilCarriedOutAsync(cancellationToken);
        var open = _ordered.ToDictionary(difference => new RowKey(difference.Key));
        _ordered.Clear();
        for (var pause = FirstPause; open.Count > 0; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            foreach (var part in open.Keys.Select(key => key.Values).Chunk(AtOnce))
            {
                foreach (var verdict in await recheck.LookAsync(_table, part, cancellationToken))
                {
                    if (verdict.IsInFlight)
                    {
                        continue;
                    }

                    open.Remove(new RowKey(verdict.Key), out var difference);
                    difference!.Repaired = verdict.Difference is null;
                    _result.Repaired += difference.Repaired ? 1 : 0;
                    await keep(difference, cancellationToken);
                }
            }

            if (open.Count > 0)
            {
                await Task.Delay(pause, context.Time, cancellationToken);
            }
        }
    }

    private async Task UntilCarriedOutAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using (var command = new MySqlCommand("SELECT 1 FROM cdc_reread WHERE table_name = @table AND reason = @reason LIMIT 1", target))
            {
                command.Parameters.AddWithValue("table", _table.Name.Name);
                command.Parameters.AddWithValue("reason", reason);
                if (await command.ExecuteScalarAsync(cancellationToken) is null)
                {
                    return;
                }
            }

            await Task.Delay(FirstPause, context.Time, cancellationToken);
        }
    }
}
