using MySqlConnector;
using Strangler.Catalog.Tests.Support;

namespace Strangler.Catalog.Tests.Projection;

/// <summary>Looks at the read model of a running service.</summary>
internal static class Documents
{
    /// <summary>Every document that is answered from, by product and scope, as one text each.</summary>
    public static async Task<Dictionary<string, string>> ReadAsync(CatalogHost host, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT entity_id, store_id, sku, flags, COALESCE(CONVERT(edit_tier_prices USING utf8mb4), '-'), CONVERT(body USING utf8mb4)
            FROM product_document WHERE generation = (SELECT generation FROM read_model)
            """;
        await using var connection = await host.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var documents = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            documents.Add(
                $"{reader.GetInt32(0)}/{reader.GetInt32(1)}",
                $"{reader.GetString(2)} {reader.GetInt32(3)} {reader.GetString(4)} {reader.GetString(5)}");
        }

        return documents;
    }

    public static async Task<long> ScalarAsync(CatalogHost host, string sql, CancellationToken cancellationToken)
    {
        await using var connection = await host.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until everything the mirror has is projected.</summary>
    public static async Task CaughtUpAsync(CatalogHost host, CancellationToken cancellationToken)
    {
        await RawHttp.SendAsync(host.Port, "POST", "/internal/changes", [("Content-Length", "0")], null, cancellationToken);
        await Eventually.TrueAsync(
            async () => await ScalarAsync(
                host,
                "SELECT (SELECT sequence FROM projection_checkpoint) = (SELECT sequence FROM cdc_checkpoint) AND NOT EXISTS (SELECT 1 FROM cdc_dirty_key)",
                cancellationToken) == 1,
            "the read model is as new as the mirror",
            cancellationToken);
    }

    /// <summary>Rebuilds everything and waits for the new generation.</summary>
    public static async Task RebuildAsync(CatalogHost host, CancellationToken cancellationToken)
    {
        var before = await ScalarAsync(host, "SELECT generation FROM read_model", cancellationToken);
        await RawHttp.SendAsync(host.Port, "POST", "/internal/rebuild", [("Content-Length", "0")], null, cancellationToken);
        await Eventually.TrueAsync(
            async () => await ScalarAsync(host, "SELECT generation FROM read_model", cancellationToken) > before, "a new generation answers", cancellationToken);
    }
}
