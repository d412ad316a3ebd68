using System.Text;
using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Snapshot;

/// <summary>An order to read one row again.</summary>
internal sealed record RereadOrder(long Id, string Table, ColumnValue[] Key);

/// <summary>
/// Reads and writes <c>cdc_reread</c>: rows whose mirror is not known to be right and that must be read again at the source. An order is part of
/// the transaction that finds it needful, and goes with the one that carries it out.
/// </summary>
internal static class RereadStore
{
    private const int OrdersPerStatement = 500;

    /// <summary>Orders rows to be read again, within the transaction that the connection has open; <see cref="RereadSignal.Ordered"/> is due after its commit.</summary>
    public static async Task OrderAsync(
        MySqlConnection connection, string table, IEnumerable<ColumnValue[]> keys, string reason, CancellationToken cancellationToken)
    {
        foreach (var part in keys.Chunk(OrdersPerStatement))
        {
            var sql = new StringBuilder("INSERT INTO cdc_reread (table_name, row_key, reason, ordered_at) VALUES ");
            for (var i = 0; i < part.Length; i++)
            {
                sql.Append(i > 0 ? ",(" : "(").AppendText(table).Append(',').AppendText(KeyText.Write(part[i])).Append(',').AppendText(reason).Append(",UTC_TIMESTAMP(6))");
            }

            await TargetDatabase.ExecuteAsync(connection, sql, cancellationToken);
        }
    }

    /// <summary>The oldest orders.</summary>
    public static async Task<List<RereadOrder>> FirstAsync(MySqlConnection connection, int count, long after, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(long Id, string Table, string Key)>(new CommandDefinition(
            "SELECT id, table_name, row_key FROM cdc_reread WHERE id > @after ORDER BY id LIMIT @count", new { after, count }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new RereadOrder(row.Id, row.Table, KeyText.Read(row.Key)))];
    }

    public static async Task RemoveAsync(MySqlConnection connection, IReadOnlyList<RereadOrder> orders, CancellationToken cancellationToken)
    {
        foreach (var part in orders.Chunk(OrdersPerStatement))
        {
            await TargetDatabase.ExecuteAsync(
                connection, new StringBuilder("DELETE FROM cdc_reread WHERE id IN (").AppendJoin(',', part.Select(order => order.Id)).Append(')'), cancellationToken);
        }
    }
}
