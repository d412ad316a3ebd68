using MySqlConnector;

namespace Strangler.Catalog.Products;

/// <summary>The products that a product's document shows something of: itself, its children and selections, and those it links to.</summary>
internal static class ProductTags
{
    // Read after the document, perhaps from a later state of the mirror: whoever adds or takes away one of these changes the product itself.
    private const string Sql = """
        SELECT product_id FROM catalog_product_super_link WHERE parent_id = @id
        UNION SELECT product_id FROM catalog_product_bundle_selection WHERE parent_product_id = @id
        UNION SELECT linked_product_id FROM catalog_product_link WHERE product_id = @id
        """;

    public static async Task<IReadOnlyCollection<int>> ReadAsync(MySqlConnection connection, int productId, int timeoutSeconds, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(Sql, connection) { CommandTimeout = timeoutSeconds };
        command.Parameters.Add(new MySqlParameter("@id", MySqlDbType.Int32) { Value = productId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var products = new SortedSet<int> { productId };
        while (await reader.ReadAsync(cancellationToken))
        {
            products.Add(reader.GetInt32(0));
        }

        return products;
    }
}
