using Strangler.Catalog.ReadModel.Rows;
using Strangler.WebApi.Stores;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>
/// Writes the list <c>tier_prices</c> by quantity. A store view sees the rows of its website, and those for all websites as if
/// they were its own where the website has none; in edit mode and in the admin scope rows stand as they are stored.
/// </summary>
internal static class TierPricesWriter
{
    private const int AllGroups = 32000;

    /// <summary>Whether edit mode would show something else.</summary>
    public static bool DiffersInEditMode(DocumentContext context) =>
        Website(context) != 0 && Visible(context).Any(row => row.WebsiteId != Website(context));

    public static void Write(DocumentContext context, bool editMode)
    {
        var json = context.Json;
        var rows = Visible(context).Select(row => new TierPrice(GroupOf(row), row.Qty, Value(context, row), row.Percentage, row.WebsiteId));
        json.StartArray();
        foreach (var price in editMode || Website(context) == 0 ? rows : Merge(context, rows))
        {
            json.StartObject();
            json.Member("customer_group_id"u8, price.GroupId);
            json.Member("qty"u8, price.Qty);
            json.NullableMember("value"u8, price.Value);
            json.Name("extension_attributes"u8);
            json.StartObject();
            json.Optional("percentage_value"u8, price.Percentage);
            json.Member("website_id"u8, price.WebsiteId);
            json.EndObject();
            json.EndObject();
        }

        json.EndArray();
    }

    // Zero stands for "no merging": the admin scope, or prices that are the same everywhere.
    private static int Website(DocumentContext context) =>
        context.IsAdmin || context.Structure.PricesAreGlobal ? 0 : context.Store.WebsiteId;

    private static IEnumerable<TierPriceRow> Visible(DocumentContext context)
    {
        var rows = context.Batch.TierPrices[context.Product.Id];
        if (context.Structure.PricesAreGlobal)
        {
            return rows.Where(row => row.WebsiteId == 0);
        }

        return context.Store.Id == StoreView.AdminId ? rows : rows.Where(row => row.WebsiteId == 0 || row.WebsiteId == context.Store.WebsiteId);
    }

    private static int GroupOf(TierPriceRow row) => row.AllGroups ? AllGroups : row.GroupId;

    private static double? Value(DocumentContext context, TierPriceRow row) => row.Percentage is > 0 and { } percentage
        ? (ProductDocumentWriter.Price(context) ?? 0) * (1 - (percentage / 100))
        : row.Value;

    private static List<TierPrice> Merge(DocumentContext context, IEnumerable<TierPrice> rows)
    {
        var website = Website(context);
        var merged = new OrderedDictionary<(int Group, double Qty), TierPrice>();
        foreach (var row in rows)
        {
            var key = (row.GroupId, row.Qty);
            if (row.WebsiteId == website)
            {
                merged[key] = row;
            }
            else if (!merged.ContainsKey(key))
            {
                // A bundle's tiers are percentages: no currency in them.
                var rate = context.Product.TypeId == ProductTypes.Bundle ? 1 : context.Structure.CurrencyRate(website);
                merged[key] = row with { WebsiteId = website, Value = row.Value * rate };
            }
        }

        return [.. merged.Values];
    }

    private sealed record TierPrice(int GroupId, double Qty, double? Value, double? Percentage, int WebsiteId);
}
