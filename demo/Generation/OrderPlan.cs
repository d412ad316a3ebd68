namespace Strangler.Demo.Generation;

/// <summary>One line of an order; a variant of a configurable carries its parent.</summary>
internal sealed record OrderLine(ProductPlan Product, ProductPlan? Parent, int Qty, decimal Price)
{
    public decimal RowTotal => Price * Qty;
}

/// <summary>A generated order with the quote it came from; ids of items and addresses follow from its id.</summary>
internal sealed record OrderPlan(int Id, int StoreId, int? CustomerId, string Status, IReadOnlyList<OrderLine> Lines, DateTime At)
{
    public const decimal Shipping = 5m;
    public const int ItemsPerOrder = 8;

    public string State => Status == "pending" ? "new" : Status;

    public bool Invoiced => Status is "processing" or "complete" or "closed";

    public bool Shipped => Status is "complete" or "closed";

    public bool Refunded => Status == "closed";

    /// <summary>Numbers run per store view: five of six orders of the main website are English, every sixth German.</summary>
    public int Number => StoreId switch
    {
        StoreIds.German => Id / 6,
        StoreIds.Outlet => (Id + 1) / 6,
        _ => Id - Id / 6 - (Id + 1) / 6,
    };

    public string IncrementId => NumberOf(StoreId, Number);

    public decimal Rate => StoreId == StoreIds.German ? 0.92m : 1m;

    public string Currency => StoreId == StoreIds.German ? "EUR" : "USD";

    public decimal Subtotal => Lines.Sum(line => line.RowTotal);

    public decimal GrandTotal => Subtotal + Shipping;

    public int TotalQty => Lines.Sum(line => line.Qty);

    public static string NumberOf(int store, int number) => store <= StoreIds.Default ? $"{number:000000000}" : $"{store}{number:000000000}";
}
