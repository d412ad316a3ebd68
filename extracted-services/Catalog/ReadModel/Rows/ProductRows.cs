namespace Strangler.Catalog.ReadModel.Rows;

/// <summary>One row of <c>catalog_product_entity</c>; <see cref="Statics"/> are columns of attributes other modules added.</summary>
internal sealed record ProductRow(
    int Id, int AttributeSetId, string TypeId, string Sku, string HasOptions, string RequiredOptions, string CreatedAt, string UpdatedAt)
{
    public IReadOnlyDictionary<string, string?> Statics { get; set; } = new Dictionary<string, string?>();
}

internal sealed record CategoryRow(int CategoryId, int Position);

internal sealed record LinkRow(
    int LinkTypeId, int LinkedId, string Sku, string TypeId, int? Position, double? Qty, bool RequiresOptions);

internal sealed record TierPriceRow(int GroupId, bool AllGroups, double Qty, double Value, double? Percentage, int WebsiteId);

internal sealed record StockItemRow(
    int ItemId, int StockId, double? Qty, double MinQty, bool UseConfigMinQty, bool IsQtyDecimal, int Backorders, bool UseConfigBackorders,
    double MinSaleQty, int UseConfigMinSaleQty, double MaxSaleQty, bool UseConfigMaxSaleQty, bool IsInStock, string? LowStockDate,
    double? NotifyStockQty, bool UseConfigNotifyStockQty, bool ManageStock, bool UseConfigManageStock, int StockStatusChangedAuto,
    bool UseConfigQtyIncrements, double QtyIncrements, bool UseConfigEnableQtyIncrements, bool EnableQtyIncrements, bool IsDecimalDivided);

internal sealed record MediaRow(int ValueId, string? File, string MediaType);

internal sealed record MediaValueRow(int ValueId, int StoreId, string? Label, int? Position, bool Disabled);

internal sealed record VideoRow(int StoreId, string? Provider, string? Url, string? Title, string? Description, string? Metadata);

internal sealed record OptionRow(
    int OptionId, string? Type, bool IsRequired, string? Sku, int? MaxCharacters, string? FileExtension, int? ImageSizeX, int? ImageSizeY,
    int SortOrder);

internal sealed record OptionValueRow(int OptionTypeId, string? Sku, int SortOrder);

/// <summary>A title of something in one store view. <see cref="Rank"/> is its place in the database's collation, for sorting.</summary>
internal sealed record TitleRow(int StoreId, string? Title, long Rank);

internal sealed record OptionPriceRow(int StoreId, double Price, string PriceType);

internal sealed record SuperAttributeRow(int SuperAttributeId, int AttributeId, int Position);

internal sealed record SuperLabelRow(int StoreId, bool UseDefault, string? Label);

internal sealed record UsedOptionRow(int AttributeId, int OptionId);

internal sealed record BundleOptionRow(int OptionId, bool Required, int Position, string? Type);

internal sealed record SelectionRow(
    int SelectionId, int OptionId, int ProductId, string Sku, int Position, bool IsDefault, int PriceType, double PriceValue, double? Qty,
    int CanChangeQty, bool RequiresOptions);

internal sealed record SelectionPriceRow(int WebsiteId, int PriceType, double PriceValue);

internal sealed record DownloadLinkRow(
    int LinkId, int SortOrder, int? Downloads, int Shareable, string? Url, string? File, string? Type, string? SampleUrl, string? SampleFile,
    string? SampleType);

internal sealed record DownloadSampleRow(int SampleId, string? Url, string? File, string? Type, int SortOrder);

internal sealed record DownloadPriceRow(int WebsiteId, double Price);
