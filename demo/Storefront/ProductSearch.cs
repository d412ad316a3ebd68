using Dapper;
using MySqlConnector;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Storefront;

/// <summary>Finds products whose name or SKU holds every word. There is no search engine behind it: rows are scanned until enough are found.</summary>
internal sealed class ProductSearch(MySqlDataSource database, AttributeDirectory attributes)
{
    private const int Most = 40;
    private const int MostWords = 5;

    public async Task<IReadOnlyList<int>> FindAsync(string text, StoreView store, CancellationToken cancellationToken)
    {
        var known = await attributes.GetAsync(cancellationToken);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MostWords).Select(word => $"%{word.Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%").ToArray();
        string Word(int index) => words[Math.Min(index, words.Length - 1)];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<int>(new CommandDefinition("""
            SELECT e.entity_id
            FROM catalog_product_entity e
            JOIN catalog_product_website w ON w.product_id = e.entity_id AND w.website_id = @website
            JOIN catalog_product_entity_varchar nd ON nd.entity_id = e.entity_id AND nd.attribute_id = @name AND nd.store_id = 0
            LEFT JOIN catalog_product_entity_varchar ns ON ns.entity_id = e.entity_id AND ns.attribute_id = @name AND ns.store_id = @store
            JOIN catalog_product_entity_int sd ON sd.entity_id = e.entity_id AND sd.attribute_id = @status AND sd.store_id = 0
            LEFT JOIN catalog_product_entity_int ss ON ss.entity_id = e.entity_id AND ss.attribute_id = @status AND ss.store_id = @store
            JOIN catalog_product_entity_int vd ON vd.entity_id = e.entity_id AND vd.attribute_id = @visibility AND vd.store_id = 0
            LEFT JOIN catalog_product_entity_int vs ON vs.entity_id = e.entity_id AND vs.attribute_id = @visibility AND vs.store_id = @store
            WHERE COALESCE(ss.value, sd.value) = 1 AND COALESCE(vs.value, vd.value) IN (3, 4)
              AND CONCAT(COALESCE(ns.value, nd.value), ' ', e.sku) LIKE @w0 AND CONCAT(COALESCE(ns.value, nd.value), ' ', e.sku) LIKE @w1
              AND CONCAT(COALESCE(ns.value, nd.value), ' ', e.sku) LIKE @w2 AND CONCAT(COALESCE(ns.value, nd.value), ' ', e.sku) LIKE @w3
              AND CONCAT(COALESCE(ns.value, nd.value), ' ', e.sku) LIKE @w4
            ORDER BY e.entity_id LIMIT @Most
            """, new
        {
            store = store.Id, website = store.WebsiteId, name = known.Id("name"), status = known.Id("status"), visibility = known.Id("visibility"),
            w0 = Word(0), w1 = Word(1), w2 = Word(2), w3 = Word(3), w4 = Word(4), Most,
        }, cancellationToken: cancellationToken))];
    }
}
