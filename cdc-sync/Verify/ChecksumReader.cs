using System.Globalization;
using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Verify;

/// <summary>Computes checksums of rows in one side's database, over a connection of its own. Not safe for several threads.</summary>
internal sealed class ChecksumReader(MySqlConnectionStringBuilder settings, string database, bool isMirror) : IAsyncDisposable
{
    private ServerConnection? _connection;

    /// <summary>The checksum of a range of rows.</summary>
    public async Task<Checksum> ChecksumAsync(TableSides table, KeySpan span, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("SELECT COUNT(*), ").Append(Sums).Append(" FROM (SELECT ").Append(Hash(table)).Append(" AS h").Append(From(table));
        AppendSpan(sql, table, span);
        var row = (await RowsAsync(sql.Append(") AS hashed"), cancellationToken))[0];
        return new Checksum(long.Parse(row[0]!, CultureInfo.InvariantCulture), row[1] ?? "0", row[2] ?? "0");
    }

    /// <summary>The key that stands a number of rows into a range; null when the range has not so many.</summary>
    public async Task<ColumnValue[]?> KeyAtAsync(TableSides table, KeySpan span, long index, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("SELECT ").AppendJoin(", ", table.Key.Select(RowTextReader.Expression)).Append(From(table));
        AppendSpan(sql, table, span);
        sql.Append(" ORDER BY ").AppendJoin(", ", table.Key.Select(column => SqlLiteral.Name(column.Name))).Append(CultureInfo.InvariantCulture, $" LIMIT 1 OFFSET {index}");
        ColumnValue[]? key = null;
        await QueryAsync(sql, (ref TextRow row) => key = RowTextReader.Read(ref row, table.Key), cancellationToken);
        return key;
    }

    /// <summary>Every row of a range by its key, with its hash.</summary>
    public Task<Dictionary<RowKey, string>> HashesAsync(TableSides table, KeySpan span, CancellationToken cancellationToken)
    {
        var sql = SelectHashes(table);
        AppendSpan(sql, table, span);
        return HashesAsync(table, sql, cancellationToken);
    }

    /// <summary>Every row of some buckets by its key, with its hash.</summary>
    public Task<Dictionary<RowKey, string>> HashesAsync(TableSides table, int digits, IEnumerable<string> buckets, CancellationToken cancellationToken)
    {
        var sql = SelectHashes(table).Append(CultureInfo.InvariantCulture, $" WHERE LEFT({KeyHash(table)}, {digits}) IN ('").AppendJoin("', '", buckets).Append("')");
        return HashesAsync(table, sql, cancellationToken);
    }

    /// <summary>Checksums of all rows by the first digits of their key's hash: the same rows fall together on both sides, however those sort.</summary>
    public async Task<Dictionary<string, Checksum>> BucketsAsync(TableSides table, int digits, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("SELECT bucket, COUNT(*), ").Append(Sums)
            .Append(CultureInfo.InvariantCulture, $" FROM (SELECT LEFT({KeyHash(table)}, {digits}) AS bucket, ").Append(Hash(table)).Append(" AS h").Append(From(table))
            .Append(") AS hashed GROUP BY bucket");
        return (await RowsAsync(sql, cancellationToken)).ToDictionary(row => row[0]!, row => new Checksum(long.Parse(row[1]!, CultureInfo.InvariantCulture), row[2]!, row[3]!));
    }

    /// <summary>The keys of the rows that a condition in SQL finds.</summary>
    public async Task<List<RowKey>> KeysAsync(TableSides table, string condition, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("SELECT ").AppendJoin(", ", table.Key.Select(RowTextReader.Expression)).Append(From(table)).Append(" WHERE ").Append(condition);
        var keys = new List<RowKey>();
        await QueryAsync(sql, (ref TextRow row) => keys.Add(new RowKey(RowTextReader.Read(ref row, table.Key))), cancellationToken);
        return keys;
    }

    public async Task<long> CountAsync(TableSides table, CancellationToken cancellationToken) =>
        long.Parse((await RowsAsync(new StringBuilder("SELECT COUNT(*)").Append(From(table)), cancellationToken))[0][0]!, CultureInfo.InvariantCulture);

    /// <summary>How many threads the server has at work, this one among them.</summary>
    public async Task<int> ThreadsRunningAsync(CancellationToken cancellationToken) =>
        int.Parse((await RowsAsync(new StringBuilder("SHOW GLOBAL STATUS LIKE 'Threads_running'"), cancellationToken))[0][1]!, CultureInfo.InvariantCulture);

    /// <summary>What information_schema guesses a table's rows to be.</summary>
    public async Task<long?> EstimateAsync(string table, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ").AppendText(table);
        return await RowsAsync(sql, cancellationToken) is [[{ } rows], ..] ? long.Parse(rows, CultureInfo.InvariantCulture) : null;
    }

    public async Task<bool> IsMariaDbAsync(CancellationToken cancellationToken) => (await ConnectAsync(cancellationToken)).IsMariaDb;

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    // Sums of two 64-bit halves: what one row adds, no other takes away, as it could by an exclusive or.
    private const string Sums = "SUM(CAST(CONV(LEFT(h, 16), 16, 10) AS UNSIGNED)), SUM(CAST(CONV(SUBSTRING(h, 17, 16), 16, 10) AS UNSIGNED))";

    private string Hash(TableSides table) => isMirror ? table.MirrorHash : table.SourceHash;

    private string KeyHash(TableSides table) => isMirror ? table.MirrorKeyHash : table.SourceKeyHash;

    private static string From(TableSides table) => $" FROM {SqlLiteral.Name(table.Name)}";

    private StringBuilder SelectHashes(TableSides table) => new StringBuilder("SELECT ").AppendJoin(", ", table.Key.Select(RowTextReader.Expression))
        .Append(", ").Append(Hash(table)).Append(From(table));

    private static void AppendSpan(StringBuilder sql, TableSides table, KeySpan span)
    {
        if (span.After is not null)
        {
            KeyRange.AppendAfter(sql.Append(" WHERE "), table.Key, span.After);
        }

        if (span.UpTo is not null)
        {
            KeyRange.AppendAfter(sql.Append(span.After is null ? " WHERE NOT (" : " AND NOT ("), table.Key, span.UpTo);
            sql.Append(')');
        }
    }

    private async Task<Dictionary<RowKey, string>> HashesAsync(TableSides table, StringBuilder sql, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<RowKey, string>();
        await QueryAsync(
            sql,
            (ref TextRow row) =>
            {
                var key = new RowKey(RowTextReader.Read(ref row, table.Key));
                rows[key] = row.TryNext(out var hash) ? Encoding.ASCII.GetString(hash) : "";
            },
            cancellationToken);
        return rows;
    }

    private async Task<List<string?[]>> RowsAsync(StringBuilder sql, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).RowsAsync(sql.ToString(), cancellationToken);

    private async Task QueryAsync(StringBuilder sql, TextRowHandler onRow, CancellationToken cancellationToken) =>
        await (await ConnectAsync(cancellationToken)).QueryAsync(Encoding.UTF8.GetBytes(sql.ToString()), onRow, cancellationToken);

    private async Task<ServerConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            var opening = await ServerConnection.OpenAsync(settings, cancellationToken);
            await opening.ExecuteAsync(RowTextReader.Session, cancellationToken);
            await opening.ExecuteAsync("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", cancellationToken);
            await opening.ExecuteAsync($"USE {SqlLiteral.Name(database)}", cancellationToken);
            _connection = opening;
        }

        return _connection;
    }
}
