using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using MySqlConnector;

namespace Strangler.CdcSync.Apply;

/// <summary>Connections to a service's database whose sessions take every value as it is, and cdc-sync's own tables there.</summary>
internal sealed class TargetDatabase(string connectionString)
{
    private const string OwnTables =
        """
        CREATE TABLE IF NOT EXISTS cdc_checkpoint (
          source varchar(64) NOT NULL PRIMARY KEY, sequence bigint NOT NULL, position json NOT NULL, `cursor` longtext NULL, source_time datetime(6) NULL,
          state varchar(16) NOT NULL, reason text NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE IF NOT EXISTS cdc_dirty_key (
          entity varchar(64) NOT NULL, key_value varchar(255) NOT NULL, sequence bigint NOT NULL,
          PRIMARY KEY (entity, key_value), KEY sequence (sequence)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
        CREATE TABLE IF NOT EXISTS cdc_snapshot_progress (
          table_name varchar(64) NOT NULL PRIMARY KEY, state varchar(16) NOT NULL, mode varchar(16) NOT NULL, last_key json NULL,
          rows_copied bigint NOT NULL DEFAULT 0, definition json NULL, reason text NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
        CREATE TABLE IF NOT EXISTS cdc_reread (
          id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, table_name varchar(64) NOT NULL, row_key longtext NOT NULL, reason text NOT NULL,
          ordered_at datetime(6) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
        CREATE TABLE IF NOT EXISTS cdc_dead_letter (
          id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, table_name varchar(64) NOT NULL, row_key text NOT NULL, position json NOT NULL,
          payload json NULL, reason text NOT NULL, attempts int NOT NULL DEFAULT 1, created_at datetime(6) NOT NULL, last_at datetime(6) NULL,
          KEY row_of (table_name, row_key(191))) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
        """;

    // What a packet bears besides the statement.
    private const int PacketOverhead = 64;

    private static readonly ConditionalWeakTable<MySqlConnection, StrongBox<long>> PacketLimits = [];

    /// <summary>The SQL mode in which the server refuses a value that it would have to change.</summary>
    public const string StrictMode = "STRICT_ALL_TABLES,ALLOW_INVALID_DATES";

    /// <summary>The settings, for other kinds of connection to the same database.</summary>
    public MySqlConnectionStringBuilder Settings { get; } = new(connectionString);

    public async Task<MySqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        // The connection is kept; a pool would only reset its session.
        var settings = new MySqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            AllowUserVariables = true,
            AllowZeroDateTime = true,
            // For copies: only what the client itself streams is ever given.
            AllowLoadLocalInfile = true,
            TreatTinyAsBoolean = false,
            DefaultCommandTimeout = 600,
            IgnoreCommandTransaction = true,
        };
        var connection = new MySqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, "SET SESSION sql_mode = '', time_zone = '+00:00', foreign_key_checks = 0, unique_checks = 1", cancellationToken);
            await ExecuteAsync(connection, "SET NAMES utf8mb4", cancellationToken);
            PacketLimits.Add(connection, new StrongBox<long>(await MaximumPacketAsync(connection, cancellationToken)));
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static async Task EnsureOwnTablesAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, OwnTables, cancellationToken);
        await AddColumnAsync(connection, "cdc_checkpoint", "cursor", "longtext NULL AFTER position", cancellationToken);
        await AddColumnAsync(connection, "cdc_dead_letter", "last_at", "datetime(6) NULL", cancellationToken);
        await CompareExactlyAsync(connection, "cdc_dead_letter", cancellationToken);
    }

    // Tables of an earlier version took keys for one that differ in case alone.
    private static async Task CompareExactlyAsync(MySqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand("SELECT TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = @table", connection);
        command.Parameters.AddWithValue("table", table);
        if (await command.ExecuteScalarAsync(cancellationToken) is not "utf8mb4_bin")
        {
            await ExecuteAsync(connection, $"ALTER TABLE {SqlLiteral.Name(table)} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", cancellationToken);
        }
    }

    // Tables of an earlier version lack it; MySQL knows no ADD COLUMN IF NOT EXISTS.
    private static async Task AddColumnAsync(MySqlConnection connection, string table, string column, string definition, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(
            "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = @table AND COLUMN_NAME = @column", connection);
        command.Parameters.AddWithValue("table", table);
        command.Parameters.AddWithValue("column", column);
        if (Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) == 0)
        {
            await ExecuteAsync(connection, $"ALTER TABLE {SqlLiteral.Name(table)} ADD COLUMN {SqlLiteral.Name(column)} {definition}", cancellationToken);
        }
    }

    /// <summary>The longest packet that the server takes from this session.</summary>
    public static async Task<long> MaximumPacketAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand("SELECT @@SESSION.max_allowed_packet", connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <exception cref="StatementTooLargeException">The server would not answer but cut the connection.</exception>
    public static async Task<int> ExecuteAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        if (PacketLimits.TryGetValue(connection, out var limit) && sql.Length > (limit.Value - PacketOverhead) / 3
            && Encoding.UTF8.GetByteCount(sql) is var bytes && bytes > limit.Value - PacketOverhead)
        {
            throw new StatementTooLargeException(bytes, limit.Value);
        }

#pragma warning disable CA2100 // Statements are built from quoted names and literals by SqlLiteral.
        await using var command = new MySqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static Task<int> ExecuteAsync(MySqlConnection connection, StringBuilder sql, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, sql.ToString(), cancellationToken);
}
