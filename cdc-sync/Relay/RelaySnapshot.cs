using System.Globalization;
using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Relay;

/// <summary>
/// Reads every published table in one consistent view, and the place in the log that the view stands for: what is published of it and the
/// changes from there on fit without a gap and without an overlap. Nothing is locked.
/// </summary>
internal sealed class RelaySnapshot(MySqlConnectionStringBuilder settings, RelayOptions options, string database, RelayCatalog catalog, SourcePositionReader positions, TimeProvider time)
{
    private const int ChunkRows = 5000;
    private const int MaximumAttempts = 1000;

    /// <summary>Hands over each row's message, and gives the place where the changes begin.</summary>
    public async Task<SourcePosition> ReadAsync(Func<IReadOnlyList<RelayMessage>, CancellationToken, Task> take, CancellationToken cancellationToken)
    {
        await using var connection = await ServerConnection.OpenAsync(settings, cancellationToken);
        await connection.ExecuteAsync(RowTextReader.Session, cancellationToken);
        await connection.ExecuteAsync("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", cancellationToken);
        await connection.ExecuteAsync($"USE {SqlLiteral.Name(database)}", cancellationToken);
        var position = await BeginAsync(connection, cancellationToken);
        var tables = new RelayTables(options, database, catalog, new EnvelopeSchema(connection.IsMariaDb ? "mariadb" : "mysql"));
        var included = catalog.Definitions.Where(table => tables.IsIncluded(table.Name)).OrderBy(table => table.Name.Name, StringComparer.Ordinal).ToList();
        var writer = new SnapshotMessages(options, connection.IsMariaDb ? "mariadb" : "mysql", position, time);
        foreach (var table in included)
        {
            await ReadTableAsync(connection, table, tables.Of(CatalogColumns.Map(table)), writer, take, cancellationToken);
        }

        await take(writer.Finish(), cancellationToken);
        await connection.ExecuteAsync("COMMIT", cancellationToken);
        return position;
    }

    private async Task<SourcePosition> BeginAsync(ServerConnection connection, CancellationToken cancellationToken)
    {
        if (connection.IsMariaDb)
        {
            await connection.ExecuteAsync("START TRANSACTION WITH CONSISTENT SNAPSHOT", cancellationToken);
            var status = (await connection.RowsAsync("SHOW STATUS LIKE 'binlog_snapshot_%'", cancellationToken)).ToDictionary(row => row[0]!, row => row[1]!, StringComparer.OrdinalIgnoreCase);
            var offset = long.Parse(status["Binlog_snapshot_position"], CultureInfo.InvariantCulture);
            var gtid = await connection.ScalarAsync($"SELECT BINLOG_GTID_POS('{status["Binlog_snapshot_file"]}', {offset})", cancellationToken);
            return new SourcePosition("mariadb", status["Binlog_snapshot_file"], offset, gtid);
        }

        // MySQL does not say which place a view stands for: it is known when the log stood still around its making.
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            var before = await positions.ReadWithGtidAsync(cancellationToken);
            await connection.ExecuteAsync("START TRANSACTION WITH CONSISTENT SNAPSHOT", cancellationToken);
            var after = await positions.ReadWithGtidAsync(cancellationToken);
            if (before == after)
            {
                return before;
            }

            await connection.ExecuteAsync("COMMIT", cancellationToken);
        }

        throw new InvalidOperationException($"The source's log did not stand still for a moment in {MaximumAttempts} attempts to begin a consistent view; begin the relay at a quieter time, or with Cdc:Relay:SnapshotMode=NoData.");
    }

    private static async Task ReadTableAsync(
        ServerConnection connection, TableDefinition table, RelayTable form, SnapshotMessages writer, Func<IReadOnlyList<RelayMessage>, CancellationToken, Task> take, CancellationToken cancellationToken)
    {
        ColumnValue[]? after = null;
        var key = table.Key?.Select(name => table.Column(name)!).ToList();
        var indexes = key?.Select(column => table.Columns.ToList().IndexOf(column)).ToList();
        while (true)
        {
            var sql = new StringBuilder("SELECT ").AppendJoin(", ", table.Columns.Select(RowTextReader.Expression)).Append(" FROM ").AppendName(table.Name.Name);
            if (after is not null)
            {
                KeyRange.AppendAfter(sql.Append(" WHERE "), key!, after);
            }

            if (key is not null)
            {
                sql.Append(" ORDER BY ").AppendJoin(", ", key.Select(column => SqlLiteral.Name(column.Name))).Append(CultureInfo.InvariantCulture, $" LIMIT {ChunkRows}");
            }

            var rows = new List<ColumnValue[]>();
            await connection.QueryAsync(System.Text.Encoding.UTF8.GetBytes(sql.ToString()), (ref TextRow row) => rows.Add(WithoutZeroTimestamps(RowTextReader.Read(ref row, table.Columns), table)), cancellationToken);
            await take(writer.Of(form, rows), cancellationToken);
            if (key is null || rows.Count < ChunkRows)
            {
                writer.EndTable();
                return;
            }

            after = [.. indexes!.Select(index => rows[^1][index])];
        }
    }

    // Where Debezium reads tables a zero TIMESTAMP is null, and the zeroth second where it reads the log.
    private static ColumnValue[] WithoutZeroTimestamps(ColumnValue[] row, TableDefinition table)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (table.Columns[i] is { DataType: "timestamp", IsNullable: true } && row[i].Kind == ValueKind.Text && row[i].Text.StartsWith("0000-", StringComparison.Ordinal))
            {
                row[i] = ColumnValue.Null;
            }
        }

        return row;
    }
}
