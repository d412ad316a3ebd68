using System.Data.Common;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Catalog;

/// <summary>
/// Saves products as Magento does: several statements in one transaction, <c>updated_at</c> moved, values spread over the
/// stores their scope reaches, legacy stock carried to the default source, open quotes marked, cached pages cleaned after.
/// </summary>
internal sealed class ProductWriter(MySqlDataSource database, AttributeDirectory attributes, StoreDirectory stores, PageCache cache, CategoryReader categories)
{
    public async Task SaveAsync(ProductChange change, CancellationToken cancellationToken)
    {
        var known = await attributes.GetAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await WriteAsync(change, known, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await CleanAsync(change.ProductId, connection, cancellationToken);
    }

    /// <summary>Makes a product with its first values and returns its id.</summary>
    public async Task<int> CreateAsync(string sku, string typeId, int attributeSet, Func<int, ProductChange> describe, CancellationToken cancellationToken)
    {
        var known = await attributes.GetAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var id = await connection.ExecuteScalarAsync<int>(new CommandDefinition("""
            INSERT INTO catalog_product_entity (attribute_set_id, type_id, sku, has_options, required_options) VALUES (@attributeSet, @typeId, @sku, 0, 0);
            SELECT LAST_INSERT_ID()
            """, new { attributeSet, typeId, sku }, transaction, cancellationToken: cancellationToken));
        await StockWriter.CreateAsync(id, transaction, cancellationToken);
        await WriteAsync(describe(id), known, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await CleanAsync(id, connection, cancellationToken);
        return id;
    }

    /// <summary>Deletes a product; its values go by cascade, its rewrites and stock by hand.</summary>
    public async Task DeleteAsync(int id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await CleanAsync(id, connection, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition("""
            DELETE FROM url_rewrite WHERE entity_type = 'product' AND entity_id = @id;
            DELETE FROM cataloginventory_stock_status WHERE product_id = @id;
            DELETE FROM catalog_product_entity WHERE entity_id = @id
            """, new { id }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task WriteAsync(ProductChange change, AttributeCatalog known, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE catalog_product_entity SET updated_at = UTC_TIMESTAMP() WHERE entity_id = @ProductId", change, transaction, cancellationToken: cancellationToken));
        var urlKey = change.Values.GetValueOrDefault("url_key");
        foreach (var (code, value) in change.Values)
        {
            if (known.ByCode.TryGetValue(code, out var attribute) && attribute.Backend != "static")
            {
                foreach (var store in await ReachAsync(attribute, change.StoreId, cancellationToken))
                {
                    await SetAsync(change.ProductId, attribute, store, value, transaction, cancellationToken);
                }
            }
        }

        foreach (var code in change.UseDefault.Where(_ => change.StoreId != StoreView.AdminId))
        {
            var attribute = known.ByCode[code];
            foreach (var store in await ReachAsync(attribute, change.StoreId, cancellationToken))
            {
                await UnsetAsync(change.ProductId, attribute, store, transaction, cancellationToken);
            }
        }

        await WriteLinksAsync(change, transaction, cancellationToken);
        if (urlKey is not null)
        {
            await WriteRewritesAsync(change, urlKey, transaction, cancellationToken);
        }

        await StockWriter.WriteAsync(change.ProductId, change.Qty, change.IsInStock, transaction, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition("""
            UPDATE quote SET trigger_recollect = 1 WHERE is_active = 1 AND entity_id IN (SELECT quote_id FROM quote_item WHERE product_id = @ProductId)
            """, change, transaction, cancellationToken: cancellationToken));
    }

    // Global values live in store 0, website values in every view of the website, store values in the view.
    private async Task<IEnumerable<int>> ReachAsync(AttributeRow attribute, int store, CancellationToken cancellationToken)
    {
        if (store == StoreView.AdminId || attribute.Scope == 1)
        {
            return [StoreView.AdminId];
        }

        if (attribute.Scope == 0)
        {
            return [store];
        }

        var website = (await stores.GetAsync(store, cancellationToken)).WebsiteId;
        return (await stores.AllAsync(cancellationToken)).Where(view => view.WebsiteId == website).Select(view => view.Id);
    }

    private static async Task SetAsync(int product, AttributeRow attribute, int store, string? value, DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (value is null || (store != StoreView.AdminId && await IsDefaultAsync(product, attribute, value, transaction, cancellationToken)))
        {
            await UnsetAsync(product, attribute, store, transaction, cancellationToken);
            return;
        }

        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            $"INSERT INTO {TableOf(attribute)} (attribute_id, store_id, entity_id, value) VALUES (@Id, @store, @product, @value) ON DUPLICATE KEY UPDATE value = VALUES(value)",
            new { attribute.Id, store, product, value }, transaction, cancellationToken: cancellationToken));
    }

    // A view whose value is the default's has no row of its own.
    private static async Task<bool> IsDefaultAsync(int product, AttributeRow attribute, string value, DbTransaction transaction, CancellationToken cancellationToken) =>
        await transaction.Connection!.ExecuteScalarAsync<int>(new CommandDefinition(
            $"SELECT COUNT(*) FROM {TableOf(attribute)} WHERE attribute_id = @Id AND store_id = 0 AND entity_id = @product AND value = {(attribute.Backend is "varchar" or "text" ? "BINARY " : "")}@value",
            new { attribute.Id, product, value }, transaction, cancellationToken: cancellationToken)) > 0;

    private static Task<int> UnsetAsync(int product, AttributeRow attribute, int store, DbTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            $"DELETE FROM {TableOf(attribute)} WHERE attribute_id = @Id AND store_id = @store AND entity_id = @product",
            new { attribute.Id, store, product }, transaction, cancellationToken: cancellationToken));

    private static string TableOf(AttributeRow attribute) => attribute.Backend switch
    {
        "varchar" => "catalog_product_entity_varchar",
        "int" => "catalog_product_entity_int",
        "text" => "catalog_product_entity_text",
        "decimal" => "catalog_product_entity_decimal",
        "datetime" => "catalog_product_entity_datetime",
        _ => throw new InvalidOperationException($"Attribute {attribute.Code} has no value table: its backend is {attribute.Backend}."),
    };

    private static async Task WriteLinksAsync(ProductChange change, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        if (change.WebsiteIds is { } websites)
        {
            await connection.ExecuteAsync(new CommandDefinition("DELETE FROM catalog_product_website WHERE product_id = @ProductId", change, transaction, cancellationToken: cancellationToken));
            await connection.ExecuteAsync(new CommandDefinition("INSERT INTO catalog_product_website (product_id, website_id) VALUES (@ProductId, @Website)",
                websites.Select(website => new { change.ProductId, Website = website }), transaction, cancellationToken: cancellationToken));
        }

        if (change.Categories is { } links)
        {
            await connection.ExecuteAsync(new CommandDefinition("DELETE FROM catalog_category_product WHERE product_id = @ProductId", change, transaction, cancellationToken: cancellationToken));
            await connection.ExecuteAsync(new CommandDefinition("INSERT INTO catalog_category_product (category_id, product_id, position) VALUES (@CategoryId, @ProductId, @Position)",
                links.Select(link => new { link.CategoryId, change.ProductId, link.Position }), transaction, cancellationToken: cancellationToken));
        }
    }

    // The default scope names the product in every view that has no key of its own.
    private async Task WriteRewritesAsync(ProductChange change, string urlKey, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        var urlKeyId = (await attributes.GetAsync(cancellationToken)).Id("url_key");
        var own = (await connection.QueryAsync<int>(new CommandDefinition(
            "SELECT store_id FROM catalog_product_entity_varchar WHERE entity_id = @ProductId AND attribute_id = @urlKeyId AND store_id <> 0",
            new { change.ProductId, urlKeyId }, transaction, cancellationToken: cancellationToken))).ToHashSet();
        var websites = (await connection.QueryAsync<int>(new CommandDefinition(
            "SELECT website_id FROM catalog_product_website WHERE product_id = @ProductId", change, transaction, cancellationToken: cancellationToken))).ToHashSet();
        foreach (var view in (await stores.AllAsync(cancellationToken)).Where(view => view.Id != StoreView.AdminId && websites.Contains(view.WebsiteId)
            && (change.StoreId == view.Id || (change.StoreId == StoreView.AdminId && !own.Contains(view.Id)))))
        {
            await connection.ExecuteAsync(new CommandDefinition("""
                DELETE FROM url_rewrite WHERE entity_type = 'product' AND entity_id = @ProductId AND store_id = @Store AND redirect_type = 0;
                INSERT INTO url_rewrite (entity_type, entity_id, request_path, target_path, redirect_type, store_id, is_autogenerated)
                VALUES ('product', @ProductId, @Path, @Target, 0, @Store, 1)
                """, new { change.ProductId, Store = view.Id, Path = urlKey + ".html", Target = $"catalog/product/view/id/{change.ProductId}" }, transaction, cancellationToken: cancellationToken));
        }
    }

    private async Task CleanAsync(int product, MySqlConnection connection, CancellationToken cancellationToken)
    {
        var related = await connection.QueryAsync<string>(new CommandDefinition("""
            SELECT CONCAT('cat_p_', parent_id) FROM catalog_product_relation WHERE child_id = @product
            UNION ALL SELECT CONCAT('cat_c_p_', category_id) FROM catalog_category_product WHERE product_id = @product
            """, new { product }, cancellationToken: cancellationToken));
        categories.ForgetCounts();
        cache.Clean([.. related, $"cat_p_{product}"]);
    }
}
