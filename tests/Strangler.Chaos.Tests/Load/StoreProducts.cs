using System.Globalization;
using MySqlConnector;

namespace Strangler.Chaos.Tests.Load;

/// <summary>A product whose price is a number that only rises: an answer tells by it how old it is.</summary>
internal sealed class StoreProduct(long id, string sku, int attribute)
{
    private long _committed;
    private long _tried;

    public long Id { get; } = id;

    public string Sku { get; } = sku;

    public int Attribute { get; } = attribute;

    /// <summary>The newest price that the store has committed for certain.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>The newest price that may have been committed.</summary>
    public long Tried => Interlocked.Read(ref _tried);

    public long Next() => Interlocked.Increment(ref _tried);

    public void Commit(long price) => Interlocked.Exchange(ref _committed, price);
}

/// <summary>Chooses products of the demo store and gives them their first price.</summary>
internal static class StoreProducts
{
    private const string Simple =
        """
        select e.entity_id, e.sku, a.attribute_id from catalog_product_entity e
        join eav_attribute a on a.attribute_code = 'price' and a.entity_type_id = 4
        where e.type_id = 'simple' order by e.entity_id limit @count
        """;

    public static async Task<IReadOnlyList<StoreProduct>> PrepareAsync(StackHost stack, int count)
    {
        await using var connection = new MySqlConnection(stack.Database.ConnectionString("magento"));
        await connection.OpenAsync();
        var products = new List<StoreProduct>();
        await using (var command = new MySqlCommand(Simple, connection))
        {
            command.Parameters.AddWithValue("@count", count);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                products.Add(new StoreProduct(
                    Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture), reader.GetString(1), Convert.ToInt32(reader.GetValue(2), CultureInfo.InvariantCulture)));
            }
        }

        products.Should().HaveCount(count);
        foreach (var product in products)
        {
            await SetPriceAsync(connection, product, CancellationToken.None);
        }

        return products;
    }

    /// <summary>Lets guests read products by the web API, as a store's owner may: what they are answered may be kept for all.</summary>
    public static Task OpenToGuestsAsync(StackHost stack) => stack.Database.ExecuteAsync(
        "magento", "insert into core_config_data (scope, scope_id, path, value) values ('default', 0, 'webapi/webapisecurity/allow_insecure', '1')", CancellationToken.None);

    /// <summary>Gives the product its next price, as Magento would: a row of the price attribute for all stores.</summary>
    public static async Task SetPriceAsync(MySqlConnection connection, StoreProduct product, CancellationToken cancellationToken)
    {
        var price = product.Next();
        await using var command = new MySqlCommand(
            """
            insert into catalog_product_entity_decimal (attribute_id, store_id, entity_id, value) values (@attribute, 0, @id, @price)
            on duplicate key update value = @price
            """,
            connection);
        command.Parameters.AddWithValue("@attribute", product.Attribute);
        command.Parameters.AddWithValue("@id", product.Id);
        command.Parameters.AddWithValue("@price", price);
        await command.ExecuteNonQueryAsync(cancellationToken);
        product.Commit(price);
    }
}
