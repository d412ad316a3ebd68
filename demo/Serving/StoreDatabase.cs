using MySqlConnector;

namespace Strangler.Demo.Serving;

/// <summary>Connections as Magento opens them: UTC, and without strict mode.</summary>
internal static class StoreDatabase
{
    public static MySqlDataSource Open(string connectionString)
    {
        // Sessions are set up once; nothing here changes them afterwards, so a pooled one needs no reset.
        var settings = new MySqlConnectionStringBuilder(connectionString) { ConnectionReset = false };
        return new MySqlDataSourceBuilder(settings.ConnectionString).UseConnectionOpenedCallback(async (opened, cancellationToken) =>
        {
            if ((opened.Conditions & MySqlConnectionOpenedConditions.New) != 0)
            {
                await using var command = new MySqlCommand("SET SESSION time_zone = '+00:00', sql_mode = ''", opened.Connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }).Build();
    }
}
