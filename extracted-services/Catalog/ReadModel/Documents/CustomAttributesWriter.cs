using System.Globalization;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>Writes <c>custom_attributes</c>: what the attribute set has and the answer has no member of its own for, as the database gives it.</summary>
internal static class CustomAttributesWriter
{
    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        "sku", "name", "price", "weight", "status", "visibility", "attribute_set_id", "type_id", "created_at", "updated_at",
        "media_gallery", "tier_price", "quantity_and_stock_status",
    };

    public static void Write(DocumentContext context)
    {
        var json = context.Json;
        var any = false;
        foreach (var attribute in context.Structure.SetAttributes(context.Product.AttributeSetId, context.Store.Id))
        {
            if (Own.Contains(attribute.Code))
            {
                continue;
            }

            var isCategories = attribute.Code == "category_ids";
            var value = isCategories ? null : Value(context, attribute);
            if (!isCategories && value is null)
            {
                continue;
            }

            if (!any)
            {
                json.Name("custom_attributes"u8);
                json.StartArray();
                any = true;
            }

            json.StartObject();
            json.Member("attribute_code"u8, attribute.Code);
            json.Name("value"u8);
            WriteValue(context, value);
            json.EndObject();
        }

        if (any)
        {
            json.EndArray();
        }
    }

    private static string? Value(DocumentContext context, CatalogAttribute attribute) => attribute.Code switch
    {
        "has_options" => context.Product.HasOptions,
        "required_options" => context.Product.RequiredOptions,
        _ when attribute.IsStatic => context.Product.Statics.GetValueOrDefault(attribute.Code),
        _ => context.Batch.Values.Get(context.Product.Id, attribute, context.Store.Id),
    };

    private static void WriteValue(DocumentContext context, string? value)
    {
        if (value is not null)
        {
            context.Json.Text(value);
            return;
        }

        context.Json.StartArray();
        foreach (var category in context.Batch.Categories[context.Product.Id])
        {
            context.Json.Text(category.CategoryId.ToString(CultureInfo.InvariantCulture));
        }

        context.Json.EndArray();
    }
}
