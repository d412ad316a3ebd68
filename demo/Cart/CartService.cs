using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Cart;

/// <summary>Carts in Magento's quote tables. Every change is one transaction that ends with the totals written.</summary>
internal sealed class CartService(MySqlDataSource database, CartItems preparation, ProductReader products, StoreDirectory stores)
{
    public const decimal FlatRate = 5m;

    /// <summary>A new empty cart; a guest's gets a masked id as well.</summary>
    public async Task<(int QuoteId, string? Mask)> CreateAsync(StoreView store, int? customerId, bool masked, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var id = await connection.ExecuteScalarAsync<int>(new CommandDefinition("""
            INSERT INTO quote (store_id, is_active, items_count, items_qty, store_to_base_rate, store_to_quote_rate, base_currency_code, store_currency_code, quote_currency_code,
                               customer_id, customer_group_id, customer_is_guest, global_currency_code, base_to_global_rate, base_to_quote_rate, customer_tax_class_id)
            VALUES (@Store, 1, 0, 0, 0, 0, 'USD', 'USD', @Currency, @Customer, IF(@Customer IS NULL, 0, 1), @Customer IS NULL, 'USD', 1, @Rate, 3);
            SELECT LAST_INSERT_ID()
            """, new { Store = store.Id, store.Currency, Customer = customerId, store.Rate }, transaction, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO quote_address (quote_id, address_type, customer_id) VALUES (@id, 'billing', @customerId), (@id, 'shipping', @customerId)", new { id, customerId }, transaction, cancellationToken: cancellationToken));
        var mask = masked ? RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32) : null;
        if (mask is not null)
        {
            await connection.ExecuteAsync(new CommandDefinition("INSERT INTO quote_id_mask (quote_id, masked_id) VALUES (@id, @mask)", new { id, mask }, transaction, cancellationToken: cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return (id, mask);
    }

    public async Task<int?> UnmaskAsync(string mask, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<int?>(new CommandDefinition("SELECT quote_id FROM quote_id_mask WHERE BINARY masked_id = @mask LIMIT 1", new { mask }, cancellationToken: cancellationToken));
    }

    /// <summary>A customer's open cart on a website.</summary>
    public async Task<int?> OpenCartAsync(int customerId, int website, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<int?>(new CommandDefinition("""
            SELECT q.entity_id FROM quote q JOIN store s ON s.store_id = q.store_id
            WHERE q.customer_id = @customerId AND q.is_active = 1 AND s.website_id = @website ORDER BY q.entity_id DESC LIMIT 1
            """, new { customerId, website }, cancellationToken: cancellationToken));
    }

    public async Task<CartView?> FindAsync(int quoteId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var quote = await connection.QueryFirstOrDefaultAsync<QuoteRow>(new CommandDefinition("""
            SELECT q.entity_id AS Id, q.store_id AS StoreId, q.is_active AS IsActive, q.is_virtual AS IsVirtual, q.quote_currency_code AS Currency, COALESCE(q.subtotal, 0) AS Subtotal,
                   COALESCE(q.grand_total, 0) AS GrandTotal, COALESCE((SELECT shipping_amount FROM quote_address a WHERE a.quote_id = q.entity_id AND a.address_type = 'shipping' LIMIT 1), 0) AS Shipping,
                   CAST(q.created_at AS CHAR) AS CreatedAt, CAST(q.updated_at AS CHAR) AS UpdatedAt
            FROM quote q WHERE q.entity_id = @quoteId
            """, new { quoteId }, cancellationToken: cancellationToken));
        if (quote is null)
        {
            return null;
        }

        var rows = (await connection.QueryAsync<ItemRow>(new CommandDefinition("""
            SELECT item_id AS ItemId, product_id AS ProductId, sku AS Sku, name AS Name, product_type AS TypeId, qty AS Qty, price AS Price, row_total AS RowTotal
            FROM quote_item WHERE quote_id = @quoteId AND parent_item_id IS NULL ORDER BY item_id
            """, new { quoteId }, cancellationToken: cancellationToken))).ToList();
        var details = (await products.ListAsync([.. rows.Select(row => row.ProductId).Distinct()], quote.StoreId, cancellationToken)).ToDictionary(product => product.Id);
        var options = (await connection.QueryAsync<(int ItemId, string Name)>(new CommandDefinition(
            "SELECT parent_item_id, name FROM quote_item WHERE quote_id = @quoteId AND parent_item_id IS NOT NULL ORDER BY item_id", new { quoteId }, cancellationToken: cancellationToken)))
            .ToLookup(row => row.ItemId, row => row.Name);
        return new CartView(quote.Id, quote.StoreId, quote.IsActive, quote.IsVirtual, quote.Currency ?? "USD",
            [.. rows.Select(row => new CartLine(row.ItemId, row.ProductId, row.Sku, row.Name, row.TypeId, row.Qty, row.Price, row.RowTotal,
                details.GetValueOrDefault(row.ProductId)?["small_image"], details.GetValueOrDefault(row.ProductId)?["url_key"],
                [.. options[row.ItemId].Select(name => (row.TypeId == "bundle" ? "Includes" : "Variant", name))]))],
            quote.Subtotal, quote.Shipping, quote.GrandTotal, quote.CreatedAt, quote.UpdatedAt);
    }

    /// <summary>Adds to a cart; an equal row is increased. Answers the first row's id and name.</summary>
    public async Task<(int ItemId, string Name, CartFault? Fault)> AddAsync(int quoteId, StoreView store, CartRequest request, CancellationToken cancellationToken)
    {
        var (items, fault) = await preparation.PrepareAsync(request, store, cancellationToken);
        if (fault is not null)
        {
            return (0, "", fault);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var first = 0;
        foreach (var item in items)
        {
            var known = await connection.QueryFirstOrDefaultAsync<(int Id, decimal Qty)?>(new CommandDefinition("""
                SELECT i.item_id, i.qty FROM quote_item i WHERE i.quote_id = @quoteId AND i.parent_item_id IS NULL AND i.product_id = @Id AND i.sku = @Sku
                  AND COALESCE((SELECT GROUP_CONCAT(o.code, '=', o.value ORDER BY o.option_id SEPARATOR ';') FROM quote_item_option o WHERE o.item_id = i.item_id), '') = @Options FOR UPDATE
                """, new { quoteId, item.Product.Id, item.Sku, Options = string.Join(';', item.Options.Select(option => $"{option.Code}={option.Value}")) }, transaction, cancellationToken: cancellationToken));
            if (known is { } row)
            {
                if (item.Children.Count == 0 && await preparation.StockFaultAsync(item.Product.Id, row.Qty + item.Qty, cancellationToken) is { } shortage)
                {
                    return (0, "", shortage);
                }

                await connection.ExecuteAsync(new CommandDefinition("UPDATE quote_item SET qty = qty + @Qty WHERE item_id = @Id", new { row.Id, item.Qty }, transaction, cancellationToken: cancellationToken));
                first = first == 0 ? row.Id : first;
            }
            else
            {
                var id = await InsertAsync(quoteId, store, item, null, transaction, cancellationToken);
                first = first == 0 ? id : first;
            }
        }

        await CollectAsync(quoteId, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (first, items[0].Product.Name, null);
    }

    /// <summary>Sets a row's quantity; none removes it. False when the cart has no such row.</summary>
    public async Task<(bool Found, CartFault? Fault)> SetQtyAsync(int quoteId, int itemId, decimal qty, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var row = await connection.QueryFirstOrDefaultAsync<(int ProductId, string TypeId)?>(new CommandDefinition(
            "SELECT product_id, product_type FROM quote_item WHERE quote_id = @quoteId AND item_id = @itemId FOR UPDATE", new { quoteId, itemId }, transaction, cancellationToken: cancellationToken));
        if (row is not { } found)
        {
            return (false, null);
        }

        if (qty > 0 && found.TypeId is not ("configurable" or "bundle") && await preparation.StockFaultAsync(found.ProductId, qty, cancellationToken) is { } fault)
        {
            return (true, fault);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            qty > 0 ? "UPDATE quote_item SET qty = @qty WHERE item_id = @itemId" : "DELETE FROM quote_item WHERE item_id = @itemId",
            new { itemId, qty }, transaction, cancellationToken: cancellationToken));
        await CollectAsync(quoteId, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (true, null);
    }

    private static async Task<int> InsertAsync(int quoteId, StoreView store, CartItem item, int? parent, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        var price = Math.Round(item.UnitPrice * store.Rate, 2, MidpointRounding.AwayFromZero);
        var id = await connection.ExecuteScalarAsync<int>(new CommandDefinition("""
            INSERT INTO quote_item (quote_id, product_id, store_id, parent_item_id, is_virtual, sku, name, is_qty_decimal, weight, qty, price, base_price, row_total, base_row_total, product_type,
                                    price_incl_tax, base_price_incl_tax, row_total_incl_tax, base_row_total_incl_tax)
            VALUES (@quoteId, @Product, @Store, @parent, @IsVirtual, @Sku, @Name, 0, @Weight, @Qty, @price, @UnitPrice, 0, 0, @TypeId, @price, @UnitPrice, 0, 0);
            SELECT LAST_INSERT_ID()
            """, new
        {
            quoteId,
            Product = item.Product.Id,
            Store = store.Id,
            parent,
            IsVirtual = item.Product.TypeId is "virtual" or "downloadable",
            item.Sku,
            item.Product.Name,
            Weight = item.Product.Amount("weight") ?? 0,
            item.Qty,
            price,
            item.UnitPrice,
            item.Product.TypeId,
        }, transaction, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition("INSERT INTO quote_item_option (item_id, product_id, code, value) VALUES (@id, @Product, @Code, @Value)",
            item.Options.Select(option => new { id, Product = item.Product.Id, option.Code, option.Value }), transaction, cancellationToken: cancellationToken));
        foreach (var child in item.Children)
        {
            await InsertAsync(quoteId, store, child, id, transaction, cancellationToken);
        }

        return id;
    }

    /// <summary>Works the totals out again from the rows: there is no tax in this shop, and shipping is a flat rate a piece once chosen.</summary>
    public static async Task CollectAsync(int quoteId, DbTransaction transaction, CancellationToken cancellationToken) =>
        await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            UPDATE quote_item SET row_total = ROUND(price * qty, 2), base_row_total = ROUND(base_price * qty, 2), row_total_incl_tax = ROUND(price * qty, 2),
                base_row_total_incl_tax = ROUND(base_price * qty, 2), row_weight = weight * qty WHERE quote_id = @quoteId;
            UPDATE quote q
            LEFT JOIN (SELECT quote_id, COUNT(*) c, SUM(qty) n, SUM(row_total) t, SUM(base_row_total) b, MIN(is_virtual) v, SUM(row_weight) w FROM quote_item
                       WHERE quote_id = @quoteId AND parent_item_id IS NULL GROUP BY quote_id) i ON i.quote_id = q.entity_id
            LEFT JOIN quote_address a ON a.quote_id = q.entity_id AND a.address_type = 'shipping'
            SET q.items_count = COALESCE(i.c, 0), q.items_qty = COALESCE(i.n, 0), q.subtotal = COALESCE(i.t, 0), q.base_subtotal = COALESCE(i.b, 0), q.subtotal_with_discount = COALESCE(i.t, 0),
                q.base_subtotal_with_discount = COALESCE(i.b, 0), q.is_virtual = COALESCE(i.v, 0), q.trigger_recollect = 0, q.is_changed = 1,
                a.base_shipping_amount = IF(a.shipping_method IS NULL OR COALESCE(i.v, 0) = 1, 0, @FlatRate * COALESCE(i.n, 0)),
                a.shipping_amount = IF(a.shipping_method IS NULL OR COALESCE(i.v, 0) = 1, 0, ROUND(@FlatRate * COALESCE(i.n, 0) * q.base_to_quote_rate, 2)),
                a.subtotal = COALESCE(i.t, 0), a.base_subtotal = COALESCE(i.b, 0), a.subtotal_with_discount = COALESCE(i.t, 0), a.base_subtotal_with_discount = COALESCE(i.b, 0), a.weight = COALESCE(i.w, 0)
            WHERE q.entity_id = @quoteId;
            UPDATE quote q JOIN quote_address a ON a.quote_id = q.entity_id AND a.address_type = 'shipping'
            SET a.grand_total = a.subtotal + a.shipping_amount, a.base_grand_total = a.base_subtotal + a.base_shipping_amount,
                q.grand_total = a.subtotal + a.shipping_amount, q.base_grand_total = a.base_subtotal + a.base_shipping_amount
            WHERE q.entity_id = @quoteId
            """, new { quoteId, FlatRate }, transaction, cancellationToken: cancellationToken));

    public ValueTask<StoreView> StoreAsync(CartView cart, CancellationToken cancellationToken) => stores.GetAsync(cart.StoreId, cancellationToken);

    private sealed class QuoteRow
    {
        public int Id { get; set; }

        public int StoreId { get; set; }

        public bool IsActive { get; set; }

        public bool IsVirtual { get; set; }

        public string? Currency { get; set; }

        public decimal Subtotal { get; set; }

        public decimal Shipping { get; set; }

        public decimal GrandTotal { get; set; }

        public string CreatedAt { get; set; } = "";

        public string UpdatedAt { get; set; } = "";
    }

    private sealed class ItemRow
    {
        public int ItemId { get; set; }

        public int ProductId { get; set; }

        public string Sku { get; set; } = "";

        public string Name { get; set; } = "";

        public string TypeId { get; set; } = "";

        public decimal Qty { get; set; }

        public decimal Price { get; set; }

        public decimal RowTotal { get; set; }
    }
}
