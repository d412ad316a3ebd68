using Strangler.Demo.Generation;

namespace Strangler.Demo.Loading;

/// <summary>A row of quote_item or sales_order_item: a configurable gives two, parent first, which carries the price and the child's sku.</summary>
internal sealed record SalesItem(int Id, int? ParentId, ProductPlan Product, string Sku, int Qty, decimal Price)
{
    public decimal RowTotal => Price * Qty;

    public static IEnumerable<SalesItem> Of(OrderPlan order)
    {
        var id = order.Id * OrderPlan.ItemsPerOrder;
        foreach (var line in order.Lines)
        {
            if (line.Parent is { } parent)
            {
                yield return new SalesItem(id, null, parent, line.Product.Sku, line.Qty, line.Price);
                yield return new SalesItem(id + 1, id, line.Product, line.Product.Sku, line.Qty, 0);
                id += 2;
            }
            else
            {
                yield return new SalesItem(id++, null, line.Product, line.Product.Sku, line.Qty, line.Price);
            }
        }
    }
}

/// <summary>Who bought and where it goes.</summary>
internal static class SalesPeople
{
    public static string Email(OrderPlan order) => order.CustomerId is { } id ? CustomerTables.EmailOf(id) : $"guest{order.Id}@example.com";

    public static string FirstName(OrderPlan order) => CustomerTables.FirstNameOf(order.CustomerId ?? order.Id);

    public static string LastName(OrderPlan order) => CustomerTables.LastNameOf(order.CustomerId ?? order.Id);

    public static string FullName(OrderPlan order) => $"{FirstName(order)} {LastName(order)}";

    public static (string City, string Street, string Postcode, string Country, int? Region, string? RegionName) Place(OrderPlan order) =>
        CustomerTables.PlaceOf(order.CustomerId ?? order.Id);

    public static string AddressLine(OrderPlan order)
    {
        var place = Place(order);
        return string.Join(',', new[] { place.Street, place.City, place.RegionName, place.Postcode }.Where(part => part is not null));
    }
}
