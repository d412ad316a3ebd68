namespace Strangler.Demo.Catalog;

internal sealed class CategoryLink
{
    public int CategoryId { get; set; }

    public int Position { get; set; }
}

/// <summary>The legacy stock row; the <c>UseConfig…</c> switches say that the shop's setting stands in for the column.</summary>
internal sealed class StockItem
{
    public int ItemId { get; set; }

    public int ProductId { get; set; }

    public decimal? Qty { get; set; }

    public bool IsInStock { get; set; }

    public bool IsQtyDecimal { get; set; }

    public bool UseConfigMinQty { get; set; }

    public decimal MinQty { get; set; }

    public int UseConfigMinSaleQty { get; set; }

    public decimal MinSaleQty { get; set; }

    public bool UseConfigMaxSaleQty { get; set; }

    public decimal MaxSaleQty { get; set; }

    public bool UseConfigBackorders { get; set; }

    public int Backorders { get; set; }

    public bool UseConfigNotifyStockQty { get; set; }

    public decimal? NotifyStockQty { get; set; }

    public bool UseConfigQtyIncrements { get; set; }

    public decimal QtyIncrements { get; set; }

    public bool UseConfigEnableQtyInc { get; set; }

    public bool EnableQtyIncrements { get; set; }

    public bool UseConfigManageStock { get; set; }

    public bool ManageStock { get; set; }

    public string? LowStockDate { get; set; }

    public bool IsDecimalDivided { get; set; }

    public int StockStatusChangedAuto { get; set; }
}

internal sealed class ProductLink
{
    public string Code { get; set; } = "";

    public int LinkedId { get; set; }

    public string Sku { get; set; } = "";

    public string TypeId { get; set; } = "";

    public int Position { get; set; }

    public decimal? Qty { get; set; }
}

public sealed class GalleryEntry
{
    public int Id { get; set; }

    public string MediaType { get; set; } = "";

    public string File { get; set; } = "";

    public string? Label { get; set; }

    public int? Position { get; set; }

    public bool Disabled { get; set; }
}

internal sealed class TierPrice
{
    public bool AllGroups { get; set; }

    public int GroupId { get; set; }

    public decimal Qty { get; set; }

    public decimal Value { get; set; }

    public int WebsiteId { get; set; }

    public decimal? Percentage { get; set; }
}

internal sealed class SuperAttribute
{
    public int Id { get; set; }

    public int AttributeId { get; set; }

    public int Position { get; set; }

    public string Label { get; set; } = "";
}

internal sealed class Variant
{
    public int ProductId { get; set; }

    public int AttributeId { get; set; }

    public int OptionId { get; set; }
}

internal sealed class CustomOption
{
    public int Id { get; set; }

    public string Type { get; set; } = "";

    public bool IsRequired { get; set; }

    public string? Sku { get; set; }

    public int? MaxCharacters { get; set; }

    public int SortOrder { get; set; }

    public string Title { get; set; } = "";

    public decimal? Price { get; set; }

    public string? PriceType { get; set; }
}

internal sealed class CustomOptionValue
{
    public int Id { get; set; }

    public int OptionId { get; set; }

    public string? Sku { get; set; }

    public int SortOrder { get; set; }

    public string Title { get; set; } = "";

    public decimal Price { get; set; }

    public string PriceType { get; set; } = "";
}

internal sealed class BundleOption
{
    public int Id { get; set; }

    public bool IsRequired { get; set; }

    public int Position { get; set; }

    public string Type { get; set; } = "";

    public string? Title { get; set; }
}

internal sealed class BundleSelection
{
    public int Id { get; set; }

    public int OptionId { get; set; }

    public int ProductId { get; set; }

    public string Sku { get; set; } = "";

    public decimal? Qty { get; set; }

    public int Position { get; set; }

    public bool IsDefault { get; set; }

    public int CanChangeQty { get; set; }
}

public sealed class Download
{
    public int Id { get; set; }

    public string? Title { get; set; }

    public int SortOrder { get; set; }

    public int IsShareable { get; set; }

    public decimal Price { get; set; }

    public int? NumberOfDownloads { get; set; }

    public string? Type { get; set; }

    public string? File { get; set; }

    public string? SampleType { get; set; }
}

internal sealed class OptionLabel
{
    public int Id { get; set; }

    public string Label { get; set; } = "";

    public string? Swatch { get; set; }
}
