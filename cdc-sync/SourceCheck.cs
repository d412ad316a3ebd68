using MySqlConnector;

namespace Strangler.CdcSync;

/// <summary>Whether the source can be followed at all; what is wrong is said with the statement that mends it.</summary>
internal sealed class SourceCheck(string connectionString, string database)
{
    private const int AccessDenied = 1227;

    /// <summary>Throws one message with everything that is wrong.</summary>
    public async Task ThrowIfUnfitAsync(CancellationToken cancellationToken)
    {
        // A server reads a session's global grants when it begins, so a pooled one would not notice new ones.
        await using var connection = new MySqlConnection(new MySqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var faults = new List<string>();
        await CheckVariableAsync(connection, "log_bin", ["1", "ON"], "the server writes no binary log: start it with --log-bin", faults, cancellationToken);
        await CheckVariableAsync(connection, "binlog_format", ["ROW"], "SET GLOBAL binlog_format = 'ROW'", faults, cancellationToken);
        await CheckVariableAsync(connection, "binlog_row_image", ["FULL"], "SET GLOBAL binlog_row_image = 'FULL'", faults, cancellationToken);
        await CheckGrantsAsync(connection, faults, cancellationToken);
        if (faults.Count > 0)
        {
            throw new InvalidDataException($"The source cannot be followed: {string.Join("; ", faults)}.");
        }
    }

    private static async Task CheckVariableAsync(
        MySqlConnection connection, string name, string[] wanted, string remedy, List<string> faults, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand("SHOW GLOBAL VARIABLES WHERE Variable_name = @name", connection);
        command.Parameters.AddWithValue("name", name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken) && !wanted.Contains(reader.GetString(1), StringComparer.OrdinalIgnoreCase))
        {
            faults.Add($"{name} is {reader.GetString(1)} ({remedy})");
        }
    }

    private async Task CheckGrantsAsync(MySqlConnection connection, List<string> faults, CancellationToken cancellationToken)
    {
        var isMariaDb = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        await using var user = new MySqlCommand("SELECT CURRENT_USER()", connection);
        var account = string.Join('@', ((string)(await user.ExecuteScalarAsync(cancellationToken))!).Split('@').Select(part => $"'{part}'"));
        var grant = isMariaDb
            ? $"GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO {account}"
            : $"GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO {account}";
        var grants = new List<string>();
        await using (var command = new MySqlCommand("SHOW GRANTS", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                grants.Add(reader.GetString(0).ToUpperInvariant());
            }
        }

        var global = grants.Where(line => line.Contains(" ON *.* ", StringComparison.Ordinal)).ToList();
        var all = global.Exists(line => line.StartsWith("GRANT ALL", StringComparison.Ordinal));
        var roles = grants.Exists(line => !line.Contains(" ON ", StringComparison.Ordinal));
        if (!all && !roles && !global.Exists(line => line.Contains("REPLICATION SLAVE", StringComparison.Ordinal) || line.Contains("REPLICATION REPLICA", StringComparison.Ordinal)))
        {
            faults.Add($"{account} may not read the log: {grant}");
        }

        try
        {
            await using var status = isMariaDb ? new MySqlCommand("SHOW MASTER STATUS", connection) : new MySqlCommand("SHOW BINARY LOGS", connection);
            await using var reader = await status.ExecuteReaderAsync(cancellationToken);
        }
        catch (MySqlException fault) when (fault.Number == AccessDenied)
        {
            faults.Add($"{account} may not ask for the log's position: {grant}");
        }

        await using var tables = new MySqlCommand("SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = @database", connection);
        tables.Parameters.AddWithValue("database", database);
        if (Convert.ToInt64(await tables.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture) == 0)
        {
            faults.Add($"there is no database '{database}', or {account} may not read it: GRANT SELECT ON `{database}`.* TO {account}");
        }
    }
}
