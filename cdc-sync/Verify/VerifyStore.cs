using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Verify;

/// <summary>
/// Keeps what was compared in the target's database: <c>cdc_verify_run</c>, <c>cdc_verify_table</c> (how far, and what came of it) and
/// <c>cdc_verify_difference</c> (samples). A run goes on from here after a restart.
/// </summary>
internal static class VerifyStore
{
    private const int KeptRuns = 50;

    private const string Tables =
        """
        CREATE TABLE IF NOT EXISTS cdc_verify_run (
          id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, state varchar(16) NOT NULL, orders json NOT NULL, ordered_at datetime(6) NOT NULL, finished_at datetime(6) NULL,
          reason text NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
        CREATE TABLE IF NOT EXISTS cdc_verify_table (
          run_id bigint NOT NULL, table_name varchar(64) NOT NULL, number int NOT NULL, state varchar(16) NOT NULL, progress json NOT NULL, finished_at datetime(6) NULL,
          PRIMARY KEY (run_id, table_name), KEY finished (table_name, finished_at)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
        CREATE TABLE IF NOT EXISTS cdc_verify_difference (
          id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, run_id bigint NOT NULL, table_name varchar(64) NOT NULL, kind varchar(16) NOT NULL, row_key longtext NOT NULL,
          difference json NOT NULL, repaired tinyint(1) NOT NULL, KEY run (run_id, id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
        """;

    public static Task EnsureTablesAsync(MySqlConnection connection, CancellationToken cancellationToken) => TargetDatabase.ExecuteAsync(connection, Tables, cancellationToken);

    public static async Task<VerifyRun> CreateAsync(MySqlConnection connection, VerifyOrder order, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "INSERT INTO cdc_verify_run (state, orders, ordered_at) VALUES ('waiting', @orders, @at); SELECT LAST_INSERT_ID()",
            new { orders = JsonSerializer.Serialize(order, VerifyStoreJson.Default.VerifyOrder), at = now.UtcDateTime }, transaction, cancellationToken: cancellationToken));
        var run = new VerifyRun(id, order, now, order.Tables.Select(table => new TableResult(table)));
        foreach (var (index, table) in run.Tables.Index())
        {
            await SaveAsync(connection, run, table, index, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return run;
    }

    public static Task SaveAsync(MySqlConnection connection, VerifyRun run, CancellationToken cancellationToken) => connection.ExecuteAsync(new CommandDefinition(
        "UPDATE cdc_verify_run SET state = @State, finished_at = @At, reason = @Reason WHERE id = @Id",
        new { State = ProgressStore.Text(run.State), At = run.FinishedAt?.UtcDateTime, run.Reason, run.Id }, cancellationToken: cancellationToken));

    public static Task SaveAsync(MySqlConnection connection, VerifyRun run, TableResult table, CancellationToken cancellationToken) =>
        SaveAsync(connection, run, table, null, cancellationToken);

    public static Task KeepAsync(MySqlConnection connection, VerifyRun run, RowDifference difference, CancellationToken cancellationToken) => connection.ExecuteAsync(new CommandDefinition(
        // A chunk that a crash made begin again says the same once more.
        """
        INSERT INTO cdc_verify_difference (run_id, table_name, kind, row_key, difference, repaired) SELECT @Id, @Table, @Kind, @Key, @Text, @Repaired FROM DUAL
        WHERE NOT EXISTS (SELECT 1 FROM cdc_verify_difference WHERE run_id = @Id AND table_name = @Table AND row_key = @Key)
        """,
        new
        {
            run.Id,
            difference.Table,
            Kind = ProgressStore.Text(difference.Kind),
            Key = KeyText.Write(difference.Key),
            Text = JsonSerializer.Serialize(new StoredDifference(difference.Columns, difference.Position, difference.Meaning), VerifyStoreJson.Default.StoredDifference),
            difference.Repaired,
        },
        cancellationToken: cancellationToken));

    public static async Task<List<RowDifference>> DifferencesAsync(MySqlConnection connection, long run, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Table, string Kind, string Key, string Text, bool Repaired)>(new CommandDefinition(
            "SELECT table_name, kind, row_key, difference, repaired FROM cdc_verify_difference WHERE run_id = @run ORDER BY id", new { run }, cancellationToken: cancellationToken));
        return [.. rows.Select(row =>
        {
            var stored = JsonSerializer.Deserialize(row.Text, VerifyStoreJson.Default.StoredDifference)!;
            return new RowDifference(row.Table, Enum.Parse<DifferenceKind>(row.Kind, ignoreCase: true), KeyText.Read(row.Key), stored.Columns, stored.Position, stored.Meaning) { Repaired = row.Repaired };
        })];
    }

    /// <summary>The latest runs, newest first.</summary>
    public static async Task<List<VerifyRun>> LoadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            SET @old = (SELECT MAX(id) FROM cdc_verify_run) - @KeptRuns;
            DELETE FROM cdc_verify_difference WHERE run_id <= @old; DELETE FROM cdc_verify_table WHERE run_id <= @old AND finished_at IS NULL; DELETE FROM cdc_verify_run WHERE id <= @old
            """, new { KeptRuns }, cancellationToken: cancellationToken));
        var runs = (await connection.QueryAsync<(long Id, string State, string Orders, DateTime At, DateTime? Finished, string? Reason)>(new CommandDefinition(
            "SELECT id, state, orders, ordered_at, finished_at, reason FROM cdc_verify_run ORDER BY id DESC", cancellationToken: cancellationToken))).ToList();
        var tables = (await connection.QueryAsync<(long Run, string Table, string State, string Progress, DateTime? Finished)>(new CommandDefinition(
            "SELECT t.run_id, t.table_name, t.state, t.progress, t.finished_at FROM cdc_verify_table t JOIN cdc_verify_run r ON r.id = t.run_id ORDER BY t.run_id, t.number",
            cancellationToken: cancellationToken))).ToLookup(row => row.Run);
        return [.. runs.Select(run => new VerifyRun(
            run.Id, JsonSerializer.Deserialize(run.Orders, VerifyStoreJson.Default.VerifyOrder)!, Utc(run.At)!.Value,
            tables[run.Id].Select(row => Table(row.Table, row.State, row.Progress, row.Finished)))
        {
            State = Enum.Parse<RunState>(run.State, ignoreCase: true),
            FinishedAt = Utc(run.Finished),
            Reason = run.Reason,
        })];
    }

    /// <summary>The last comparison of each table that came to an end and said something.</summary>
    public static async Task<List<TableResult>> LatestAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Table, string State, string Progress, DateTime? Finished)>(new CommandDefinition(
            """
            SELECT t.table_name, t.state, t.progress, t.finished_at FROM cdc_verify_table t
            JOIN (SELECT table_name, MAX(run_id) AS run_id FROM cdc_verify_table WHERE state IN ('equal', 'repaired', 'different', 'unsettled') GROUP BY table_name) last
              ON last.table_name = t.table_name AND last.run_id = t.run_id
            """, cancellationToken: cancellationToken));
        return [.. rows.Select(row => Table(row.Table, row.State, row.Progress, row.Finished))];
    }

    private static Task<int> SaveAsync(MySqlConnection connection, VerifyRun run, TableResult table, int? number, CancellationToken cancellationToken) => connection.ExecuteAsync(
        new CommandDefinition(
            """
            INSERT INTO cdc_verify_table (run_id, table_name, number, state, progress, finished_at) VALUES (@Id, @Table, COALESCE(@number, 0), @State, @Progress, @At)
            ON DUPLICATE KEY UPDATE state = @State, progress = @Progress, finished_at = @At
            """,
            new
            {
                run.Id,
                table.Table,
                number,
                State = ProgressStore.Text(table.State),
                Progress = JsonSerializer.Serialize(StoredProgress.Of(table), VerifyStoreJson.Default.StoredProgress),
                At = table.FinishedAt?.UtcDateTime,
            },
            cancellationToken: cancellationToken));

    private static TableResult Table(string name, string state, string progress, DateTime? finished)
    {
        var stored = JsonSerializer.Deserialize(progress, VerifyStoreJson.Default.StoredProgress)!;
        return new TableResult(name)
        {
            State = Enum.Parse<VerifyState>(state, ignoreCase: true),
            LastKey = stored.LastKey is null ? null : KeyText.Read(stored.LastKey),
            Open = [.. stored.Open.Select(KeyText.Read)],
            Rows = stored.Rows,
            Estimate = stored.Estimate,
            Chunks = stored.Chunks,
            Missing = stored.Missing,
            Extra = stored.Extra,
            Different = stored.Different,
            Repaired = stored.Repaired,
            Position = stored.Position,
            StartedAt = stored.StartedAt,
            FinishedAt = Utc(finished),
            Reason = stored.Reason,
        };
    }

    private static DateTimeOffset? Utc(DateTime? time) => time is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null;
}

/// <summary>A table's comparison as <c>cdc_verify_table.progress</c> keeps it.</summary>
internal sealed record StoredProgress(
    string? LastKey, IReadOnlyList<string> Open, long Rows, long? Estimate, long Chunks, long Missing, long Extra, long Different, long Repaired, SourcePosition? Position,
    DateTimeOffset? StartedAt, string? Reason)
{
    public static StoredProgress Of(TableResult table) => new(
        table.LastKey is null ? null : KeyText.Write(table.LastKey), [.. table.Open.Select(KeyText.Write)], table.Rows, table.Estimate, table.Chunks, table.Missing, table.Extra,
        table.Different, table.Repaired, table.Position, table.StartedAt, table.Reason);
}

/// <summary>A difference as <c>cdc_verify_difference.difference</c> keeps it.</summary>
internal sealed record StoredDifference(IReadOnlyList<ColumnDifference> Columns, SourcePosition Position, IReadOnlyList<string>? Meaning);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VerifyOrder))]
[JsonSerializable(typeof(StoredProgress))]
[JsonSerializable(typeof(StoredDifference))]
internal sealed partial class VerifyStoreJson : JsonSerializerContext;
