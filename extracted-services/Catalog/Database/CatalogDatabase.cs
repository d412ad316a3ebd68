using MySqlConnector;

namespace Strangler.Catalog.Database;

/// <summary>Connections to the service's own database, which holds the mirror and the read model.</summary>
internal sealed class CatalogDatabase(MySqlDataSource source)
{
    /// <summary>A connection for requests.</summary>
    public ValueTask<MySqlConnection> OpenAsync(CancellationToken cancellationToken) => source.OpenConnectionAsync(cancellationToken);

    /// <summary>
    /// A connection for the projector: times in UTC as Magento reads them, snapshots that survive what others change meanwhile, and
    /// no strictness about the dates and texts old stores hold.
    /// </summary>
    public async Task<MySqlConnection> OpenForProjectionAsync(CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
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
}
