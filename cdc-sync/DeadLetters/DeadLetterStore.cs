using System.Globalization;
using System.Text.Json;
using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.DeadLetters;

/// <summary>A row that the target refused, and what was to become of it.</summary>
internal sealed record DeadLetter(
    long Id, string Table, ColumnValue[] Key, SourcePosition Position, string? Payload, string Reason, int Attempts, DateTime CreatedAt, DateTime LastAt);

/// <summary>Reads and writes <c>cdc_dead_letter</c>: one row for each row of a mirror that is held back.</summary>
internal static class DeadLetterStore
{
    private const int MaximumText = 4096;

    private const string Columns =
        """
        SELECT id AS Id, table_name AS TableName, row_key AS RowKey, position AS Position, payload AS Payload, reason AS Reason, attempts AS Attempts,
               created_at AS CreatedAt, COALESCE(last_at, created_at) AS LastAt
        FROM cdc_dead_letter
        """;

    public static async Task<List<DeadLetter>> LoadAsync(MySqlConnection connection, string? table, int limit, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"{Columns} WHERE @table IS NULL OR table_name = @table ORDER BY id LIMIT @limit", new { table, limit }, cancellationToken: cancellationToken));
        return [.. rows.Select(Letter)];
    }

    public static async Task<DeadLetter?> FindAsync(MySqlConnection connection, long id, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition($"{Columns} WHERE id = @id", new { id }, cancellationToken: cancellationToken)) is { } row ? Letter(row) : null;

    /// <summary>Writes down a refusal, within the transaction that met it.</summary>
    public static async Task RefuseAsync(
        MySqlConnection connection, MirrorTable table, PendingRow row, SourcePosition position, string reason, CancellationToken cancellationToken)
    {
        var parameters = Parameters(table, row, position, reason);
        // A row refused before is held back from then on, and comes here again only when it was tried again.
        var known = await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE cdc_dead_letter SET position = @position, payload = @payload, reason = @reason, attempts = attempts + 1, last_at = UTC_TIMESTAMP(6)
            WHERE table_name = @table AND row_key = @key
            """, parameters, cancellationToken: cancellationToken));
        if (known == 0)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO cdc_dead_letter (table_name, row_key, position, payload, reason, attempts, created_at, last_at)
                VALUES (@table, @key, @position, @payload, @reason, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))
                """, parameters, cancellationToken: cancellationToken));
        }
    }

    /// <summary>Keeps the latest of a row that is held back.</summary>
    public static Task KeepAsync(MySqlConnection connection, MirrorTable table, PendingRow row, SourcePosition position, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE cdc_dead_letter SET position = @position, payload = @payload, last_at = UTC_TIMESTAMP(6) WHERE table_name = @table AND row_key = @key",
            Parameters(table, row, position, null), cancellationToken: cancellationToken));

    public static Task RemoveAsync(MySqlConnection connection, string table, ColumnValue[] key, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM cdc_dead_letter WHERE table_name = @table AND row_key = @key", new { table, key = KeyText.Write(key) }, cancellationToken: cancellationToken));

    public static Task ClearAsync(MySqlConnection connection, string table, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("DELETE FROM cdc_dead_letter WHERE table_name = @table", new { table }, cancellationToken: cancellationToken));

    /// <summary>What is written of one table is of the other from now on, and the other way round.</summary>
    public static Task TradeAsync(MySqlConnection connection, string table, string other, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE cdc_dead_letter SET table_name = IF(table_name = @table, @other, @table) WHERE table_name IN (@table, @other)",
            new { table, other }, cancellationToken: cancellationToken));

    public static Task<int> RemoveAsync(MySqlConnection connection, long id, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("DELETE FROM cdc_dead_letter WHERE id = @id", new { id }, cancellationToken: cancellationToken));

    private static object Parameters(MirrorTable table, PendingRow row, SourcePosition position, string? reason) => new
    {
        table = table.Name,
        key = KeyText.Write(row.Key.Values),
        position = JsonSerializer.Serialize(position, PositionJson.Default.SourcePosition),
        payload = Payload(table, row.Row),
        reason,
    };

    // For people to read: the row itself is read at the source again when it is tried again. Of what is large the beginning must do.
    private static string? Payload(MirrorTable table, ColumnValue[]? row)
    {
        if (row is null)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i].IsNull)
                {
                    json.WriteNull(table.Columns[i].Name);
                }
                else if (!row[i].IsAbsent)
                {
                    json.WriteString(table.Columns[i].Name, Text(row[i]));
                }
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string Text(in ColumnValue value) => value switch
    {
        { Kind: ValueKind.Bytes } when value.Bytes.Length > MaximumText / 2 =>
            string.Create(CultureInfo.InvariantCulture, $"0x{Convert.ToHexString(value.Bytes.AsSpan(0, MaximumText / 2))}… ({value.Bytes.Length} bytes)"),
        { Kind: ValueKind.Text } when value.Text.Length > MaximumText =>
            string.Create(CultureInfo.InvariantCulture, $"{Beginning(value.Text)}… ({value.Text.Length} characters)"),
        _ => value.ToString(),
    };

    private static string Beginning(string text) => text[..(char.IsHighSurrogate(text[MaximumText - 1]) ? MaximumText - 1 : MaximumText)];

    private static DeadLetter Letter(Row row) => new(
        row.Id, row.TableName, KeyText.Read(row.RowKey), JsonSerializer.Deserialize(row.Position, PositionJson.Default.SourcePosition)!, row.Payload, row.Reason, row.Attempts,
        DateTime.SpecifyKind(row.CreatedAt, DateTimeKind.Utc), DateTime.SpecifyKind(row.LastAt, DateTimeKind.Utc));

    private sealed record Row
    {
        public long Id { get; init; }

        public string TableName { get; init; } = "";

        public string RowKey { get; init; } = "";

        public string Position { get; init; } = "";

        public string? Payload { get; init; }

        public string Reason { get; init; } = "";

        public int Attempts { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime LastAt { get; init; }
    }
}
