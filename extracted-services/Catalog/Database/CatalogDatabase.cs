using MySqlConnector;

namespace Strangler.Catalog.Database;

/// <summary>Connections to the service's own database, which holds the mirror and the read model.</summary>
internal sealed class CatalogDatabase(string connectionString, ILoggerFactory loggers) : IAsyncDisposable
{
    // Requests leave nothing behind on their connections, so these are not reset between two: a request is one round trip.
    private readonly MySqlDataSource _requests = Build(connectionString, loggers, reset: false);
    private readonly MySqlDataSource _projection = Build(connectionString, loggers, reset: true);

    /// <summary>A connection for requests.</summary>
    public ValueTask<MySqlConnection> OpenAsync(CancellationToken cancellationToken) => _requests.OpenConnectionAsync(cancellationToken);

    /// <summary>
    /// A connection for the projector: times in UTC as Magento reads them, snapshots that survive what others change meanwhile, and
    /// no strictness about the dates and texts old stores hold.
    /// </summary>
    public async Task<MySqlConnection> OpenForProjectionAsync(CancellationToken cancellationToken)
    {
        var connection = await _projection.OpenConnectionAsync(cancellationToken);
        await using (var settings = new MySqlCommand("SET SESSION time_zone = '+00:00', SESSION sql_mode = ''", connection))
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }

        try
        {
            // Newer MariaDB refuses to write to a row that changed after the snapshot; keys made dirty again meanwhile are such rows.
            await using var isolation = new MySqlCommand("SET SESSION innodb_snapshot_isolation = OFF", connection);
            await isolation.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (MySqlException fault) when (fault.ErrorCode == MySqlErrorCode.UnknownSystemVariable)
        {
            // MySQL and older MariaDB have no such setting and behave that way.
        }

        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await _requests.DisposeAsync();
        await _projection.DisposeAsync();
    }

    private static MySqlDataSource Build(string connectionString, ILoggerFactory loggers, bool reset)
    {
        var settings = new MySqlConnectionStringBuilder(connectionString)
        {
            AllowUserVariables = true,
            AllowZeroDateTime = true,
            ConnectionReset = reset,
            ConnectionTimeout = 2,
            TreatTinyAsBoolean = false,
        };
        return new MySqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(loggers).Build();
    }
}
