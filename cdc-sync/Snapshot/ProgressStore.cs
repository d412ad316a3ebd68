using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.DeadLetters;

namespace Strangler.CdcSync.Snapshot;

/// <summary>Reads and writes <c>cdc_snapshot_progress</c>.</summary>
internal static class ProgressStore
{
    public static async Task<List<TableCopy>> LoadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<ProgressRow>(new CommandDefinition(
            """
            SELECT table_name AS TableName, state AS State, mode AS Mode, last_key AS LastKey, rows_copied AS RowsCopied, definition AS Definition, reason AS Reason
            FROM cdc_snapshot_progress
            """, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new TableCopy(
            row.TableName, Enum.Parse<CopyState>(row.State, ignoreCase: true), Enum.Parse<CopyMode>(row.Mode, ignoreCase: true),
            row.LastKey is null ? null : KeyText.Read(row.LastKey), row.RowsCopied, row.Definition, row.Reason, 0))];
    }

    public static Task SaveAsync(MySqlConnection connection, TableCopy copy, CancellationToken cancellationToken) => connection.ExecuteAsync(new CommandDefinition(
        """
        INSERT INTO cdc_snapshot_progress (table_name, state, mode, last_key, rows_copied, definition, reason)
        VALUES (@Table, @State, @Mode, @LastKey, @Rows, @Definition, @Reason)
        ON DUPLICATE KEY UPDATE state = @State, mode = @Mode, last_key = @LastKey, rows_copied = @Rows, definition = @Definition, reason = @Reason
        """,
        new
        {
            copy.Table,
            State = Text(copy.State),
            Mode = Text(copy.Mode),
            LastKey = copy.LastKey is null ? null : KeyText.Write(copy.LastKey),
            copy.Rows,
            copy.Definition,
            copy.Reason,
        },
        cancellationToken: cancellationToken));

    /// <summary>Empties every mirror, for a copy that can only be filled anew.</summary>
    public static async Task FillAnewAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var copy in await LoadAsync(connection, cancellationToken))
        {
            await SaveAsync(connection, copy with { State = CopyState.Pending, Mode = CopyMode.Fill }, cancellationToken);
            await TargetDatabase.ExecuteAsync(connection, $"DELETE FROM {SqlLiteral.Name(copy.Table)}", cancellationToken);
            await DeadLetterStore.ClearAsync(connection, copy.Table, cancellationToken);
        }
    }

    public static Task RemoveAsync(MySqlConnection connection, string table, CancellationToken cancellationToken) => connection.ExecuteAsync(new CommandDefinition(
        "DELETE FROM cdc_snapshot_progress WHERE table_name = @table", new { table }, cancellationToken: cancellationToken));

    /// <summary>The states in lower case, as the table and <c>/positions</c> write them.</summary>
    public static string Text<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private sealed record ProgressRow
    {
        public string TableName { get; init; } = "";

        public string State { get; init; } = "";

        public string Mode { get; init; } = "";

        public string? LastKey { get; init; }

        public long RowsCopied { get; init; }

        public string? Definition { get; init; }

        public string? Reason { get; init; }
    }
}
