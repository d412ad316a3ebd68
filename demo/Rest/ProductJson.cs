using System.Text.Json.Nodes;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Rest;

/// <summary>Builds a product as the catalog's web API shows it: keys, order, types and quirks of each product type.</summary>
internal sealed class ProductJson(ProductReader products, ProductParts parts, AttributeDirectory attributes)
{
    private static readonly HashSet<string> OwnKeys =
    [
        "sku", "name", "price", "weight", "status", "visibility", "attribute_set_id", "type_id", "created_at", "updated_at", "media_gallery", "tier_price", "quantity_and_stock_status",
    ];

    private static readonly Dictionary<string, string> LinkTypes = new()
    {
        ["relation"] = "related",
        ["cross_sell"] = "crosssell",
        ["up_sell"] = "upsell",
        ["super"] = "associated",
    };

    public async Task<JsonObject> BuildAsync(ProductRecord product, StoreView store, bool withStock, CancellationToken cancellationToken)
    {
        var json = new JsonObject { ["id"] = product.Id, ["sku"] = product.Sku };
        if (product["name"] is { } name)
        {
            json["name"] = name;
        }

        json["attribute_set_id"] = product.Row.AttributeSetId;
        var hasOwnPrice = product.TypeId is not ("configurable" or "bundle");
        if (!hasOwnPrice || product.Amount("price") is not null)
        {
            json["price"] = hasOwnPrice ? PhpJson.Float(product.Amount("price")) : 0;
        }

        json["status"] = product.Number("status") ?? 1;
        json["visibility"] = product.Visibility;
        json["type_id"] = product.TypeId;
        json["created_at"] = product.Row.CreatedAt;
        json["updated_at"] = product.Row.UpdatedAt;
        if (product.TypeId == "bundle" || product.Amount("weight") is not null)
        {
            json["weight"] = product.TypeId == "bundle" && product.Number("weight_type") != 1 ? 0 : PhpJson.Float(product.Amount("weight"));
        }

        var categories = await parts.CategoriesAsync(product.Id, cancellationToken);
        json["extension_attributes"] = await ExtensionAsync(product, store, categories, withStock, cancellationToken);
        json["product_links"] = await LinksAsync(product, cancellationToken);
        json["options"] = await OptionsAsync(product, store, cancellationToken);
        json["media_gallery_entries"] = await GalleryAsync(product, store, cancellationToken);
        json["tier_prices"] = await TierPricesAsync(product, cancellationToken);
        var custom = await CustomAttributesAsync(product, categories, cancellationToken);
        if (custom.Count > 0)
        {
            json["custom_attributes"] = custom;
        }

        return json;
    }

    public static JsonObject StockJson(StockItem stock) => new()
    {
        ["item_id"] = stock.ItemId,
        ["product_id"] = stock.ProductId,
        ["stock_id"] = 1,
        ["qty"] = PhpJson.Float(stock.Qty),
        ["is_in_stock"] = stock.IsInStock,
        ["is_qty_decimal"] = stock.IsQtyDecimal,
        ["show_default_notification_message"] = false,
        ["use_config_min_qty"] = stock.UseConfigMinQty,
        ["min_qty"] = stock.UseConfigMinQty ? 0 : PhpJson.Float(stock.MinQty),
        ["use_config_min_sale_qty"] = stock.UseConfigMinSaleQty,
        ["min_sale_qty"] = stock.UseConfigMinSaleQty != 0 ? 1 : PhpJson.Float(stock.MinSaleQty),
        ["use_config_max_sale_qty"] = stock.UseConfigMaxSaleQty,
        ["max_sale_qty"] = stock.UseConfigMaxSaleQty ? 10000 : PhpJson.Float(stock.MaxSaleQty),
        ["use_config_backorders"] = stock.UseConfigBackorders,
        ["backorders"] = stock.UseConfigBackorders ? 0 : stock.Backorders,
        ["use_config_notify_stock_qty"] = stock.UseConfigNotifyStockQty,
        ["notify_stock_qty"] = stock.UseConfigNotifyStockQty ? 1 : PhpJson.Float(stock.NotifyStockQty),
        ["use_config_qty_increments"] = stock.UseConfigQtyIncrements,
        ["qty_increments"] = stock.UseConfigQtyIncrements ? 0 : PhpJson.Float(stock.QtyIncrements),
        ["use_config_enable_qty_inc"] = stock.UseConfigEnableQtyInc,
        ["enable_qty_increments"] = !stock.UseConfigEnableQtyInc && stock.EnableQtyIncrements,
        ["use_config_manage_stock"] = stock.UseConfigManageStock,
        ["manage_stock"] = stock.UseConfigManageStock || stock.ManageStock,
        ["low_stock_date"] = stock.LowStockDate,
        ["is_decimal_divided"] = stock.IsDecimalDivided,
        ["stock_status_changed_auto"] = stock.StockStatusChangedAuto,
    };

    private async Task<JsonObject> ExtensionAsync(
        ProductRecord product, StoreView store, IReadOnlyList<CategoryLink> categories, bool withStock, CancellationToken cancellationToken)
    {
        var json = new JsonObject { ["website_ids"] = Ints(await parts.WebsitesAsync(product.Id, cancellationToken)) };
        if (categories.Count > 0)
        {
            json["category_links"] = new JsonArray([.. categories.Select(link => new JsonObject { ["position"] = link.Position, ["category_id"] = $"{link.CategoryId}" })]);
        }

        if (withStock && await parts.StockAsync(product.Id, cancellationToken) is { } stock)
        {
            json["stock_item"] = StockJson(stock);
        }

        switch (product.TypeId)
        {
            case "downloadable":
                await AddDownloadsAsync(json, product, cancellationToken);
                break;
            case "bundle":
                await AddBundleAsync(json, product, store, cancellationToken);
                break;
            case "configurable":
                await AddVariantsAsync(json, product, cancellationToken);
                break;
        }

        return json;
    }

    private async Task AddDownloadsAsync(JsonObject json, ProductRecord product, CancellationToken cancellationToken)
    {
        json["downloadable_product_links"] = new JsonArray([.. (await parts.DownloadLinksAsync(product.Id, cancellationToken)).Select(link => new JsonObject
        {
            ["id"] = link.Id, ["title"] = link.Title, ["sort_order"] = link.SortOrder, ["is_shareable"] = link.IsShareable, ["price"] = PhpJson.Float(link.Price),
            ["number_of_downloads"] = link.NumberOfDownloads, ["link_type"] = link.Type, ["link_file"] = link.File, ["sample_type"] = link.SampleType,
        })]);
        json["downloadable_product_samples"] = new JsonArray([.. (await parts.DownloadSamplesAsync(product.Id, cancellationToken)).Select(sample => new JsonObject
        {
            ["id"] = sample.Id, ["title"] = sample.Title, ["sort_order"] = sample.SortOrder, ["sample_type"] = sample.Type, ["sample_file"] = sample.File,
        })]);
    }

    private async Task AddBundleAsync(JsonObject json, ProductRecord product, StoreView store, CancellationToken cancellationToken)
    {
        var selections = await parts.BundleSelectionsAsync(product.Id, cancellationToken);
        var prices = (await products.ListAsync([.. selections.Select(one => one.ProductId).Distinct()], store.Id, cancellationToken)).ToDictionary(one => one.Id, one => one.Amount("price"));
        var options = await parts.BundleOptionsAsync(product.Id, store.Id, cancellationToken);
        if (options.Count == 0)
        {
            return;
        }

        json["bundle_product_options"] = new JsonArray([.. options.Select(option => new JsonObject
        {
            ["option_id"] = option.Id, ["title"] = option.Title, ["required"] = option.IsRequired, ["type"] = option.Type, ["position"] = option.Position, ["sku"] = product.Sku,
            ["product_links"] = new JsonArray([.. selections.Where(one => one.OptionId == option.Id).Select(one => new JsonObject
            {
                ["id"] = $"{one.Id}", ["sku"] = one.Sku, ["option_id"] = one.OptionId, ["qty"] = PhpJson.Float(one.Qty), ["position"] = one.Position, ["is_default"] = one.IsDefault,
                ["price"] = PhpJson.Float(prices.GetValueOrDefault(one.ProductId)), ["price_type"] = null, ["can_change_quantity"] = one.CanChangeQty,
            })]),
        })]);
    }

    private async Task AddVariantsAsync(JsonObject json, ProductRecord product, CancellationToken cancellationToken)
    {
        var variants = await parts.VariantsAsync(product.Id, cancellationToken);
        json["configurable_product_options"] = new JsonArray([.. (await parts.SuperAttributesAsync(product.Id, cancellationToken)).OrderBy(one => one.AttributeId).Select(one => new JsonObject
        {
            ["id"] = one.Id, ["attribute_id"] = $"{one.AttributeId}", ["label"] = one.Label, ["position"] = one.Position,
            ["values"] = new JsonArray([.. variants.Where(variant => variant.AttributeId == one.AttributeId).Select(variant => variant.OptionId).Distinct().Order()
                .Select(option => new JsonObject { ["value_index"] = option })]),
            ["product_id"] = product.Id,
        })]);
        json["configurable_product_links"] = Ints([.. variants.Select(variant => variant.ProductId).Distinct()]);
    }

    private async Task<JsonArray> LinksAsync(ProductRecord product, CancellationToken cancellationToken)
    {
        var links = new JsonArray();
        foreach (var link in await parts.LinksAsync(product.Id, cancellationToken))
        {
            var json = new JsonObject
            {
                ["sku"] = product.Sku,
                ["link_type"] = LinkTypes[link.Code],
                ["linked_product_sku"] = link.Sku,
                ["linked_product_type"] = link.TypeId,
                ["position"] = link.Position,
            };
            if (link.Code == "super")
            {
                json["extension_attributes"] = new JsonObject { ["qty"] = PhpJson.Float(link.Qty ?? 0) };
            }

            links.Add(json);
        }

        return links;
    }

    private async Task<JsonArray> OptionsAsync(ProductRecord product, StoreView store, CancellationToken cancellationToken)
    {
        var options = await parts.CustomOptionsAsync(product.Id, store.Id, cancellationToken);
        var values = options.Count == 0 ? [] : await parts.CustomOptionValuesAsync(product.Id, store.Id, cancellationToken);
        var list = new JsonArray();
        foreach (var option in options)
        {
            var json = new JsonObject
            {
                ["product_sku"] = product.Sku,
                ["option_id"] = option.Id,
                ["title"] = option.Title,
                ["type"] = option.Type,
                ["sort_order"] = option.SortOrder,
                ["is_require"] = option.IsRequired,
            };
            if (option.Type is "drop_down" or "radio" or "checkbox" or "multiple")
            {
                json["values"] = new JsonArray([.. values.Where(value => value.OptionId == option.Id).Select(value => new JsonObject
                {
                    ["title"] = value.Title, ["sort_order"] = value.SortOrder, ["price"] = PhpJson.Float(value.Price), ["price_type"] = value.PriceType, ["sku"] = value.Sku, ["option_type_id"] = value.Id,
                })]);
            }
            else
            {
                json["price"] = PhpJson.Float(option.Price);
                json["price_type"] = option.PriceType;
                json["sku"] = option.Sku;
                json["max_characters"] = option.MaxCharacters;
            }

            list.Add(json);
        }

        return list;
    }

    private async Task<JsonArray> GalleryAsync(ProductRecord product, StoreView store, CancellationToken cancellationToken)
    {
        string[] roles = ["image", "small_image", "thumbnail", "swatch_image"];
        return new JsonArray([.. (await parts.GalleryAsync(product.Id, store.Id, cancellationToken)).Select(entry => new JsonObject
        {
            ["id"] = entry.Id, ["media_type"] = entry.MediaType, ["label"] = entry.Label, ["position"] = entry.Position, ["disabled"] = entry.Disabled,
            ["types"] = new JsonArray([.. roles.Where(role => product[role] == entry.File).Select(role => (JsonNode)role)]),
            ["file"] = entry.File,
        })]);
    }

    private async Task<JsonArray> TierPricesAsync(ProductRecord product, CancellationToken cancellationToken)
    {
        var price = product.Amount("price") ?? 0;
        return new JsonArray([.. (await parts.TierPricesAsync(product.Id, cancellationToken)).Select(tier =>
        {
            var extension = new JsonObject();
            if (tier.Percentage is { } percentage)
            {
                extension["percentage_value"] = PhpJson.Float(percentage);
            }

            extension["website_id"] = tier.WebsiteId;
            return new JsonObject
            {
                ["customer_group_id"] = tier.AllGroups ? 32000 : tier.GroupId,
                ["qty"] = PhpJson.Float(tier.Qty),
                ["value"] = PhpJson.Float(tier.Percentage is { } percent ? price * (100 - percent) / 100 : tier.Value),
                ["extension_attributes"] = extension,
            };
        })]);
    }

    private async Task<JsonArray> CustomAttributesAsync(ProductRecord product, IReadOnlyList<CategoryLink> categories, CancellationToken cancellationToken)
    {
        var known = await attributes.GetAsync(cancellationToken);
        var list = new JsonArray();
        foreach (var attribute in known.Sets[product.Row.AttributeSetId].Select(id => known.ById.GetValueOrDefault(id)).OfType<AttributeRow>())
        {
            if (OwnKeys.Contains(attribute.Code))
            {
                continue;
            }

            JsonNode? value = attribute.Code switch
            {
                "category_ids" => new JsonArray([.. categories.Select(link => (JsonNode)$"{link.CategoryId}")]),
                "has_options" => $"{product.Row.HasOptions}",
                "required_options" => $"{product.Row.RequiredOptions}",
                _ => product.Value(attribute.Id),
            };
            if (value is not null)
            {
                list.Add(new JsonObject { ["attribute_code"] = attribute.Code, ["value"] = value });
            }
        }

        return list;
    }

    private static JsonArray Ints(IEnumerable<int> values) => new([.. values.Select(value => (JsonNode)value)]);
}
