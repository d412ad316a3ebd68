using Strangler.Demo.Generation;

namespace Strangler.Demo.Loading;

/// <summary>Invoices, shipments and credit memos of the orders that have them, with their items and grids; each document has its order's id.</summary>
internal sealed class DocumentTables(OrderPlanner orders)
{
    public IEnumerable<BulkTable> All() =>
    [
        BulkTable.ForEach("sales_invoice",
            "entity_id,store_id,order_id,state,increment_id,base_grand_total,grand_total,base_subtotal,subtotal,base_shipping_amount,shipping_amount,total_qty,billing_address_id,shipping_address_id," +
            "store_currency_code,order_currency_code,base_currency_code,global_currency_code,created_at,updated_at,base_to_global_rate,base_to_order_rate",
            Invoiced(), (row, order) => row.Int(order.Id).Int(order.StoreId).Int(order.Id).Int(2).Text(order.IncrementId).Decimal(order.GrandTotal).Decimal(order.GrandTotal * order.Rate)
                .Decimal(order.Subtotal).Decimal(order.Subtotal * order.Rate).Decimal(OrderPlan.Shipping).Decimal(OrderPlan.Shipping * order.Rate).Decimal(order.TotalQty).Int(order.Id * 2)
                .Int(order.Id * 2 + 1).Text("USD").Text(order.Currency).Text("USD").Text("USD").Time(order.At.AddHours(1)).Time(order.At.AddHours(1)).Decimal(1).Decimal(order.Rate).EndRow()),
        BulkTable.ForEach("sales_invoice_item", "entity_id,parent_id,base_price,price,base_row_total,row_total,qty,product_id,order_item_id,sku,name", Invoiced(), WriteItems),
        BulkTable.ForEach("sales_invoice_grid",
            "entity_id,increment_id,state,store_id,order_id,order_increment_id,order_created_at,customer_name,customer_email,payment_method,order_currency_code,base_currency_code,billing_name," +
            "billing_address,shipping_address,subtotal,shipping_and_handling,grand_total,base_grand_total,created_at,updated_at",
            Invoiced(), (row, order) => row.Int(order.Id).Text(order.IncrementId).Int(2).Int(order.StoreId).Int(order.Id).Text(order.IncrementId).Time(order.At).Text(SalesPeople.FullName(order))
                .Text(SalesPeople.Email(order)).Text("checkmo").Text(order.Currency).Text("USD").Text(SalesPeople.FullName(order)).Text(SalesPeople.AddressLine(order))
                .Text(SalesPeople.AddressLine(order)).Decimal(order.Subtotal * order.Rate).Decimal(OrderPlan.Shipping * order.Rate).Decimal(order.GrandTotal * order.Rate).Decimal(order.GrandTotal)
                .Time(order.At.AddHours(1)).Time(order.At.AddHours(1)).EndRow()),
        BulkTable.ForEach("sales_shipment", "entity_id,store_id,total_qty,order_id,customer_id,shipping_address_id,billing_address_id,increment_id,created_at,updated_at,packages",
            Shipped(), (row, order) => row.Int(order.Id).Int(order.StoreId).Decimal(order.TotalQty).Int(order.Id).Int(order.CustomerId).Int(order.Id * 2 + 1).Int(order.Id * 2)
                .Text(order.IncrementId).Time(order.At.AddHours(4)).Time(order.At.AddHours(4)).Text("[]").EndRow()),
        BulkTable.ForEach("sales_shipment_item", "entity_id,parent_id,price,row_total,qty,product_id,order_item_id,sku,name", Shipped(), (row, order) =>
        {
            foreach (var item in SalesItem.Of(order).Where(item => item.ParentId is null))
            {
                row.Int(item.Id).Int(order.Id).Decimal(item.Price).Decimal(item.RowTotal).Decimal(item.Qty).Int(item.Product.Id).Int(item.Id).Text(item.Sku).Text(item.Product.Name).EndRow();
            }
        }),
        BulkTable.ForEach("sales_shipment_track", "entity_id,parent_id,order_id,track_number,title,carrier_code,created_at,updated_at", Shipped(), (row, order) =>
            row.Int(order.Id).Int(order.Id).Int(order.Id).Text($"DEMO{order.Id:0000000}").Text("Parcel").Text("custom").Time(order.At.AddHours(4)).Time(order.At.AddHours(4)).EndRow()),
        BulkTable.ForEach("sales_shipment_grid",
            "entity_id,increment_id,store_id,order_increment_id,order_id,order_created_at,customer_name,total_qty,order_status,billing_address,shipping_address,billing_name,shipping_name," +
            "customer_email,payment_method,shipping_information,created_at,updated_at",
            Shipped(), (row, order) => row.Int(order.Id).Text(order.IncrementId).Int(order.StoreId).Text(order.IncrementId).Int(order.Id).Time(order.At).Text(SalesPeople.FullName(order))
                .Decimal(order.TotalQty).Text(order.Status).Text(SalesPeople.AddressLine(order)).Text(SalesPeople.AddressLine(order)).Text(SalesPeople.FullName(order))
                .Text(SalesPeople.FullName(order)).Text(SalesPeople.Email(order)).Text("checkmo").Text("Flat Rate - Fixed").Time(order.At.AddHours(4)).Time(order.At.AddHours(4)).EndRow()),
        BulkTable.ForEach("sales_creditmemo",
            "entity_id,store_id,order_id,invoice_id,state,increment_id,base_grand_total,grand_total,base_subtotal,subtotal,base_shipping_amount,shipping_amount,billing_address_id," +
            "shipping_address_id,order_currency_code,base_currency_code,created_at,updated_at",
            Refunded(), (row, order) => row.Int(order.Id).Int(order.StoreId).Int(order.Id).Int(order.Id).Int(2).Text(order.IncrementId).Decimal(order.GrandTotal)
                .Decimal(order.GrandTotal * order.Rate).Decimal(order.Subtotal).Decimal(order.Subtotal * order.Rate).Decimal(OrderPlan.Shipping).Decimal(OrderPlan.Shipping * order.Rate)
                .Int(order.Id * 2).Int(order.Id * 2 + 1).Text(order.Currency).Text("USD").Time(order.At.AddHours(6)).Time(order.At.AddHours(6)).EndRow()),
        BulkTable.ForEach("sales_creditmemo_item", "entity_id,parent_id,base_price,price,base_row_total,row_total,qty,product_id,order_item_id,sku,name", Refunded(), WriteItems),
    ];

    private static void WriteItems(RowWriter row, OrderPlan order)
    {
        foreach (var item in SalesItem.Of(order))
        {
            row.Int(item.Id).Int(order.Id).Decimal(item.Price).Decimal(item.Price * order.Rate).Decimal(item.RowTotal).Decimal(item.RowTotal * order.Rate).Decimal(item.Qty).Int(item.Product.Id)
                .Int(item.Id).Text(item.Sku).Text(item.Product.Name).EndRow();
        }
    }

    private IEnumerable<OrderPlan> Invoiced() => orders.All().Where(order => order.Invoiced);

    private IEnumerable<OrderPlan> Shipped() => orders.All().Where(order => order.Shipped);

    private IEnumerable<OrderPlan> Refunded() => orders.All().Where(order => order.Refunded);
}
