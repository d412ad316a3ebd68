using System.Data.Common;
using Dapper;

namespace Strangler.Demo.Catalog;

/// <summary>Writes the legacy stock row and, as Magento's plugin does, the same quantity to the default source.</summary>
internal static class StockWriter
{
    public static Task CreateAsync(int product, DbTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            INSERT INTO cataloginventory_stock_item (product_id, stock_id, qty, is_in_stock, manage_stock) VALUES (@product, 1, 0, 0, 1);
            INSERT INTO cataloginventory_stock_status (product_id, website_id, stock_id, qty, stock_status) VALUES (@product, 0, 1, 0, 0)
            """, new { product }, transaction, cancellationToken: cancellationToken));

    public static async Task WriteAsync(int product, decimal? qty, bool? isInStock, DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (qty is null && isInStock is null)
        {
            return;
        }

        await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            UPDATE cataloginventory_stock_item
            SET low_stock_date = IF(COALESCE(@qty, qty) < 1, COALESCE(low_stock_date, UTC_TIMESTAMP()), NULL), qty = COALESCE(@qty, qty), is_in_stock = COALESCE(@isInStock, is_in_stock)
            WHERE product_id = @product AND stock_id = 1;
            UPDATE cataloginventory_stock_status s JOIN cataloginventory_stock_item i ON i.product_id = s.product_id AND i.stock_id = s.stock_id
            SET s.qty = i.qty, s.stock_status = i.is_in_stock WHERE s.product_id = @product AND s.stock_id = 1;
            INSERT INTO inventory_source_item (source_code, sku, quantity, status)
            SELECT 'default', e.sku, i.qty, i.is_in_stock FROM catalog_product_entity e JOIN cataloginventory_stock_item i ON i.product_id = e.entity_id AND i.stock_id = 1
            WHERE e.entity_id = @product AND e.type_id IN ('simple', 'virtual', 'downloadable')
            ON DUPLICATE KEY UPDATE quantity = VALUES(quantity), status = VALUES(status)
            """, new { product, qty, isInStock }, transaction, cancellationToken: cancellationToken));
    }
}
