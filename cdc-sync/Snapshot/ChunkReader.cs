using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog.Gtid;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;

namespace Strangler.CdcSync.Snapshot;

/// <summary>Reads chunks of a table without locking anything. Not safe for several threads.</summary>
internal sealed class ChunkReader(MySqlConnectionStringBuilder settings, string? database, SourcePositionReader? positions, TimeProvider time) : IAsyncDisposable
{
    private const int UnknownColumn = 1054;
    private const int NoSuchTable = 1146;
    private const int DefinitionChanged = 1412;
    private const int LockWaitTimeout = 1205;
    private const int Deadlock = 1213;

    private static readonly TimeSpan VisibilityPause = TimeSpan.FromMilliseconds(2);

    private ServerConnection? _connection;

    /// <summary>Rows after a key, within a limit, as they are at a moment when everything up to <paramref name="notBefore"/> is visible.</summary>
    public Task<Chunk> ReadAsync(TableDefinition table, ColumnValue[]? after, ChunkLimit limit, SourcePosition notBefore, CancellationToken cancellationToken) =>
        AtOneMomentAsync(table, limit, RangeSql(table, after, null, limit.Rows, limit.Raw), notBefore, cancellationToken);

    /// <summary>A page of the keys alone, for comparison.</summary>
    public async Task<List<ColumnValue[]>> ReadPageOfKeysAsync(TableDefinition table, ColumnValue[]? after, int rows, CancellationToken cancellationToken)
    {
        var keys = table with { Columns = KeyOf(table) };
        return await SelectAsync(await ConnectAsync(cancellationToken), keys, RangeSql(keys, after, null, rows, false), cancellationToken);
    }

    /// <summary>Those of some keys that have a row, for comparison.</summary>
    public async Task<List<ColumnValue[]>> ReadExistingKeysAsync(TableDefinition table, IReadOnlyList<ColumnValue[]> keys, CancellationToken cancellationToken)
    {
        var narrow = table with { Columns = KeyOf(table) };
        return await SelectAsync(await ConnectAsync(cancellationToken), narrow, KeysSql(narrow, keys), cancellationToken);
    }

    /// <summary>About how many rows a table has, as the server guesses.</summary>
    public async Task<long?> EstimateAsync(TableDefinition table, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = ").AppendText(table.Name.Database).Append(" AND TABLE_NAME = ").AppendText(table.Name.Name);
        return long.TryParse(await (await ConnectAsync(cancellationToken)).ScalarAsync(sql.ToString(), cancellationToken), out var rows) ? rows : null;
    }

    /// <summary>The rows of some keys, as above; keys without a row give none.</summary>
    public Task<Chunk> ReadKeysAsync(TableDefinition table, IReadOnlyList<ColumnValue[]> keys, SourcePosition notBefore, CancellationToken cancellationToken) =>
        AtOneMomentAsync(table, ChunkLimit.None, KeysSql(table, keys), notBefore, cancellationToken);

    /// <summary>All rows after one key up to another, for comparison.</summary>
    public async Task<List<ColumnValue[]>> ReadRangeAsync(TableDefinition table, ColumnValue[]? after, ColumnValue[]? upTo, CancellationToken cancellationToken) =>
        await SelectAsync(await ConnectAsync(cancellationToken), table, RangeSql(table, after, upTo, null, false), cancellationToken);

    /// <summary>The rows of some keys, for comparison.</summary>
    public async Task<List<ColumnValue[]>> ReadKeysAsync(TableDefinition table, IReadOnlyList<ColumnValue[]> keys, CancellationToken cancellationToken) =>
        await SelectAsync(await ConnectAsync(cancellationToken), table, KeysSql(table, keys), cancellationToken);

    /// <summary>Whether reading failed because the table is no longer what its definition says; the stream will tell what it is now.</summary>
    public static bool IsAlteredMeanwhile(Exception fault) =>
        fault is ServerException { Number: UnknownColumn or NoSuchTable or DefinitionChanged };

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<ServerConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            _connection = await ServerConnection.OpenAsync(settings, cancellationToken);
            await _connection.ExecuteAsync(RowTextReader.Session, cancellationToken);
            await _connection.ExecuteAsync("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", cancellationToken);
            if (database is not null)
            {
                await _connection.ExecuteAsync($"USE {SqlLiteral.Name(database)}", cancellationToken);
            }
        }

        return _connection;
    }

    // A transaction may be read from MySQL's log before it is visible; the set of executed ones grows after.
    private async Task UntilVisibleAsync(ServerConnection connection, string gtid, CancellationToken cancellationToken)
    {
        var needed = MySqlGtidSet.Parse(gtid);
        while (!MySqlGtidSet.Parse(((await connection.ScalarAsync("SELECT @@GLOBAL.gtid_executed", cancellationToken)) ?? "").Replace("\n", "", StringComparison.Ordinal)).Contains(needed))
        {
            await Task.Delay(VisibilityPause, time, cancellationToken);
        }
    }

    // Without GTIDs nothing tells when a transaction of the log becomes visible, but its rows are locked until then: a reading that waits for
    // locks sees it. Its own are gone when the statement ends; whoever would wait for each other, the reading gives way.
    private async Task<Chunk> QueryCommittedAsync(
        ServerConnection connection, TableDefinition table, ChunkLimit limit, StringBuilder sql, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", cancellationToken);
        await connection.ExecuteAsync("SET SESSION innodb_lock_wait_timeout = 2", cancellationToken);
        var statement = Encoding.UTF8.GetBytes(sql.Append(" LOCK IN SHARE MODE").ToString());
        while (true)
        {
            var chunk = new Chunk(table, limit);
            try
            {
                await connection.QueryAsync(statement, chunk.Add, cancellationToken);
                return chunk;
            }
            catch (ServerException fault) when (fault.Number is LockWaitTimeout or Deadlock)
            {
                await Task.Delay(VisibilityPause, time, cancellationToken);
            }
        }
    }

    private async Task<Chunk> AtOneMomentAsync(
        TableDefinition table, ChunkLimit limit, StringBuilder sql, SourcePosition notBefore, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(cancellationToken);
        var chunk = new Chunk(table, limit);
        var statement = Encoding.UTF8.GetBytes(sql.ToString());
        if (!connection.IsMariaDb)
        {
            if (notBefore.Gtid is { Length: > 0 } gtid)
            {
                await UntilVisibleAsync(connection, gtid, cancellationToken);
                await connection.QueryAsync(statement, chunk.Add, cancellationToken);
            }
            else
            {
                chunk = await QueryCommittedAsync(connection, table, limit, sql, cancellationToken);
            }

            // Only a mirror's reader has none, and it reads no chunks.
            chunk.Position = await positions!.ReadAsync(cancellationToken);
            return chunk;
        }

        // MariaDB tells the place in the log that a consistent snapshot stands for.
        while (true)
        {
            await connection.ExecuteAsync("START TRANSACTION WITH CONSISTENT SNAPSHOT", cancellationToken);
            var status = (await connection.RowsAsync("SHOW STATUS LIKE 'binlog_snapshot_%'", cancellationToken)).ToDictionary(row => row[0]!, row => row[1]!, StringComparer.OrdinalIgnoreCase);
            chunk.Position = new SourcePosition(notBefore.Server, status["Binlog_snapshot_file"], long.Parse(status["Binlog_snapshot_position"], System.Globalization.CultureInfo.InvariantCulture), null);
            if (positions is { WithGtid: true })
            {
                chunk.Position = chunk.Position with { Gtid = await connection.ScalarAsync($"SELECT BINLOG_GTID_POS('{chunk.Position.File}', {chunk.Position.Offset})", cancellationToken) };
            }

            var isVisible = chunk.Position.HasReached(notBefore);
            if (isVisible)
            {
                await connection.QueryAsync(statement, chunk.Add, cancellationToken);
            }

            await connection.ExecuteAsync("COMMIT", cancellationToken);
            if (isVisible)
            {
                return chunk;
            }

            await Task.Delay(VisibilityPause, time, cancellationToken);
        }
    }

    private static async Task<List<ColumnValue[]>> SelectAsync(ServerConnection connection, TableDefinition table, StringBuilder sql, CancellationToken cancellationToken)
    {
        var rows = new List<ColumnValue[]>();
        await connection.QueryAsync(
            Encoding.UTF8.GetBytes(sql.ToString()), (ref TextRow row) => rows.Add(RowTextReader.Read(ref row, table.Columns)), cancellationToken);
        return rows;
    }

    private static StringBuilder RangeSql(TableDefinition table, ColumnValue[]? after, ColumnValue[]? upTo, int? limit, bool raw)
    {
        var sql = Select(table, raw);
        var key = KeyOf(table);
        sql.Append(after is null && upTo is null ? "" : " WHERE ");
        if (after is not null)
        {
            KeyRange.AppendAfter(sql, key, after);
        }

        if (upTo is not null)
        {
            sql.Append(after is null ? "NOT (" : " AND NOT (");
            KeyRange.AppendAfter(sql, key, upTo);
            sql.Append(')');
        }

        sql.Append(" ORDER BY ").AppendJoin(", ", key.Select(column => SqlLiteral.Name(column.Name)));
        return limit is null ? sql : sql.Append(" LIMIT ").Append(limit.Value);
    }

    private static StringBuilder KeysSql(TableDefinition table, IReadOnlyList<ColumnValue[]> keys)
    {
        var sql = Select(table, false).Append(" WHERE ");
        KeyRange.AppendAny(sql, KeyOf(table), keys);
        return sql;
    }

    private static StringBuilder Select(TableDefinition table, bool raw) =>
        new StringBuilder("SELECT ").AppendJoin(", ", table.Columns.Select(column => raw ? RawRows.Expression(column) : RowTextReader.Expression(column))).Append(" FROM ").AppendName(table.Name.Name);

    private static List<ColumnDefinition> KeyOf(TableDefinition table) => [.. table.Key!.Select(name => table.Column(name)!)];
}

/// <summary>Conditions over composite keys in a form for which servers use the index.</summary>
internal static class KeyRange
{
    /// <summary>Rows after a key: <c>a >= 1 AND (a > 1 OR (b >= 2 AND (b > 2 ...)))</c>.</summary>
    public static void AppendAfter(StringBuilder sql, IReadOnlyList<ColumnDefinition> key, ColumnValue[] values, int column = 0)
    {
        var last = column == key.Count - 1;
        sql.AppendName(key[column].Name).Append(last ? ">" : ">=").AppendValue(values[column], key[column]);
        if (!last)
        {
            sql.Append(" AND (").AppendName(key[column].Name).Append('>').AppendValue(values[column], key[column]).Append(" OR (");
            AppendAfter(sql, key, values, column + 1);
            sql.Append("))");
        }
    }

    /// <summary>Rows with one of several keys.</summary>
    public static void AppendAny(StringBuilder sql, IReadOnlyList<ColumnDefinition> key, IReadOnlyList<ColumnValue[]> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            sql.Append(i > 0 ? " OR (" : "(");
            for (var column = 0; column < key.Count; column++)
            {
                sql.Append(column > 0 ? " AND " : "").AppendName(key[column].Name).Append('=').AppendValue(keys[i][column], key[column]);
            }

            sql.Append(')');
        }
    }
}
