using System.Globalization;
using System.Text.Json;
using Strangler.Catalog.ReadModel.Rows;

namespace Strangler.Catalog.ReadModel.Documents;

/// <summary>
/// Writes <c>stock_item</c>: the legacy stock row, with the configuration's value wherever the row says so. A product without a row
/// has an item of defaults.
/// </summary>
internal static class StockItemWriter
{
    private const string Path = ProjectedConfig.StockItem;

    /// <summary>The customer group of whoever is not logged in, and the one that stands for all.</summary>
    private const string GuestGroup = "0";
    private const string AllGroups = "32000";

    // What the item's model has where there is no row.
    private static readonly StockItemRow Missing = new(
        0, 1, null, 0, true, false, 0, true, 0, 1, 0, true, false, null, null, true, false, true, 0, true, 0, true, false, false);

    public static void Write(DocumentContext context)
    {
        var rows = context.Batch.StockItems[context.Product.Id];
        var row = rows.Count > 0 ? rows[0] : Missing;
        var (json, config, store) = (context.Json, context.Structure.Config, context.Store);
        var manageStock = row.UseConfigManageStock ? config.Flag(Path + "manage_stock", fallback: true, store) : row.ManageStock;
        var increments = row.UseConfigEnableQtyIncrements
            ? config.Flag(Path + "enable_qty_increments", fallback: false, store)
            : row.EnableQtyIncrements;

        json.Name("stock_item"u8);
        json.StartObject();
        if (rows.Count > 0)
        {
            json.Member("item_id"u8, row.ItemId);
            json.Member("product_id"u8, context.Product.Id);
            json.Member("stock_id"u8, row.StockId);
        }

        json.NullableMember("qty"u8, row.Qty);
        json.Member("is_in_stock"u8, !manageStock || row.IsInStock);
        json.Member("is_qty_decimal"u8, row.IsQtyDecimal);
        json.Member("show_default_notification_message"u8, false);
        json.Member("use_config_min_qty"u8, row.UseConfigMinQty);
        json.Member("min_qty"u8, row.UseConfigMinQty ? config.Number(Path + "min_qty", 0, store) : row.MinQty);
        json.Member("use_config_min_sale_qty"u8, row.UseConfigMinSaleQty);
        json.NullableMember("min_sale_qty"u8, row.UseConfigMinSaleQty != 0 ? ConfiguredMinSaleQty(config.Get(Path + "min_sale_qty", store)) : row.MinSaleQty);
        json.Member("use_config_max_sale_qty"u8, row.UseConfigMaxSaleQty);
        json.Member("max_sale_qty"u8, row.UseConfigMaxSaleQty ? config.Number(Path + "max_sale_qty", 10000, store) : row.MaxSaleQty);
        json.Member("use_config_backorders"u8, row.UseConfigBackorders);
        json.Member("backorders"u8, row.UseConfigBackorders ? (long)config.Number(Path + "backorders", 0, store) : row.Backorders);
        json.Member("use_config_notify_stock_qty"u8, row.UseConfigNotifyStockQty);
        json.Member("notify_stock_qty"u8, row.UseConfigNotifyStockQty ? config.Number(Path + "notify_stock_qty", 1, store) : row.NotifyStockQty ?? 0);
        json.Member("use_config_qty_increments"u8, row.UseConfigQtyIncrements);
        json.Member("qty_increments"u8, increments ? QtyIncrements(context, row) : 0);
        json.Member("use_config_enable_qty_inc"u8, row.UseConfigEnableQtyIncrements);
        json.Member("enable_qty_increments"u8, increments);
        json.Member("use_config_manage_stock"u8, row.UseConfigManageStock);
        json.Member("manage_stock"u8, manageStock);
        json.Member("low_stock_date"u8, row.LowStockDate);
        json.Member("is_decimal_divided"u8, row.IsDecimalDivided);
        json.Member("stock_status_changed_auto"u8, row.StockStatusChangedAuto);
        json.EndObject();
    }

    private static double QtyIncrements(DocumentContext context, StockItemRow row)
    {
        var value = row.UseConfigQtyIncrements
            ? context.Structure.Config.Number(Path + "qty_increments", 0, context.Store)
            : row.QtyIncrements;
        return Math.Max(value, 0);
    }

    // The smallest quantity may be configured by customer group, as JSON; callers of the web API count as not logged in.
    private static double? ConfiguredMinSaleQty(string? value)
    {
        if (value is null)
        {
            return 1;
        }

        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        try
        {
            using var document = JsonDocument.Parse(value);
            foreach (var group in (string[])[GuestGroup, AllGroups])
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(group, out var quantity))
                {
                    return DocumentContext.Number(quantity.ToString());
                }
            }
        }
        catch (JsonException)
        {
            // Neither number nor JSON: no group has a value.
        }

        return null;
    }
}
