using Dapper;
using MySqlConnector;

namespace Strangler.Demo.Catalog;

/// <summary>Reads products with their EAV values.</summary>
internal sealed class ProductReader(MySqlDataSource database, AttributeDirectory attributes)
{
    private const string RowSql = """
        SELECT entity_id AS Id, attribute_set_id AS AttributeSetId, type_id AS TypeId, sku AS Sku, has_options AS HasOptions, required_options AS RequiredOptions,
               CAST(created_at AS CHAR) AS CreatedAt, CAST(updated_at AS CHAR) AS UpdatedAt
        FROM catalog_product_entity
        """;

    private const string ValueSql = """
        SELECT entity_id AS Id, attribute_id AS Attribute, store_id AS Store, value AS Value FROM catalog_product_entity_varchar WHERE entity_id IN @ids AND store_id IN (0, @store)
        UNION ALL SELECT entity_id, attribute_id, store_id, value FROM catalog_product_entity_text WHERE entity_id IN @ids AND store_id IN (0, @store)
        UNION ALL SELECT entity_id, attribute_id, store_id, CAST(value AS CHAR) FROM catalog_product_entity_int WHERE entity_id IN @ids AND store_id IN (0, @store)
        UNION ALL SELECT entity_id, attribute_id, store_id, CAST(value AS CHAR) FROM catalog_product_entity_decimal WHERE entity_id IN @ids AND store_id IN (0, @store)
        UNION ALL SELECT entity_id, attribute_id, store_id, CAST(value AS CHAR) FROM catalog_product_entity_datetime WHERE entity_id IN @ids AND store_id IN (0, @store)
        """;

    public async Task<int?> FindIdAsync(string sku, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
            "SELECT entity_id FROM catalog_product_entity WHERE sku = @sku ORDER BY entity_id LIMIT 1", new { sku }, cancellationToken: cancellationToken));
    }

    public async Task<ProductRecord?> FindAsync(int id, int store, CancellationToken cancellationToken) =>
        await ListAsync([id], store, cancellationToken) is [var product] ? product : null;

    /// <summary>The products with these ids, in the order of the ids; missing ones are left out.</summary>
    public async Task<IReadOnlyList<ProductRecord>> ListAsync(IReadOnlyCollection<int> ids, int store, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var known = await attributes.GetAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<ProductRow>(new CommandDefinition(RowSql + " WHERE entity_id IN @ids", new { ids }, cancellationToken: cancellationToken));
        var products = rows.ToDictionary(row => row.Id, row => new ProductRecord(row, known));
        var values = await connection.QueryAsync<(int Id, int Attribute, int Store, string? Value)>(new CommandDefinition(ValueSql, new { ids, store }, cancellationToken: cancellationToken));
        foreach (var value in values)
        {
            if (products.TryGetValue(value.Id, out var product))
            {
                product.Take(value.Attribute, value.Store, value.Value);
            }
        }

        return [.. ids.Where(products.ContainsKey).Select(id => products[id])];
    }
}
