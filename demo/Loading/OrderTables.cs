using Strangler.Demo.Generation;

namespace Strangler.Demo.Loading;

/// <summary>Orders with addresses, items, payments, history and grid, the reservations of what is not yet shipped, and the sequences behind their numbers.</summary>
internal sealed class OrderTables(OrderPlanner orders)
{
    private static readonly string[] StoreNames =
        ["", "Main Website\nMain Website Store\nEnglish", "Main Website\nMain Website Store\nDeutsch", "Outlet Website\nOutlet Store\nOutlet"];

    public IEnumerable<BulkTable> All() =>
    [
        BulkTable.ForEach("sales_order",
            "entity_id,state,status,protect_code,shipping_description,is_virtual,store_id,customer_id,base_discount_amount,discount_amount,base_grand_total,grand_total,base_shipping_amount," +
            "shipping_amount,base_subtotal,subtotal,base_tax_amount,tax_amount,base_to_global_rate,base_to_order_rate,store_to_base_rate,store_to_order_rate,base_total_paid,total_paid," +
            "base_total_invoiced,total_invoiced,base_total_refunded,total_refunded,base_total_canceled,total_canceled,base_total_due,total_due,total_qty_ordered,customer_is_guest," +
            "customer_note_notify,billing_address_id,shipping_address_id,customer_group_id,quote_id,subtotal_incl_tax,base_subtotal_incl_tax,weight,increment_id,base_currency_code," +
            "global_currency_code,order_currency_code,store_currency_code,customer_email,customer_firstname,customer_lastname,shipping_method,store_name,created_at,updated_at,total_item_count," +
            "shipping_incl_tax,base_shipping_incl_tax,remote_ip",
            orders.All(), WriteOrder),
        BulkTable.ForEach("sales_order_item",
            "item_id,order_id,parent_item_id,quote_item_id,store_id,created_at,updated_at,product_id,product_type,product_options,weight,is_virtual,sku,name,qty_ordered,qty_invoiced,qty_shipped," +
            "qty_refunded,qty_canceled,price,base_price,original_price,base_original_price,row_total,base_row_total,row_invoiced,base_row_invoiced,price_incl_tax,base_price_incl_tax," +
            "row_total_incl_tax,base_row_total_incl_tax,is_qty_decimal",
            orders.All(), WriteItems),
        BulkTable.ForEach("sales_order_address",
            "entity_id,parent_id,quote_address_id,region_id,customer_id,region,postcode,lastname,street,city,email,telephone,country_id,firstname,address_type", orders.All(), WriteAddresses),
        BulkTable.ForEach("sales_order_payment", "entity_id,parent_id,method,base_amount_ordered,amount_ordered,base_shipping_amount,shipping_amount,base_amount_paid,amount_paid,additional_information",
            orders.All(), (row, order) => row.Int(order.Id).Int(order.Id).Text("checkmo").Decimal(order.GrandTotal).Decimal(order.GrandTotal * order.Rate).Decimal(OrderPlan.Shipping)
                .Decimal(OrderPlan.Shipping * order.Rate).Decimal(order.Invoiced ? order.GrandTotal : null).Decimal(order.Invoiced ? order.GrandTotal * order.Rate : null)
                .Text("{\"method_title\":\"Check \\/ Money order\"}").EndRow()),
        BulkTable.ForEach("sales_order_status_history", "parent_id,is_customer_notified,is_visible_on_front,comment,status,created_at,entity_name", orders.All(), (row, order) =>
            row.Int(order.Id).Int(0).Int(0).Null().Text(order.Status).Time(order.At).Text("order").EndRow()),
        BulkTable.ForEach("sales_order_grid",
            "entity_id,status,store_id,store_name,customer_id,base_grand_total,base_total_paid,grand_total,total_paid,increment_id,base_currency_code,order_currency_code,shipping_name,billing_name," +
            "created_at,updated_at,billing_address,shipping_address,shipping_information,customer_email,customer_group,subtotal,shipping_and_handling,customer_name,payment_method,total_refunded",
            orders.All(), WriteGrid),
        BulkTable.ForEach("inventory_reservation", "stock_id,sku,quantity,metadata", orders.All().Where(order => !order.Shipped && order.Status != "canceled"), (row, order) =>
        {
            foreach (var line in order.Lines)
            {
                row.Int(order.StoreId == StoreIds.Outlet ? 2 : 1).Text(line.Product.Sku).Decimal(-line.Qty)
                    .Text($"{{\"event_type\":\"order_placed\",\"object_type\":\"order\",\"object_id\":\"\",\"object_increment_id\":\"{order.IncrementId}\"}}").EndRow();
            }
        }),
        .. Sequences(),
    ];

    /// <summary>The sequence tables hold the last number given out per document and store.</summary>
    private IEnumerable<BulkTable> Sequences()
    {
        foreach (var store in new[] { StoreIds.Default, StoreIds.German, StoreIds.Outlet })
        {
            var mine = orders.All().Where(order => order.StoreId == store);
            yield return BulkTable.Fixed($"sequence_order_{store}", "sequence_value", [[mine.Max(order => order.Number)]]);
            foreach (var (document, had) in new (string, Func<OrderPlan, bool>)[] { ("invoice", order => order.Invoiced), ("shipment", order => order.Shipped), ("creditmemo", order => order.Refunded) })
            {
                var numbers = mine.Where(had).Select(order => order.Number).ToArray();
                if (numbers.Length > 0)
                {
                    yield return BulkTable.Fixed($"sequence_{document}_{store}", "sequence_value", [[numbers.Max()]]);
                }
            }
        }
    }

    private static void WriteOrder(RowWriter row, OrderPlan order)
    {
        var paid = order.Invoiced ? order.GrandTotal : (decimal?)null;
        var refunded = order.Refunded ? order.GrandTotal : (decimal?)null;
        var canceled = order.Status == "canceled" ? order.GrandTotal : (decimal?)null;
        var due = order.Invoiced ? 0 : order.GrandTotal;
        row.Int(order.Id).Text(order.State).Text(order.Status).Text($"{order.Id * 2654435761L:x32}"[..32]).Text("Flat Rate - Fixed").Int(0).Int(order.StoreId).Int(order.CustomerId)
            .Decimal(0).Decimal(0);
        Both(row, order, order.GrandTotal);
        Both(row, order, OrderPlan.Shipping);
        Both(row, order, order.Subtotal);
        row.Decimal(0).Decimal(0).Decimal(1).Decimal(order.Rate).Decimal(0).Decimal(0);
        Both(row, order, paid);
        Both(row, order, paid);
        Both(row, order, refunded);
        Both(row, order, canceled);
        Both(row, order, due);
        row.Decimal(order.TotalQty).Bool(order.CustomerId is null).Int(0).Int(order.Id * 2).Int(order.Id * 2 + 1).Int(order.CustomerId is { } id ? CustomerTables.GroupOf(id) : 0).Int(order.Id)
            .Decimal(order.Subtotal * order.Rate).Decimal(order.Subtotal).Decimal(order.Lines.Sum(line => line.Qty * (line.Product.Weight ?? 0))).Text(order.IncrementId)
            .Text("USD").Text("USD").Text(order.Currency).Text("USD").Text(SalesPeople.Email(order)).Text(SalesPeople.FirstName(order)).Text(SalesPeople.LastName(order))
            .Text("flatrate_flatrate").Text(StoreNames[order.StoreId]).Time(order.At).Time(order.At.AddHours(6)).Int(order.Lines.Count)
            .Decimal(OrderPlan.Shipping * order.Rate).Decimal(OrderPlan.Shipping).Text("127.0.0.1").EndRow();
    }

    /// <summary>The base amount, then the same in the order's currency.</summary>
    private static void Both(RowWriter row, OrderPlan order, decimal? amount) => row.Decimal(amount).Decimal(amount * order.Rate);

    private static void WriteItems(RowWriter row, OrderPlan order)
    {
        foreach (var item in SalesItem.Of(order))
        {
            var rate = order.Rate;
            row.Int(item.Id).Int(order.Id).Int(item.ParentId).Int(item.Id).Int(order.StoreId).Time(order.At).Time(order.At).Int(item.Product.Id).Text(item.Product.TypeId)
                .Text($"{{\"info_buyRequest\":{{\"qty\":{item.Qty},\"options\":[]}}}}").Decimal(item.Product.Weight ?? 0).Bool(item.Product.TypeId == "virtual").Text(item.Sku).Text(item.Product.Name)
                .Decimal(item.Qty).Decimal(order.Invoiced ? item.Qty : 0).Decimal(order.Shipped && item.ParentId is null ? item.Qty : 0).Decimal(order.Refunded ? item.Qty : 0)
                .Decimal(order.Status == "canceled" ? item.Qty : 0).Decimal(item.Price * rate).Decimal(item.Price).Decimal(item.Price * rate).Decimal(item.Price)
                .Decimal(item.RowTotal * rate).Decimal(item.RowTotal).Decimal(order.Invoiced ? item.RowTotal * rate : 0).Decimal(order.Invoiced ? item.RowTotal : 0)
                .Decimal(item.Price * rate).Decimal(item.Price).Decimal(item.RowTotal * rate).Decimal(item.RowTotal).Bool(item.Product.QtyIsDecimal).EndRow();
        }
    }

    private static void WriteAddresses(RowWriter row, OrderPlan order)
    {
        foreach (var (type, offset) in new[] { ("billing", 0), ("shipping", 1) })
        {
            var place = SalesPeople.Place(order);
            row.Int(order.Id * 2 + offset).Int(order.Id).Int(order.Id * 2 + offset).Int(place.Region).Int(order.CustomerId).Text(place.RegionName).Text(place.Postcode).Text(SalesPeople.LastName(order))
                .Text(place.Street).Text(place.City).Text(SalesPeople.Email(order)).Text("555-0100").Text(place.Country).Text(SalesPeople.FirstName(order)).Text(type).EndRow();
        }
    }

    private static void WriteGrid(RowWriter row, OrderPlan order)
    {
        row.Int(order.Id).Text(order.Status).Int(order.StoreId).Text(StoreNames[order.StoreId]).Int(order.CustomerId).Decimal(order.GrandTotal).Decimal(order.Invoiced ? order.GrandTotal : null)
            .Decimal(order.GrandTotal * order.Rate).Decimal(order.Invoiced ? order.GrandTotal * order.Rate : null).Text(order.IncrementId).Text("USD").Text(order.Currency)
            .Text(SalesPeople.FullName(order)).Text(SalesPeople.FullName(order)).Time(order.At).Time(order.At.AddHours(6)).Text(SalesPeople.AddressLine(order)).Text(SalesPeople.AddressLine(order))
            .Text("Flat Rate - Fixed").Text(SalesPeople.Email(order)).Text(order.CustomerId is { } id ? $"{CustomerTables.GroupOf(id)}" : "0").Decimal(order.Subtotal * order.Rate)
            .Decimal(OrderPlan.Shipping * order.Rate).Text(SalesPeople.FullName(order)).Text("checkmo").Decimal(order.Refunded ? order.GrandTotal * order.Rate : null).EndRow();
    }
}
