using Strangler.Catalog.ReadModel.Rows;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>
/// Writes <c>product_links</c>. Related, cross-sell and up-sell products stand in the order of their ids, whatever their position;
/// the members of a grouped product by position, and only those that can be sold in the scope.
/// </summary>
internal static class ProductLinksWriter
{
    private const int Grouped = 3;

    private static readonly (int Id, string Name)[] LinkTypes = [(1, "related"), (5, "crosssell"), (4, "upsell")];

    public static void Write(DocumentContext context)
    {
        var links = context.Batch.Links[context.Product.Id];
        context.Json.Name("product_links"u8);
        context.Json.StartArray();
        foreach (var (id, name) in LinkTypes)
        {
            foreach (var link in links.Where(link => link.LinkTypeId == id))
            {
                WriteLink(context, link, name, qty: null);
            }
        }

        if (context.Product.TypeId == ProductTypes.Grouped)
        {
            foreach (var link in links.Where(link => link.LinkTypeId == Grouped && IsSalable(context, link)).OrderBy(link => link.Position ?? 0))
            {
                WriteLink(context, link, "associated", link.Qty);
            }
        }

        context.Json.EndArray();
    }

    private static bool IsSalable(DocumentContext context, LinkRow link) =>
        !link.RequiresOptions
        && context.Batch.Values.Get(link.LinkedId, context.Structure.Attribute("status"), context.Store.Id) == "1"
        && (context.IsAdmin || context.Batch.ChildWebsites[link.LinkedId].Contains(context.Store.WebsiteId));

    private static void WriteLink(DocumentContext context, LinkRow link, string type, double? qty)
    {
        var json = context.Json;
        json.StartObject();
        json.Member("sku"u8, context.Product.Sku);
        json.Member("link_type"u8, type);
        json.Member("linked_product_sku"u8, link.Sku);
        json.Member("linked_product_type"u8, link.TypeId);
        json.NullableMember("position"u8, link.Position);
        if (qty is { } quantity)
        {
            json.Name("extension_attributes"u8);
            json.StartObject();
            json.Member("qty"u8, quantity);
            json.EndObject();
        }

        json.EndObject();
    }
}
