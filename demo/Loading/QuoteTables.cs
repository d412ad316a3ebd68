using Strangler.Demo.Generation;

namespace Strangler.Demo.Loading;

/// <summary>Quotes: the converted one of every order, and an open cart for some customers.</summary>
internal sealed class QuoteTables(OrderPlanner orders, LoadSettings settings)
{
    private const int OpenCarts = 10;

    public IEnumerable<BulkTable> All() =>
    [
        BulkTable.ForEach("quote",
            "entity_id,store_id,created_at,updated_at,is_active,is_virtual,items_count,items_qty,store_to_base_rate,store_to_quote_rate,base_currency_code,store_currency_code,quote_currency_code," +
            "grand_total,base_grand_total,customer_id,customer_tax_class_id,customer_group_id,customer_email,customer_firstname,customer_lastname,customer_is_guest,reserved_order_id," +
            "global_currency_code,base_to_global_rate,base_to_quote_rate,subtotal,base_subtotal,subtotal_with_discount,base_subtotal_with_discount,is_changed",
            Carts(), WriteQuote),
        BulkTable.ForEach("quote_item",
            "item_id,quote_id,created_at,updated_at,product_id,store_id,parent_item_id,is_virtual,sku,name,qty,price,base_price,row_total,base_row_total,product_type," +
            "price_incl_tax,base_price_incl_tax,row_total_incl_tax,base_row_total_incl_tax,is_qty_decimal,weight",
            Carts(), WriteItems),
        BulkTable.ForEach("quote_address",
            "address_id,quote_id,created_at,updated_at,customer_id,address_type,email,firstname,lastname,street,city,region,region_id,postcode,country_id,telephone,shipping_method," +
            "shipping_description,subtotal,base_subtotal,subtotal_with_discount,base_subtotal_with_discount,shipping_amount,base_shipping_amount,grand_total,base_grand_total",
            Carts(), WriteAddresses),
        BulkTable.ForEach("quote_payment", "payment_id,quote_id,created_at,updated_at,method", orders.All(), (row, order) =>
            row.Int(order.Id).Int(order.Id).Time(order.At).Time(order.At).Text("checkmo").EndRow()),
        BulkTable.ForEach("quote_id_mask", "entity_id,quote_id,masked_id", orders.All().Where(order => order.CustomerId is null), (row, order) =>
            row.Int(order.Id).Int(order.Id).Text($"demo{order.Id:0000000000000000000000000000}").EndRow()),
    ];

    private IEnumerable<(OrderPlan Order, bool Open)> Carts() => orders.All().Select(order => (order, false)).Concat(
        Enumerable.Range(1, OpenCarts).Select(index => (orders.Plan(index) with { Id = settings.Orders + index, CustomerId = index, StoreId = CustomerTables.StoreOf(index) }, true)));

    private static void WriteQuote(RowWriter row, (OrderPlan Order, bool Open) cart)
    {
        var order = cart.Order;
        var total = cart.Open ? order.Subtotal : order.GrandTotal;
        row.Int(order.Id).Int(order.StoreId).Time(order.At).Time(order.At).Bool(cart.Open).Int(0).Int(order.Lines.Count).Decimal(order.TotalQty).Decimal(0).Decimal(0)
            .Text("USD").Text("USD").Text(order.Currency).Decimal(total * order.Rate).Decimal(total).Int(order.CustomerId).Int(StoreIds.RetailCustomer)
            .Int(order.CustomerId is { } customer ? CustomerTables.GroupOf(customer) : 0).Text(SalesPeople.Email(order)).Text(SalesPeople.FirstName(order)).Text(SalesPeople.LastName(order))
            .Bool(order.CustomerId is null).Text(cart.Open ? null : order.IncrementId).Text("USD").Decimal(1).Decimal(order.Rate)
            .Decimal(order.Subtotal * order.Rate).Decimal(order.Subtotal).Decimal(order.Subtotal * order.Rate).Decimal(order.Subtotal).Int(1).EndRow();
    }

    private static void WriteItems(RowWriter row, (OrderPlan Order, bool Open) cart)
    {
        foreach (var item in SalesItem.Of(cart.Order))
        {
            row.Int(item.Id).Int(cart.Order.Id).Time(cart.Order.At).Time(cart.Order.At).Int(item.Product.Id).Int(cart.Order.StoreId).Int(item.ParentId).Bool(item.Product.TypeId == "virtual")
                .Text(item.Sku).Text(item.Product.Name).Decimal(item.Qty).Decimal(item.Price * cart.Order.Rate).Decimal(item.Price).Decimal(item.RowTotal * cart.Order.Rate).Decimal(item.RowTotal)
                .Text(item.Product.TypeId).Decimal(item.Price * cart.Order.Rate).Decimal(item.Price).Decimal(item.RowTotal * cart.Order.Rate).Decimal(item.RowTotal)
                .Bool(item.Product.QtyIsDecimal).Decimal(item.Product.Weight ?? 0).EndRow();
        }
    }

    private static void WriteAddresses(RowWriter row, (OrderPlan Order, bool Open) cart)
    {
        var order = cart.Order;
        foreach (var (type, offset) in new[] { ("billing", 0), ("shipping", 1) })
        {
            var ships = offset == 1 && !cart.Open;
            var place = SalesPeople.Place(order);
            row.Int(order.Id * 2 + offset).Int(order.Id).Time(order.At).Time(order.At).Int(order.CustomerId).Text(type).Text(SalesPeople.Email(order)).Text(SalesPeople.FirstName(order))
                .Text(SalesPeople.LastName(order)).Text(place.Street).Text(place.City).Text(place.RegionName).Int(place.Region).Text(place.Postcode).Text(place.Country).Text("555-0100")
                .Text(ships ? "flatrate_flatrate" : null).Text(ships ? "Flat Rate - Fixed" : null);
            var subtotal = offset == 1 ? order.Subtotal : 0;
            var shipping = ships ? OrderPlan.Shipping : 0;
            row.Decimal(subtotal * order.Rate).Decimal(subtotal).Decimal(subtotal * order.Rate).Decimal(subtotal).Decimal(shipping * order.Rate).Decimal(shipping)
                .Decimal((subtotal + shipping) * order.Rate).Decimal(subtotal + shipping).EndRow();
        }
    }
}
