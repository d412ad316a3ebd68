namespace Strangler.Catalog.ReadModel.Rows;

/// <summary>Everything the answers of a batch of products are made of, read with a fixed number of queries.</summary>
internal sealed class ProductBatch
{
    public List<ProductRow> Products { get; } = [];

    /// <summary>Values of the batch's products and of the products bundled in them.</summary>
    public AttributeValues Values { get; } = new();

    public Grouped<int> Websites { get; } = new();

    public Grouped<CategoryRow> Categories { get; } = new();

    public Grouped<StockItemRow> StockItems { get; } = new();

    public Grouped<LinkRow> Links { get; } = new();

    public Grouped<TierPriceRow> TierPrices { get; } = new();

    public Grouped<MediaRow> Media { get; } = new();

    public Grouped<MediaValueRow> MediaValues { get; } = new();

    /// <summary>By gallery value.</summary>
    public Grouped<VideoRow> Videos { get; } = new();

    public Grouped<OptionRow> Options { get; } = new();

    /// <summary>By option.</summary>
    public Grouped<TitleRow> OptionTitles { get; } = new();

    /// <summary>By option.</summary>
    public Grouped<OptionPriceRow> OptionPrices { get; } = new();

    /// <summary>By option.</summary>
    public Grouped<OptionValueRow> OptionValues { get; } = new();

    /// <summary>By option value.</summary>
    public Grouped<TitleRow> OptionValueTitles { get; } = new();

    /// <summary>By option value.</summary>
    public Grouped<OptionPriceRow> OptionValuePrices { get; } = new();

    public Grouped<SuperAttributeRow> SuperAttributes { get; } = new();

    /// <summary>By super attribute.</summary>
    public Grouped<SuperLabelRow> SuperLabels { get; } = new();

    public Grouped<UsedOptionRow> UsedOptions { get; } = new();

    public Grouped<int> ConfigurableChildren { get; } = new();

    public Grouped<BundleOptionRow> BundleOptions { get; } = new();

    /// <summary>By bundle option.</summary>
    public Grouped<TitleRow> BundleOptionTitles { get; } = new();

    /// <summary>By bundle option.</summary>
    public Grouped<SelectionRow> Selections { get; } = new();

    /// <summary>By selection.</summary>
    public Grouped<SelectionPriceRow> SelectionPrices { get; } = new();

    /// <summary>Websites of bundled and grouped children.</summary>
    public Grouped<int> ChildWebsites { get; } = new();

    public Grouped<DownloadLinkRow> DownloadLinks { get; } = new();

    /// <summary>By downloadable link.</summary>
    public Grouped<TitleRow> DownloadLinkTitles { get; } = new();

    /// <summary>By downloadable link.</summary>
    public Grouped<DownloadPriceRow> DownloadLinkPrices { get; } = new();

    public Grouped<DownloadSampleRow> DownloadSamples { get; } = new();

    /// <summary>By downloadable sample.</summary>
    public Grouped<TitleRow> DownloadSampleTitles { get; } = new();
}
