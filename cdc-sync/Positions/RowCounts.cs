using MySqlConnector;
using Strangler.CdcSync.Apply;

namespace Strangler.CdcSync.Positions;

/// <summary>How many rows the mirrors have, counted when asked and not more often than every few seconds. Safe for several threads.</summary>
internal sealed class RowCounts(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, (long At, long Sequence, Dictionary<string, long> Rows)> _counts = [];

    public async Task<IReadOnlyDictionary<string, long>> OfAsync(Target target, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var sequence = target.Context.Progress.Sequence;
            if (_counts.TryGetValue(target.Context.Service, out var known) && (known.Sequence == sequence || time.GetElapsedTime(known.At) < MaximumAge))
            {
                return known.Rows;
            }

            var rows = await CountAsync(target, cancellationToken);
            _counts[target.Context.Service] = (time.GetTimestamp(), sequence, rows);
            return rows;
        }
        catch (MySqlException)
        {
            // The counts are an extra: positions are told without them too.
            return new Dictionary<string, long>();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static async Task<Dictionary<string, long>> CountAsync(Target target, CancellationToken cancellationToken)
    {
        await using var connection = await target.Pipeline.Target.OpenAsync(cancellationToken);
        var rows = new Dictionary<string, long>();
        foreach (var table in target.Context.Copies.All)
        {
#pragma warning disable CA2100 // A quoted name.
            await using var command = new MySqlCommand($"SELECT COUNT(*) FROM {SqlLiteral.Name(table.Table)}", connection);
#pragma warning restore CA2100
            rows[table.Table] = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        }

        return rows;
    }
}
