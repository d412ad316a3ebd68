namespace Strangler.Demo.Generation;

/// <summary>How far one value of an attribute reaches, as Magento stores it in <c>is_global</c>.</summary>
internal enum AttributeScope
{
    Store = 0,
    Global = 1,
    Website = 2,
}

/// <summary>One EAV attribute; <see cref="Options"/> become rows of <c>eav_attribute_option</c>.</summary>
internal sealed record EavAttribute(
    int Id,
    string Code,
    string Backend,
    string? Input,
    string? Label,
    AttributeScope Scope,
    int SortOrder,
    bool UserDefined = false,
    string[]? Options = null,
    string[]? GermanOptions = null,
    int[]? OnlySets = null)
{
    /// <summary>The id of the option with this index; options of all attributes share one sequence.</summary>
    public int FirstOptionId { get; init; }

    public int OptionId(int index) => FirstOptionId + index;
}

/// <summary>The product attributes of the demo: Magento's own and the shop's.</summary>
internal static class ProductAttributes
{
    private static readonly int[] Shop = [StoreIds.ApparelSet, StoreIds.GearSet];
    private static readonly int[] ApparelOnly = [StoreIds.ApparelSet];
    private static readonly int[] DownloadOnly = [StoreIds.DownloadableSet];

    public static readonly EavAttribute[] All = Number(
    [
        new(0, "name", "varchar", "text", "Product Name", AttributeScope.Store, 10),
        new(0, "sku", "static", "text", "SKU", AttributeScope.Global, 20),
        new(0, "description", "text", "textarea", "Description", AttributeScope.Store, 110),
        new(0, "short_description", "text", "textarea", "Short Description", AttributeScope.Store, 100),
        new(0, "price", "decimal", "price", "Price", AttributeScope.Website, 30),
        new(0, "special_price", "decimal", "price", "Special Price", AttributeScope.Website, 3),
        new(0, "special_from_date", "datetime", "date", "Special Price From Date", AttributeScope.Website, 4),
        new(0, "special_to_date", "datetime", "date", "Special Price To Date", AttributeScope.Website, 5),
        new(0, "cost", "decimal", "price", "Cost", AttributeScope.Website, 6, UserDefined: true),
        new(0, "weight", "decimal", "weight", "Weight", AttributeScope.Global, 70),
        new(0, "meta_title", "varchar", "text", "Meta Title", AttributeScope.Store, 20),
        new(0, "meta_keyword", "text", "textarea", "Meta Keywords", AttributeScope.Store, 30),
        new(0, "meta_description", "varchar", "textarea", "Meta Description", AttributeScope.Store, 40),
        new(0, "image", "varchar", "media_image", "Base", AttributeScope.Store, 1),
        new(0, "small_image", "varchar", "media_image", "Small", AttributeScope.Store, 2),
        new(0, "thumbnail", "varchar", "media_image", "Thumbnail", AttributeScope.Store, 3),
        new(0, "media_gallery", "static", "gallery", "Media Gallery", AttributeScope.Global, 4),
        new(0, "tier_price", "decimal", "text", "Tier Price", AttributeScope.Website, 7),
        new(0, "news_from_date", "datetime", "date", "Set Product as New from Date", AttributeScope.Website, 90),
        new(0, "news_to_date", "datetime", "date", "Set Product as New to Date", AttributeScope.Website, 100),
        new(0, "gallery", "varchar", "gallery", "Image Gallery", AttributeScope.Global, 5),
        new(0, "status", "int", "select", "Enable Product", AttributeScope.Website, 5),
        new(0, "minimal_price", "decimal", "price", "Minimal Price", AttributeScope.Website, 8),
        new(0, "visibility", "int", "select", "Visibility", AttributeScope.Store, 80),
        new(0, "page_layout", "varchar", "select", "Layout", AttributeScope.Store, 5),
        new(0, "category_ids", "static", "text", "Categories", AttributeScope.Global, 80),
        new(0, "options_container", "varchar", "select", "Display Product Options In", AttributeScope.Store, 6),
        new(0, "required_options", "static", "text", null, AttributeScope.Global, 14),
        new(0, "has_options", "static", "text", null, AttributeScope.Global, 15),
        new(0, "image_label", "varchar", "text", "Image Label", AttributeScope.Store, 16),
        new(0, "small_image_label", "varchar", "text", "Small Image Label", AttributeScope.Store, 17),
        new(0, "thumbnail_label", "varchar", "text", "Thumbnail Label", AttributeScope.Store, 18),
        new(0, "created_at", "static", "date", null, AttributeScope.Global, 19),
        new(0, "updated_at", "static", "date", null, AttributeScope.Global, 20),
        new(0, "country_of_manufacture", "varchar", "select", "Country of Manufacture", AttributeScope.Website, 110),
        new(0, "quantity_and_stock_status", "int", "select", "Quantity", AttributeScope.Global, 60),
        new(0, "url_key", "varchar", "text", "URL Key", AttributeScope.Store, 10),
        new(0, "url_path", "varchar", "text", null, AttributeScope.Store, 11),
        new(0, "msrp", "decimal", "price", "Minimum Advertised Price", AttributeScope.Website, 9),
        new(0, "msrp_display_actual_price_type", "varchar", "select", "Display Actual Price", AttributeScope.Website, 10),
        new(0, "price_type", "int", "boolean", "Dynamic Price", AttributeScope.Global, 31),
        new(0, "sku_type", "int", "boolean", "Dynamic SKU", AttributeScope.Global, 21),
        new(0, "weight_type", "int", "boolean", "Dynamic Weight", AttributeScope.Global, 71),
        new(0, "price_view", "int", "select", "Price View", AttributeScope.Global, 11),
        new(0, "shipment_type", "int", "select", "Ship Bundle Items", AttributeScope.Global, 1),
        new(0, "links_purchased_separately", "int", null, "Links can be purchased separately", AttributeScope.Global, 111),
        new(0, "samples_title", "varchar", null, "Samples title", AttributeScope.Store, 112),
        new(0, "links_title", "varchar", null, "Links title", AttributeScope.Store, 113),
        new(0, "links_exist", "int", null, null, AttributeScope.Global, 114),
        new(0, "tax_class_id", "int", "select", "Tax Class", AttributeScope.Website, 40),
        new(0, "gift_message_available", "varchar", "select", "Allow Gift Message", AttributeScope.Global, 10),
        new(0, "swatch_image", "varchar", "media_image", "Swatch", AttributeScope.Store, 3),
        new(0, "color", "int", "select", "Color", AttributeScope.Global, 120, true,
            [.. Vocabulary.Colors.Select(color => color.Name)], [.. Vocabulary.Colors.Select(color => color.GermanName)], Shop),
        new(0, "size", "int", "select", "Size", AttributeScope.Global, 121, true, Vocabulary.Sizes, null, ApparelOnly),
        new(0, "material", "text", "multiselect", "Material", AttributeScope.Global, 122, true, Vocabulary.Materials, null, Shop),
        new(0, "activity", "text", "multiselect", "Activity", AttributeScope.Global, 123, true, Vocabulary.Activities, null, Shop),
        new(0, "eco_collection", "int", "boolean", "Eco Collection", AttributeScope.Global, 124, true, null, null, Shop),
        new(0, "format", "int", "select", "Format", AttributeScope.Global, 125, true, Vocabulary.Formats, null, DownloadOnly),
    ]);

    private static readonly Dictionary<string, EavAttribute> ByCode = All.ToDictionary(attribute => attribute.Code);

    public static EavAttribute Get(string code) => ByCode[code];

    // 73 is where product attributes begin in a stock installation; nothing may depend on it, but it reads familiar.
    private static EavAttribute[] Number(EavAttribute[] attributes)
    {
        var option = 1;
        for (var index = 0; index < attributes.Length; index++)
        {
            attributes[index] = attributes[index] with { Id = 73 + index, FirstOptionId = option };
            option += attributes[index].Options?.Length ?? 0;
        }

        return attributes;
    }
}
