using MySqlConnector;

namespace Strangler.WebApi.Stores;

/// <summary>Reads store views and configuration from a mirror of Magento's tables.</summary>
public static class MirrorSettingsReader
{
    /// <summary>All of <c>core_config_data</c> whose path begins with one of the prefixes.</summary>
    public static async Task<MagentoConfig> ReadConfigAsync(
        MySqlConnection connection, MySqlTransaction? transaction, IReadOnlyCollection<string> prefixes, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT scope, scope_id, path, value FROM core_config_data ORDER BY config_id";
        await using var command = new MySqlCommand(Sql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ConfigRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var path = reader.GetString(2);
            if (prefixes.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal)))
            {
                rows.Add(new ConfigRow(reader.GetString(0), reader.GetInt32(1), path, reader.IsDBNull(3) ? null : reader.GetString(3)));
            }
        }

        return new MagentoConfig(rows);
    }

    /// <summary>Every store view.</summary>
    public static async Task<IReadOnlyList<StoreView>> ReadStoresAsync(
        MySqlConnection connection, MySqlTransaction? transaction, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT store_id, code, website_id, group_id, is_active FROM store ORDER BY store_id";
        await using var command = new MySqlCommand(Sql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var stores = new List<StoreView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            stores.Add(new StoreView(
                reader.GetInt32(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4) != 0));
        }

        return stores;
    }

    /// <summary>Every website with its default store view.</summary>
    public static async Task<IReadOnlyList<Website>> ReadWebsitesAsync(
        MySqlConnection connection, MySqlTransaction? transaction, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT w.website_id, w.code, w.is_default, COALESCE(g.default_store_id, 0)
            FROM store_website w LEFT JOIN store_group g ON g.group_id = w.default_group_id ORDER BY w.website_id
            """;
        await using var command = new MySqlCommand(Sql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var websites = new List<Website>();
        while (await reader.ReadAsync(cancellationToken))
        {
            websites.Add(new Website(
                reader.GetInt32(0), reader.GetString(1), !reader.IsDBNull(2) && reader.GetInt32(2) != 0, reader.GetInt32(3)));
        }

        return websites;
    }
}
