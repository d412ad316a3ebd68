using System.Globalization;
using System.Text.Json;
using MySqlConnector;

namespace Strangler.Catalog.ReadModel.Rows;

/// <summary>
/// Reads a batch of products from the mirror: the ids go into a temporary table once, every query joins it. So the number of
/// queries depends on the kinds of rows, never on the number of products.
/// </summary>
internal static partial class ProductBatchReader
{
    /// <summary>Makes the connection's temporary table; outside of a transaction, which some servers ask for.</summary>
    public static async Task PrepareAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = """
            CREATE TEMPORARY TABLE IF NOT EXISTS projection_batch (entity_id int unsigned NOT NULL PRIMARY KEY) ENGINE=InnoDB
            """;
        await using var command = new MySqlCommand(Sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<ProductBatch> ReadAsync(
        MirrorQuery query, CatalogStructure structure, IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        await FillAsync(query, ids, cancellationToken);
        var batch = new ProductBatch();
        await ReadProductsAsync(query, structure, batch, cancellationToken);
        await ReadValuesAsync(query, batch, cancellationToken);
        await ReadMembershipAsync(query, batch, cancellationToken);
        await ReadStockAsync(query, batch, cancellationToken);
        await ReadLinksAsync(query, batch, cancellationToken);
        await ReadTierPricesAsync(query, batch, cancellationToken);
        await ReadMediaAsync(query, batch, cancellationToken);
        var types = batch.Products.Select(product => product.TypeId).ToHashSet(StringComparer.Ordinal);
        await ReadOptionsAsync(query, batch, cancellationToken);
        if (types.Contains(ProductTypes.Configurable))
        {
            await ReadConfigurablesAsync(query, batch, cancellationToken);
        }

        if (types.Contains(ProductTypes.Bundle))
        {
            await ReadBundlesAsync(query, batch, cancellationToken);
        }

        if (types.Contains(ProductTypes.Grouped))
        {
            await ReadGroupedAsync(query, batch, cancellationToken);
        }

        if (types.Contains(ProductTypes.Downloadable))
        {
            await ReadDownloadablesAsync(query, batch, cancellationToken);
        }

        return batch;
    }

    private static async Task FillAsync(MirrorQuery query, IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        const string Sql = """
            DELETE FROM projection_batch;
            INSERT INTO projection_batch (entity_id)
            SELECT DISTINCT id FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id int unsigned PATH '$')) requested;
            """;
        await using var command = new MySqlCommand(Sql, query.Connection, query.Transaction);
        command.Parameters.AddWithValue("@ids", JsonSerializer.Serialize(ids));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ReadProductsAsync(
        MirrorQuery query, CatalogStructure structure, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT e.entity_id, e.attribute_set_id, e.type_id, e.sku, CAST(e.has_options AS CHAR), CAST(e.required_options AS CHAR),
                   CAST(e.created_at AS CHAR), CAST(e.updated_at AS CHAR)
            FROM projection_batch b JOIN catalog_product_entity e ON e.entity_id = b.entity_id
            """,
            row => batch.Products.Add(new ProductRow(
                row.GetInt32(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6),
                row.GetString(7))),
            cancellationToken);
        if (structure.ExtraStaticCodes.Count > 0)
        {
            await ReadStaticsAsync(query, structure, batch, cancellationToken);
        }
    }

    // Columns other modules added are not known by name beforehand; the driver's value is turned into the text the store's driver gives.
    private static async Task ReadStaticsAsync(
        MirrorQuery query, CatalogStructure structure, ProductBatch batch, CancellationToken cancellationToken)
    {
        var products = batch.Products.ToDictionary(product => product.Id);
        await query.ReadAsync(
            "SELECT e.* FROM projection_batch b JOIN catalog_product_entity e ON e.entity_id = b.entity_id",
            row =>
            {
                var statics = new Dictionary<string, string?>(StringComparer.Ordinal);
                for (var column = 0; column < row.FieldCount; column++)
                {
                    if (structure.ExtraStaticCodes.Contains(row.GetName(column)))
                    {
                        statics[row.GetName(column)] = row.IsDBNull(column) ? null : DriverText(row.GetValue(column));
                    }
                }

                products[row.GetInt32(row.GetOrdinal("entity_id"))].Statics = statics;
            },
            cancellationToken);
    }

    private static string? DriverText(object value) => value switch
    {
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        bool flag => flag ? "1" : "0",
        byte[] bytes => System.Text.Encoding.UTF8.GetString(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static async Task ReadValuesAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        string[] statements =
        [
            """
            SELECT v.entity_id, v.attribute_id, v.store_id, v.value
            FROM projection_batch b JOIN catalog_product_entity_varchar v ON v.entity_id = b.entity_id
            """,
            """
            SELECT v.entity_id, v.attribute_id, v.store_id, v.value
            FROM projection_batch b JOIN catalog_product_entity_text v ON v.entity_id = b.entity_id
            """,
            """
            SELECT v.entity_id, v.attribute_id, v.store_id, CAST(v.value AS CHAR)
            FROM projection_batch b JOIN catalog_product_entity_int v ON v.entity_id = b.entity_id
            """,
            """
            SELECT v.entity_id, v.attribute_id, v.store_id, CAST(v.value AS CHAR)
            FROM projection_batch b JOIN catalog_product_entity_decimal v ON v.entity_id = b.entity_id
            """,
            """
            SELECT v.entity_id, v.attribute_id, v.store_id, CAST(v.value AS CHAR)
            FROM projection_batch b JOIN catalog_product_entity_datetime v ON v.entity_id = b.entity_id
            """,
        ];
        foreach (var statement in statements)
        {
            await query.ReadAsync(
                statement,
                row => batch.Values.Add(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.Text(3)),
                cancellationToken);
        }
    }

    private static async Task ReadMembershipAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken)
    {
        await query.ReadAsync(
            """
            SELECT w.product_id, w.website_id FROM projection_batch b JOIN catalog_product_website w ON w.product_id = b.entity_id
            ORDER BY w.product_id, w.website_id
            """,
            row => batch.Websites.Add(row.GetInt32(0), row.GetInt32(1)),
            cancellationToken);
        await query.ReadAsync(
            """
            SELECT c.product_id, c.category_id, c.position
            FROM projection_batch b JOIN catalog_category_product c ON c.product_id = b.entity_id
            ORDER BY c.product_id, c.entity_id
            """,
            row => batch.Categories.Add(row.GetInt32(0), new CategoryRow(row.GetInt32(1), row.GetInt32(2))),
            cancellationToken);
    }

    private static Task ReadTierPricesAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken) => query.ReadAsync(
        """
        SELECT t.entity_id, t.customer_group_id, t.all_groups, t.qty, t.value, t.percentage_value, t.website_id
        FROM projection_batch b JOIN catalog_product_entity_tier_price t ON t.entity_id = b.entity_id
        ORDER BY t.entity_id, t.qty, t.value_id
        """,
        row => batch.TierPrices.Add(row.GetInt32(0), new TierPriceRow(
            row.GetInt32(1), row.Flag(2), row.Number(3) ?? 0, row.Number(4) ?? 0, row.Number(5), row.GetInt32(6))),
        cancellationToken);

    private static Task ReadLinksAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken) => query.ReadAsync(
        """
        SELECT l.product_id, l.link_type_id, l.linked_product_id, e.sku, e.type_id, p.value, q.value, e.required_options
        FROM projection_batch b
        JOIN catalog_product_link l ON l.product_id = b.entity_id
        JOIN catalog_product_entity e ON e.entity_id = l.linked_product_id
        LEFT JOIN catalog_product_link_attribute pa
          ON pa.link_type_id = l.link_type_id AND pa.product_link_attribute_code = 'position'
        LEFT JOIN catalog_product_link_attribute_int p
          ON p.link_id = l.link_id AND p.product_link_attribute_id = pa.product_link_attribute_id
        LEFT JOIN catalog_product_link_attribute qa
          ON qa.link_type_id = l.link_type_id AND qa.product_link_attribute_code = 'qty'
        LEFT JOIN catalog_product_link_attribute_decimal q
          ON q.link_id = l.link_id AND q.product_link_attribute_id = qa.product_link_attribute_id
        ORDER BY l.product_id, l.link_type_id, l.linked_product_id
        """,
        row => batch.Links.Add(row.GetInt32(0), new LinkRow(
            row.GetInt32(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.Integer(5), row.Number(6), row.GetInt32(7) == 1)),
        cancellationToken);

    private static Task ReadStockAsync(MirrorQuery query, ProductBatch batch, CancellationToken cancellationToken) => query.ReadAsync(
        """
        SELECT s.product_id, s.item_id, s.stock_id, s.qty, s.min_qty, s.use_config_min_qty, s.is_qty_decimal, s.backorders,
               s.use_config_backorders, s.min_sale_qty, s.use_config_min_sale_qty, s.max_sale_qty, s.use_config_max_sale_qty,
               s.is_in_stock, CAST(s.low_stock_date AS CHAR), s.notify_stock_qty, s.use_config_notify_stock_qty, s.manage_stock,
               s.use_config_manage_stock, s.stock_status_changed_auto, s.use_config_qty_increments, s.qty_increments,
               s.use_config_enable_qty_inc, s.enable_qty_increments, s.is_decimal_divided
        FROM projection_batch b JOIN cataloginventory_stock_item s ON s.product_id = b.entity_id AND s.stock_id = 1
        """,
        row => batch.StockItems.Add(row.GetInt32(0), new StockItemRow(
            row.GetInt32(1), row.GetInt32(2), row.Number(3), row.Number(4) ?? 0, row.Flag(5), row.Flag(6), row.GetInt32(7), row.Flag(8),
            row.Number(9) ?? 0, row.GetInt32(10), row.Number(11) ?? 0, row.Flag(12), row.Flag(13), row.Text(14), row.Number(15), row.Flag(16),
            row.Flag(17), row.Flag(18), row.GetInt32(19), row.Flag(20), row.Number(21) ?? 0, row.Flag(22), row.Flag(23), row.Flag(24))),
        cancellationToken);
}
