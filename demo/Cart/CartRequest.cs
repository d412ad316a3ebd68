namespace Strangler.Demo.Cart;

/// <summary>What a shopper asks to add, whichever way it came.</summary>
internal sealed record CartRequest(int ProductId, decimal Qty)
{
    /// <summary>Attribute id to option id, for a configurable.</summary>
    public Dictionary<int, int> Variant { get; } = [];

    /// <summary>Bundle option id to selection id.</summary>
    public Dictionary<int, int> Bundle { get; } = [];

    /// <summary>Custom option id to text or value id.</summary>
    public Dictionary<int, string> Options { get; } = [];

    /// <summary>Member product id to quantity, for a group.</summary>
    public Dictionary<int, decimal> Group { get; } = [];
}

/// <summary>Why something could not be added: Magento's own words.</summary>
internal sealed record CartFault(string Message, int Status = 400);

/// <summary>A visible line of a cart. Prices are in the cart's currency.</summary>
public sealed record CartLine(int ItemId, int ProductId, string Sku, string Name, string TypeId, decimal Qty, decimal Price, decimal RowTotal, string? Image, string? UrlKey, IReadOnlyList<(string Label, string Value)> Options);

/// <summary>A cart with its lines, oldest first.</summary>
public sealed record CartView(int QuoteId, int StoreId, bool IsActive, bool IsVirtual, string Currency, IReadOnlyList<CartLine> Lines, decimal Subtotal, decimal Shipping, decimal GrandTotal, string CreatedAt, string UpdatedAt)
{
    public decimal Qty => Lines.Sum(line => line.Qty);
}
