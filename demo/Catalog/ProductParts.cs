using Dapper;
using MySqlConnector;

namespace Strangler.Demo.Catalog;

/// <summary>What hangs on products, each as the rows of one question.</summary>
internal sealed class ProductParts(MySqlDataSource database)
{
    public Task<IReadOnlyList<int>> WebsitesAsync(int product, CancellationToken cancellationToken) =>
        ListAsync<int>("SELECT website_id FROM catalog_product_website WHERE product_id = @product ORDER BY website_id", new { product }, cancellationToken);

    public Task<IReadOnlyList<CategoryLink>> CategoriesAsync(int product, CancellationToken cancellationToken) =>
        ListAsync<CategoryLink>("SELECT category_id AS CategoryId, position AS Position FROM catalog_category_product WHERE product_id = @product ORDER BY entity_id", new { product }, cancellationToken);

    public async Task<StockItem?> StockAsync(int product, CancellationToken cancellationToken)
    {
        var rows = await ListAsync<StockItem>("""
            SELECT item_id AS ItemId, product_id AS ProductId, qty AS Qty, is_in_stock AS IsInStock, is_qty_decimal AS IsQtyDecimal, use_config_min_qty AS UseConfigMinQty, min_qty AS MinQty,
                   use_config_min_sale_qty AS UseConfigMinSaleQty, min_sale_qty AS MinSaleQty, use_config_max_sale_qty AS UseConfigMaxSaleQty, max_sale_qty AS MaxSaleQty,
                   use_config_backorders AS UseConfigBackorders, backorders AS Backorders, use_config_notify_stock_qty AS UseConfigNotifyStockQty, notify_stock_qty AS NotifyStockQty,
                   use_config_qty_increments AS UseConfigQtyIncrements, qty_increments AS QtyIncrements, use_config_enable_qty_inc AS UseConfigEnableQtyInc,
                   enable_qty_increments AS EnableQtyIncrements, use_config_manage_stock AS UseConfigManageStock, manage_stock AS ManageStock,
                   CAST(low_stock_date AS CHAR) AS LowStockDate, is_decimal_divided AS IsDecimalDivided, stock_status_changed_auto AS StockStatusChangedAuto
            FROM cataloginventory_stock_item WHERE product_id = @product AND stock_id = 1
            """, new { product }, cancellationToken);
        return rows.Count > 0 ? rows[0] : null;
    }

    public Task<IReadOnlyList<ProductLink>> LinksAsync(int product, CancellationToken cancellationToken) =>
        ListAsync<ProductLink>("""
            SELECT t.code AS Code, l.linked_product_id AS LinkedId, e.sku AS Sku, e.type_id AS TypeId, COALESCE(p.value, 0) AS Position, q.value AS Qty
            FROM catalog_product_link l
            JOIN catalog_product_link_type t ON t.link_type_id = l.link_type_id
            JOIN catalog_product_entity e ON e.entity_id = l.linked_product_id
            LEFT JOIN catalog_product_link_attribute pa ON pa.link_type_id = l.link_type_id AND pa.product_link_attribute_code = 'position'
            LEFT JOIN catalog_product_link_attribute_int p ON p.link_id = l.link_id AND p.product_link_attribute_id = pa.product_link_attribute_id
            LEFT JOIN catalog_product_link_attribute qa ON qa.link_type_id = l.link_type_id AND qa.product_link_attribute_code = 'qty'
            LEFT JOIN catalog_product_link_attribute_decimal q ON q.link_id = l.link_id AND q.product_link_attribute_id = qa.product_link_attribute_id
            WHERE l.product_id = @product
            ORDER BY FIELD(t.code, 'relation', 'cross_sell', 'up_sell', 'super'), COALESCE(p.value, 0), l.link_id
            """, new { product }, cancellationToken);

    public Task<IReadOnlyList<GalleryEntry>> GalleryAsync(int product, int store, CancellationToken cancellationToken) =>
        ListAsync<GalleryEntry>("""
            SELECT g.value_id AS Id, g.media_type AS MediaType, g.value AS File, COALESCE(s.label, d.label) AS Label, COALESCE(s.position, d.position) AS Position,
                   COALESCE(s.disabled, d.disabled, 0) AS Disabled
            FROM catalog_product_entity_media_gallery_value_to_entity m
            JOIN catalog_product_entity_media_gallery g ON g.value_id = m.value_id AND g.disabled = 0
            LEFT JOIN catalog_product_entity_media_gallery_value d ON d.value_id = g.value_id AND d.entity_id = m.entity_id AND d.store_id = 0
            LEFT JOIN catalog_product_entity_media_gallery_value s ON s.value_id = g.value_id AND s.entity_id = m.entity_id AND s.store_id = @store AND @store <> 0
            WHERE m.entity_id = @product ORDER BY COALESCE(s.position, d.position) IS NULL, COALESCE(s.position, d.position), g.value_id
            """, new { product, store }, cancellationToken);

    public Task<IReadOnlyList<TierPrice>> TierPricesAsync(int product, CancellationToken cancellationToken) =>
        ListAsync<TierPrice>("""
            SELECT all_groups AS AllGroups, customer_group_id AS GroupId, qty AS Qty, value AS Value, website_id AS WebsiteId, percentage_value AS Percentage
            FROM catalog_product_entity_tier_price WHERE entity_id = @product ORDER BY qty, value_id
            """, new { product }, cancellationToken);

    public Task<IReadOnlyList<SuperAttribute>> SuperAttributesAsync(int product, CancellationToken cancellationToken) =>
        ListAsync<SuperAttribute>("""
            SELECT s.product_super_attribute_id AS Id, s.attribute_id AS AttributeId, s.position AS Position, COALESCE(l.value, a.frontend_label) AS Label
            FROM catalog_product_super_attribute s JOIN eav_attribute a ON a.attribute_id = s.attribute_id
            LEFT JOIN catalog_product_super_attribute_label l ON l.product_super_attribute_id = s.product_super_attribute_id AND l.store_id = 0
            WHERE s.product_id = @product ORDER BY s.position, s.attribute_id
            """, new { product }, cancellationToken);

    public Task<IReadOnlyList<Variant>> VariantsAsync(int product, CancellationToken cancellationToken) =>
        ListAsync<Variant>("""
            SELECT l.product_id AS ProductId, s.attribute_id AS AttributeId, v.value AS OptionId
            FROM catalog_product_super_link l
            JOIN catalog_product_super_attribute s ON s.product_id = l.parent_id
            JOIN catalog_product_entity_int v ON v.entity_id = l.product_id AND v.attribute_id = s.attribute_id AND v.store_id = 0
            WHERE l.parent_id = @product ORDER BY l.product_id, s.position
            """, new { product }, cancellationToken);

    public Task<IReadOnlyList<CustomOption>> CustomOptionsAsync(int product, int store, CancellationToken cancellationToken) =>
        ListAsync<CustomOption>("""
            SELECT o.option_id AS Id, o.type AS Type, o.is_require AS IsRequired, o.sku AS Sku, o.max_characters AS MaxCharacters, o.sort_order AS SortOrder,
                   COALESCE(ts.title, td.title) AS Title, COALESCE(ps.price, pd.price) AS Price, COALESCE(ps.price_type, pd.price_type) AS PriceType
            FROM catalog_product_option o
            LEFT JOIN catalog_product_option_title td ON td.option_id = o.option_id AND td.store_id = 0
            LEFT JOIN catalog_product_option_title ts ON ts.option_id = o.option_id AND ts.store_id = @store
            LEFT JOIN catalog_product_option_price pd ON pd.option_id = o.option_id AND pd.store_id = 0
            LEFT JOIN catalog_product_option_price ps ON ps.option_id = o.option_id AND ps.store_id = @store
            WHERE o.product_id = @product ORDER BY o.sort_order, COALESCE(ts.title, td.title)
            """, new { product, store }, cancellationToken);

    public Task<IReadOnlyList<CustomOptionValue>> CustomOptionValuesAsync(int product, int store, CancellationToken cancellationToken) =>
        ListAsync<CustomOptionValue>("""
            SELECT v.option_type_id AS Id, v.option_id AS OptionId, v.sku AS Sku, v.sort_order AS SortOrder, COALESCE(ts.title, td.title) AS Title,
                   COALESCE(ps.price, pd.price, 0) AS Price, COALESCE(ps.price_type, pd.price_type, 'fixed') AS PriceType
            FROM catalog_product_option_type_value v JOIN catalog_product_option o ON o.option_id = v.option_id
            LEFT JOIN catalog_product_option_type_title td ON td.option_type_id = v.option_type_id AND td.store_id = 0
            LEFT JOIN catalog_product_option_type_title ts ON ts.option_type_id = v.option_type_id AND ts.store_id = @store
            LEFT JOIN catalog_product_option_type_price pd ON pd.option_type_id = v.option_type_id AND pd.store_id = 0
            LEFT JOIN catalog_product_option_type_price ps ON ps.option_type_id = v.option_type_id AND ps.store_id = @store
            WHERE o.product_id = @product ORDER BY v.sort_order, COALESCE(ts.title, td.title)
            """, new { product, store }, cancellationToken);

    public Task<IReadOnlyList<BundleOption>> BundleOptionsAsync(int product, int store, CancellationToken cancellationToken) =>
        ListAsync<BundleOption>("""
            SELECT o.option_id AS Id, o.required AS IsRequired, o.position AS Position, o.type AS Type, COALESCE(s.title, d.title) AS Title
            FROM catalog_product_bundle_option o
            LEFT JOIN catalog_product_bundle_option_value d ON d.option_id = o.option_id AND d.store_id = 0
            LEFT JOIN catalog_product_bundle_option_value s ON s.option_id = o.option_id AND s.store_id = @store AND @store <> 0
            WHERE o.parent_id = @product ORDER BY o.position, o.option_id
            """, new { product, store }, cancellationToken);

    public Task<IReadOnlyList<BundleSelection>> BundleSelectionsAsync(int product, CancellationToken cancellationToken) =>
        ListAsync<BundleSelection>("""
            SELECT b.selection_id AS Id, b.option_id AS OptionId, b.product_id AS ProductId, e.sku AS Sku, b.selection_qty AS Qty, b.position AS Position, b.is_default AS IsDefault,
                   b.selection_can_change_qty AS CanChangeQty
            FROM catalog_product_bundle_selection b JOIN catalog_product_entity e ON e.entity_id = b.product_id
            WHERE b.parent_product_id = @product ORDER BY b.option_id, b.position, b.selection_id
            """, new { product }, cancellationToken);

    public Task<IReadOnlyList<Download>> DownloadLinksAsync(int product, CancellationToken cancellationToken) =>
        ListAsync<Download>("""
            SELECT l.link_id AS Id, t.title AS Title, l.sort_order AS SortOrder, l.is_shareable AS IsShareable, COALESCE(p.price, 0) AS Price,
                   l.number_of_downloads AS NumberOfDownloads, l.link_type AS Type, l.link_file AS File, l.sample_type AS SampleType
            FROM downloadable_link l
            LEFT JOIN downloadable_link_title t ON t.link_id = l.link_id AND t.store_id = 0
            LEFT JOIN downloadable_link_price p ON p.link_id = l.link_id AND p.website_id = 0
            WHERE l.product_id = @product ORDER BY l.sort_order, l.link_id
            """, new { product }, cancellationToken);

    public Task<IReadOnlyList<Download>> DownloadSamplesAsync(int product, CancellationToken cancellationToken) =>
        ListAsync<Download>("""
            SELECT s.sample_id AS Id, t.title AS Title, s.sort_order AS SortOrder, s.sample_type AS Type, s.sample_file AS File
            FROM downloadable_sample s LEFT JOIN downloadable_sample_title t ON t.sample_id = s.sample_id AND t.store_id = 0
            WHERE s.product_id = @product ORDER BY s.sort_order, s.sample_id
            """, new { product }, cancellationToken);

    public Task<IReadOnlyList<OptionLabel>> OptionLabelsAsync(IReadOnlyCollection<int> options, int store, CancellationToken cancellationToken) =>
        ListAsync<OptionLabel>("""
            SELECT o.option_id AS Id, COALESCE(s.value, d.value) AS Label, w.value AS Swatch
            FROM eav_attribute_option o
            LEFT JOIN eav_attribute_option_value d ON d.option_id = o.option_id AND d.store_id = 0
            LEFT JOIN eav_attribute_option_value s ON s.option_id = o.option_id AND s.store_id = @store AND @store <> 0
            LEFT JOIN eav_attribute_option_swatch w ON w.option_id = o.option_id AND w.store_id = 0
            WHERE o.option_id IN @options ORDER BY o.sort_order
            """, new { options, store }, cancellationToken);

    private async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))];
    }
}
