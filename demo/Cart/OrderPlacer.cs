using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Catalog;
using Strangler.Demo.Generation;

namespace Strangler.Demo.Cart;

/// <summary>
/// Turns a cart into an order the way Magento does: a number from the store's sequence, a reservation for every SKU, then
/// order, addresses, items, payment, history and grid row, and the quote set inactive.
/// </summary>
internal sealed class OrderPlacer(MySqlDataSource database, CartService carts)
{
    private const string ShippingMethod = "flatrate_flatrate";

    /// <summary>Writes address and shipping method to the quote and collects its totals.</summary>
    public async Task SetShippingAsync(int quoteId, CheckoutAddress address, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await WriteAddressAsync(quoteId, address, transaction, cancellationToken);
        await CartService.CollectAsync(quoteId, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The order's id and number.</summary>
    public async Task<(int OrderId, string Number)> PlaceAsync(CartView cart, CheckoutAddress address, string paymentMethod, string? remoteIp, string? forwardedFor, CancellationToken cancellationToken)
    {
        var store = await carts.StoreAsync(cart, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await WriteAddressAsync(cart.QuoteId, address, transaction, cancellationToken);
        await CartService.CollectAsync(cart.QuoteId, transaction, cancellationToken);
        var number = OrderPlan.NumberOf(store.Id, await NextNumberAsync(store.Id, transaction, cancellationToken));
        await ReserveAsync(cart.QuoteId, store, number, transaction, cancellationToken);
        var orderId = await InsertOrderAsync(cart.QuoteId, store, number, remoteIp, forwardedFor, transaction, cancellationToken);
        await InsertPartsAsync(cart.QuoteId, orderId, paymentMethod, transaction, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition("UPDATE quote SET is_active = 0, reserved_order_id = @number WHERE entity_id = @QuoteId", new { cart.QuoteId, number }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return (orderId, number);
    }

    private static Task<int> WriteAddressAsync(int quoteId, CheckoutAddress address, DbTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            UPDATE quote_address SET email = @Email, firstname = @FirstName, lastname = @LastName, street = @Street, city = @City, postcode = @Postcode, country_id = @CountryId,
                telephone = @Telephone, region = @Region, shipping_method = IF(address_type = 'shipping', @ShippingMethod, NULL),
                shipping_description = IF(address_type = 'shipping', 'Flat Rate - Fixed', NULL)
            WHERE quote_id = @quoteId;
            UPDATE quote SET customer_email = @Email, customer_firstname = @FirstName, customer_lastname = @LastName WHERE entity_id = @quoteId
            """, new
        {
            quoteId,
            ShippingMethod,
            address.Email,
            address.FirstName,
            address.LastName,
            address.Street,
            address.City,
            address.Postcode,
            address.CountryId,
            address.Telephone,
            address.Region,
        }, transaction, cancellationToken: cancellationToken));

    private static async Task<int> NextNumberAsync(int store, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var sql = store switch
        {
            StoreIds.German => "INSERT INTO sequence_order_2 VALUES (); SELECT LAST_INSERT_ID()",
            StoreIds.Outlet => "INSERT INTO sequence_order_3 VALUES (); SELECT LAST_INSERT_ID()",
            _ => "INSERT INTO sequence_order_1 VALUES (); SELECT LAST_INSERT_ID()",
        };
        return await transaction.Connection!.ExecuteScalarAsync<int>(new CommandDefinition(sql, transaction: transaction, cancellationToken: cancellationToken));
    }

    private static Task<int> ReserveAsync(int quoteId, StoreView store, string number, DbTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            INSERT INTO inventory_reservation (stock_id, sku, quantity, metadata)
            SELECT (SELECT stock_id FROM inventory_stock_sales_channel WHERE type = 'website' AND code = @WebsiteCode), i.sku, -SUM(i.qty * COALESCE(p.qty, 1)), @Metadata
            FROM quote_item i LEFT JOIN quote_item p ON p.item_id = i.parent_item_id
            WHERE i.quote_id = @quoteId AND i.product_type IN ('simple', 'virtual', 'downloadable') GROUP BY i.sku
            """, new
        {
            quoteId,
            store.WebsiteCode,
            Metadata = $"{{\"event_type\":\"order_placed\",\"object_type\":\"order\",\"object_id\":\"\",\"object_increment_id\":\"{number}\"}}",
        }, transaction, cancellationToken: cancellationToken));

    private static Task<int> InsertOrderAsync(
        int quoteId, StoreView store, string number, string? remoteIp, string? forwardedFor, DbTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteScalarAsync<int>(new CommandDefinition("""
            INSERT INTO sales_order (state, status, protect_code, shipping_description, is_virtual, store_id, customer_id, base_discount_amount, discount_amount, base_grand_total, grand_total,
                base_shipping_amount, shipping_amount, base_subtotal, subtotal, base_tax_amount, tax_amount, base_to_global_rate, base_to_order_rate, store_to_base_rate, store_to_order_rate,
                base_total_due, total_due, total_qty_ordered, customer_is_guest, customer_note_notify, customer_group_id, quote_id, subtotal_incl_tax, base_subtotal_incl_tax, weight, increment_id,
                base_currency_code, global_currency_code, order_currency_code, store_currency_code, customer_email, customer_firstname, customer_lastname, shipping_method, store_name,
                total_item_count, remote_ip, x_forwarded_for, shipping_incl_tax, base_shipping_incl_tax)
            SELECT 'new', 'pending', @Protect, IF(q.is_virtual, NULL, a.shipping_description), q.is_virtual, q.store_id, q.customer_id, 0, 0, q.base_grand_total, q.grand_total,
                a.base_shipping_amount, a.shipping_amount, q.base_subtotal, q.subtotal, 0, 0, 1, q.base_to_quote_rate, 0, 0,
                q.base_grand_total, q.grand_total, q.items_qty, q.customer_is_guest, 1, q.customer_group_id, q.entity_id, q.subtotal, q.base_subtotal, a.weight, @number,
                'USD', 'USD', q.quote_currency_code, 'USD', q.customer_email, q.customer_firstname, q.customer_lastname, IF(q.is_virtual, NULL, a.shipping_method), @Name,
                q.items_count, @remoteIp, @forwardedFor, a.shipping_amount, a.base_shipping_amount
            FROM quote q JOIN quote_address a ON a.quote_id = q.entity_id AND a.address_type = 'shipping' WHERE q.entity_id = @quoteId;
            SELECT LAST_INSERT_ID()
            """, new { quoteId, number, remoteIp, forwardedFor, Protect = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), store.Name }, transaction, cancellationToken: cancellationToken));

    private static Task<int> InsertPartsAsync(int quoteId, int orderId, string paymentMethod, DbTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            INSERT INTO sales_order_address (parent_id, quote_address_id, customer_id, region, postcode, lastname, street, city, email, telephone, country_id, firstname, address_type)
            SELECT @orderId, address_id, customer_id, region, postcode, lastname, street, city, email, telephone, country_id, firstname, address_type FROM quote_address WHERE quote_id = @quoteId;
            INSERT INTO sales_order_item (order_id, quote_item_id, store_id, product_id, product_type, product_options, weight, is_virtual, sku, name, qty_ordered, price, base_price, original_price,
                base_original_price, row_total, base_row_total, price_incl_tax, base_price_incl_tax, row_total_incl_tax, base_row_total_incl_tax)
            SELECT @orderId, i.item_id, i.store_id, i.product_id, i.product_type, CONCAT('{"info_buyRequest":{"qty":', TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM i.qty)), '}}'), i.weight, i.is_virtual,
                i.sku, i.name, i.qty * COALESCE(p.qty, 1), i.price, i.base_price, i.price, i.base_price, i.row_total, i.base_row_total, i.price, i.base_price, i.row_total, i.base_row_total
            FROM quote_item i LEFT JOIN quote_item p ON p.item_id = i.parent_item_id WHERE i.quote_id = @quoteId ORDER BY i.item_id;
            UPDATE sales_order_item c JOIN quote_item q ON q.item_id = c.quote_item_id JOIN sales_order_item p ON p.order_id = c.order_id AND p.quote_item_id = q.parent_item_id
            SET c.parent_item_id = p.item_id WHERE c.order_id = @orderId;
            INSERT INTO sales_order_payment (parent_id, method, base_amount_ordered, amount_ordered, base_shipping_amount, shipping_amount)
            SELECT @orderId, @paymentMethod, base_grand_total, grand_total, base_shipping_amount, shipping_amount FROM sales_order WHERE entity_id = @orderId;
            INSERT INTO sales_order_status_history (parent_id, is_customer_notified, is_visible_on_front, status, entity_name) VALUES (@orderId, 0, 0, 'pending', 'order');
            UPDATE sales_order o
            JOIN sales_order_address b ON b.parent_id = o.entity_id AND b.address_type = 'billing' JOIN sales_order_address s ON s.parent_id = o.entity_id AND s.address_type = 'shipping'
            SET o.billing_address_id = b.entity_id, o.shipping_address_id = s.entity_id WHERE o.entity_id = @orderId;
            INSERT INTO sales_order_grid (entity_id, status, store_id, store_name, customer_id, base_grand_total, grand_total, increment_id, base_currency_code, order_currency_code, shipping_name,
                billing_name, created_at, updated_at, billing_address, shipping_address, shipping_information, customer_email, customer_group, subtotal, shipping_and_handling, customer_name, payment_method)
            SELECT o.entity_id, o.status, o.store_id, o.store_name, o.customer_id, o.base_grand_total, o.grand_total, o.increment_id, o.base_currency_code, o.order_currency_code,
                CONCAT(a.firstname, ' ', a.lastname), CONCAT(a.firstname, ' ', a.lastname), o.created_at, o.updated_at, CONCAT_WS(',', a.street, a.city, a.region, a.postcode),
                CONCAT_WS(',', a.street, a.city, a.region, a.postcode), o.shipping_description, o.customer_email, o.customer_group_id, o.subtotal, o.shipping_amount,
                CONCAT(a.firstname, ' ', a.lastname), @paymentMethod
            FROM sales_order o JOIN sales_order_address a ON a.entity_id = o.billing_address_id WHERE o.entity_id = @orderId
            """, new { quoteId, orderId, paymentMethod }, transaction, cancellationToken: cancellationToken));
}
