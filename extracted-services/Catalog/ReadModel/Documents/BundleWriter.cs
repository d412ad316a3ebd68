using System.Globalization;
using Strangler.Catalog.ReadModel.Rows;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>
/// Writes the options of a bundle. A selection's price is the website's, else its own, else that of the product behind it; products
/// of other websites and those that need options of their own are left out.
/// </summary>
internal static class BundleWriter
{
    public static void Write(DocumentContext context)
    {
        var (json, batch) = (context.Json, context.Batch);
        var options = batch.BundleOptions[context.Product.Id];
        if (options.Count == 0)
        {
            return;
        }

        json.Name("bundle_product_options"u8);
        json.StartArray();
        foreach (var option in options)
        {
            json.StartObject();
            json.Member("option_id"u8, option.OptionId);
            json.Optional("title"u8, context.Title(batch.BundleOptionTitles[option.OptionId])?.Title);
            json.Member("required"u8, option.Required);
            json.Optional("type"u8, option.Type);
            json.Member("position"u8, option.Position);
            json.Member("sku"u8, context.Product.Sku);
            json.Name("product_links"u8);
            json.StartArray();
            foreach (var selection in batch.Selections[option.OptionId].Where(selection => IsOffered(context, selection)))
            {
                WriteSelection(context, selection);
            }

            json.EndArray();
            json.EndObject();
        }

        json.EndArray();
    }

    private static bool IsOffered(DocumentContext context, SelectionRow selection) => !selection.RequiresOptions
        && (context.IsAdmin || context.Batch.ChildWebsites[selection.ProductId].Contains(context.Store.WebsiteId));

    private static void WriteSelection(DocumentContext context, SelectionRow selection)
    {
        var json = context.Json;
        var (price, priceType) = Price(context, selection);
        json.StartObject();
        json.Member("id"u8, selection.SelectionId.ToString(CultureInfo.InvariantCulture));
        json.Member("sku"u8, selection.Sku);
        json.Member("option_id"u8, selection.OptionId);
        json.Optional("qty"u8, selection.Qty);
        json.Member("position"u8, selection.Position);
        json.Member("is_default"u8, selection.IsDefault);
        json.NullableMember("price"u8, price);
        json.NullableMember("price_type"u8, context.Value("price_type") is null or "" or "0" ? null : (long?)priceType);
        json.Member("can_change_quantity"u8, selection.CanChangeQty);
        json.EndObject();
    }

    private static (double? Price, int PriceType) Price(DocumentContext context, SelectionRow selection)
    {
        var scoped = context.IsAdmin || context.Structure.PricesAreGlobal
            ? null
            : context.Batch.SelectionPrices[selection.SelectionId].FirstOrDefault(price => price.WebsiteId == context.Store.WebsiteId);
        var value = scoped?.PriceValue ?? selection.PriceValue;
        var type = scoped?.PriceType ?? selection.PriceType;
        return value > 0
            ? (value, type)
            : (DocumentContext.Number(context.Batch.Values.Get(selection.ProductId, context.Structure.Attribute("price"), context.Store.Id)), type);
    }
}
