using System.Globalization;
using System.Text;
using System.Text.Json;
using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Apply;

/// <summary>How far a target is: the row of <c>cdc_checkpoint</c>. The cursor is the source's own, where a position does not say all.</summary>
internal sealed record Checkpoint(long Sequence, SourcePosition Position, string? Cursor, string State, string? Reason);

/// <summary>Reads and advances a target's checkpoint. It only ever advances from the sequence last seen: another writer is found out.</summary>
internal static class CheckpointStore
{
    public const string Source = "magento";
    public const string Snapshot = "snapshot";
    public const string Streaming = "streaming";
    public const string Stopped = "stopped";

    public static async Task<Checkpoint?> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var row = await connection.QuerySingleOrDefaultAsync<CheckpointRow>(new CommandDefinition(
            "SELECT sequence AS Sequence, position AS Position, `cursor` AS `Cursor`, state AS State, reason AS Reason FROM cdc_checkpoint WHERE source = @Source",
            new { Source }, cancellationToken: cancellationToken));
        return row is null ? null : new Checkpoint(row.Sequence, JsonSerializer.Deserialize(row.Position, PositionJson.Default.SourcePosition)!, row.Cursor, row.State, row.Reason);
    }

    /// <summary>
    /// Begins, or begins again, a first copy at a position; the sequence goes on. What was copied before is compared as a whole: its
    /// progress belongs to another place in the log, so both change at once.
    /// </summary>
    public static async Task BeginAsync(MySqlConnection connection, SourcePosition position, string? cursor, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO cdc_checkpoint (source, sequence, position, `cursor`, state, reason) VALUES (@Source, 0, @position, @cursor, @Snapshot, NULL)
            ON DUPLICATE KEY UPDATE sequence = sequence + 1, position = @position, `cursor` = @cursor, state = @Snapshot, reason = NULL;
            UPDATE cdc_snapshot_progress SET state = 'pending', mode = 'compare', last_key = NULL, rows_copied = 0, reason = NULL
            """,
            new { Source, position = Text(position), cursor, Snapshot }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Moves to the next sequence inside the batch's transaction; throws when somebody else has moved it.</summary>
    public static async Task AdvanceAsync(
        MySqlConnection connection, MySqlTransaction transaction, long from, long to, SourcePosition position, string? cursor, DateTimeOffset? sourceTime, string state,
        CancellationToken cancellationToken)
    {
        var rows = await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE cdc_checkpoint SET sequence = @to, position = @position, `cursor` = @cursor, source_time = COALESCE(@sourceTime, source_time), state = @state, reason = NULL
            WHERE source = @Source AND sequence = @from
            """,
            new { Source, from, to, position = Text(position), cursor, sourceTime = sourceTime?.UtcDateTime, state }, transaction, cancellationToken: cancellationToken));
        ThrowIfMoved(rows, from);
    }

    /// <summary>The same as a statement, for one who sends it together with others; it must change one row.</summary>
    public static string AdvanceStatement(long from, SourcePosition position, string? cursor, DateTimeOffset? sourceTime, string state)
    {
        var sql = new StringBuilder("UPDATE cdc_checkpoint SET sequence = ").Append(CultureInfo.InvariantCulture, $"{from + 1}, position = ").AppendText(Text(position)).Append(", `cursor` = ");
        _ = cursor is null ? sql.Append("NULL") : sql.AppendText(cursor);
        if (sourceTime is { } time)
        {
            sql.Append(", source_time = '").Append(time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)).Append('\'');
        }

        return sql.Append(", state = ").AppendText(state).Append(", reason = NULL WHERE source = ").AppendText(Source)
            .Append(CultureInfo.InvariantCulture, $" AND sequence = {from}").ToString();
    }

    public static void ThrowIfMoved(object? rows, long from)
    {
        if (Convert.ToInt64(rows, CultureInfo.InvariantCulture) != 1)
        {
            throw new InvalidOperationException($"cdc_checkpoint is no longer at sequence {from}: another cdc-sync writes this database.");
        }
    }

    public static Task StopAsync(MySqlConnection connection, string reason, CancellationToken cancellationToken) => connection.ExecuteAsync(new CommandDefinition(
        "UPDATE cdc_checkpoint SET state = @Stopped, reason = @reason WHERE source = @Source", new { Source, Stopped, reason }, cancellationToken: cancellationToken));

    private static string Text(SourcePosition position) => JsonSerializer.Serialize(position, PositionJson.Default.SourcePosition);

    private sealed record CheckpointRow
    {
        public long Sequence { get; init; }

        public string Position { get; init; } = "";

        public string? Cursor { get; init; }

        public string State { get; init; } = "";

        public string? Reason { get; init; }
    }
}
