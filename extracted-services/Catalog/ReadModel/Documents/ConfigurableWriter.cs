using System.Globalization;
using Strangler.Catalog.ReadModel.Rows;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>
/// Writes what a configurable product has: its attributes, in the order of their ids, with the options its children use, and the
/// children that can be chosen without further options.
/// </summary>
internal static class ConfigurableWriter
{
    public static void Write(DocumentContext context)
    {
        var (json, batch, id) = (context.Json, context.Batch, context.Product.Id);
        json.Name("configurable_product_options"u8);
        json.StartArray();
        foreach (var attribute in batch.SuperAttributes[id])
        {
            WriteAttribute(context, attribute);
        }

        json.EndArray();
        json.Name("configurable_product_links"u8);
        json.StartArray();
        foreach (var child in batch.ConfigurableChildren[id])
        {
            json.Number(child);
        }

        json.EndArray();
    }

    private static void WriteAttribute(DocumentContext context, SuperAttributeRow attribute)
    {
        var json = context.Json;
        json.StartObject();
        json.Member("id"u8, attribute.SuperAttributeId);
        json.Member("attribute_id"u8, attribute.AttributeId.ToString(CultureInfo.InvariantCulture));
        json.Optional("label"u8, Label(context, attribute));
        json.Member("position"u8, attribute.Position);
        json.Name("values"u8);
        json.StartArray();
        foreach (var option in context.Batch.UsedOptions[context.Product.Id].Where(option => option.AttributeId == attribute.AttributeId))
        {
            json.StartObject();
            json.Member("value_index"u8, option.OptionId);
            json.EndObject();
        }

        json.EndArray();
        json.Member("product_id"u8, context.Product.Id);
        json.EndObject();
    }

    private static string? Label(DocumentContext context, SuperAttributeRow attribute)
    {
        var labels = context.Batch.SuperLabels[attribute.SuperAttributeId];
        var own = labels.FirstOrDefault(label => label.StoreId == context.Store.Id);
        var fallback = labels.FirstOrDefault(label => label.StoreId == 0);
        var attributeLabel = context.Structure.Attribute(attribute.AttributeId)?.LabelIn(context.Store.Id);
        return (own ?? fallback)?.UseDefault == true ? attributeLabel : own?.Label ?? fallback?.Label ?? attributeLabel;
    }
}
