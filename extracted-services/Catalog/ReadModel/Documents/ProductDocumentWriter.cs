using Strangler.Catalog.ReadModel.Rows;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>Writes the whole answer for one product in one scope, members in Magento's order.</summary>
internal static class ProductDocumentWriter
{
    public static void Write(DocumentContext context)
    {
        var (json, product) = (context.Json, context.Product);
        json.StartObject();
        json.Member("id"u8, product.Id);
        json.Member("sku"u8, product.Sku);
        json.Optional("name"u8, context.Value("name"));
        json.Member("attribute_set_id"u8, product.AttributeSetId);
        json.Optional("price"u8, Price(context));
        json.Member("status"u8, DocumentContext.Integer(context.Value("status")) ?? 1);
        json.Optional("visibility"u8, DocumentContext.Integer(context.Value("visibility")));
        json.Member("type_id"u8, product.TypeId);
        json.Member("created_at"u8, product.CreatedAt);
        json.Member("updated_at"u8, product.UpdatedAt);
        json.Optional("weight"u8, Weight(context));
        WriteExtensionAttributes(context);
        ProductLinksWriter.Write(context);
        OptionsWriter.Write(context);
        MediaGalleryWriter.Write(context);
        json.Name("tier_prices"u8);
        TierPricesWriter.Write(context, editMode: false);
        CustomAttributesWriter.Write(context);
        json.EndObject();
    }

    /// <summary>The price a product has itself: a configurable has none, a bundle only when it is fixed.</summary>
    internal static double? Price(DocumentContext context) => context.Product.TypeId switch
    {
        ProductTypes.Configurable => 0,
        ProductTypes.Bundle when !IsFixed(context.Value("price_type")) => 0,
        _ => DocumentContext.Number(context.Value("price")),
    };

    private static double? Weight(DocumentContext context) =>
        context.Product.TypeId == ProductTypes.Bundle && !IsFixed(context.Value("weight_type"))
            ? 0
            : DocumentContext.Number(context.Value("weight"));

    private static bool IsFixed(string? type) => type is not (null or "" or "0");

    private static void WriteExtensionAttributes(DocumentContext context)
    {
        var (json, batch, id) = (context.Json, context.Batch, context.Product.Id);
        json.Name("extension_attributes"u8);
        json.StartObject();
        json.Name("website_ids"u8);
        json.StartArray();
        foreach (var website in batch.Websites[id])
        {
            json.Number(website);
        }

        json.EndArray();
        WriteCategories(context, batch.Categories[id]);
        StockItemWriter.Write(context);
        switch (context.Product.TypeId)
        {
            case ProductTypes.Downloadable:
                DownloadableWriter.Write(context);
                break;
            case ProductTypes.Bundle:
                BundleWriter.Write(context);
                break;
            case ProductTypes.Configurable:
                ConfigurableWriter.Write(context);
                break;
        }

        json.EndObject();
    }

    private static void WriteCategories(DocumentContext context, IReadOnlyList<CategoryRow> categories)
    {
        if (categories.Count == 0)
        {
            return;
        }

        var json = context.Json;
        json.Name("category_links"u8);
        json.StartArray();
        foreach (var category in categories)
        {
            json.StartObject();
            json.Member("position"u8, category.Position);
            json.Member("category_id"u8, category.CategoryId.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.EndObject();
        }

        json.EndArray();
    }
}
