using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Strangler.Demo.Cart;
using Strangler.Demo.Rest;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Storefront;

/// <summary><c>/customer/section/load</c>: the private parts of cached pages as JSON.</summary>
internal sealed class SectionPages(CartPages carts, SessionCookies cookies, Messages messages, TimeProvider time)
{
    private static readonly string[] Known = ["messages", "customer", "compare-products", "last-ordered-items", "cart", "directory-data", "wishlist", "recently_viewed_product", "product_data_storage"];

    public async Task<PageResult> LoadAsync(ShopContext shop)
    {
        var asked = shop.Http.Request.Query["sections"].ToString() is { Length: > 0 } list ? list.Split(',') : Known;
        if (asked.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
        {
            return new JsonResult(PhpJson.ToText(new JsonObject
            {
                ["message"] = $"The &quot;{WebUtility.HtmlEncode(unknown)}&quot; section source isn&#039;t supported.",
            }), StatusCodes.Status400BadRequest)
            { Kind = "section" };
        }

        var sections = new JsonObject();
        foreach (var name in asked.Distinct())
        {
            var section = await SectionAsync(shop, name);
            section["data_id"] = time.GetUtcNow().ToUnixTimeSeconds();
            sections[name] = section;
        }

        return new JsonResult(PhpJson.ToText(sections), Expires: TimeSpan.FromDays(1)) { Kind = "section" };
    }

    private async Task<JsonObject> SectionAsync(ShopContext shop, string name) => name switch
    {
        "cart" => await CartAsync(shop),
        "messages" => new JsonObject { ["messages"] = messages.Take(shop.Http) },
        "customer" when cookies.ExistingSession(shop.Http) is { CustomerName: { } full } => new JsonObject
        {
            ["fullname"] = full,
            ["firstname"] = full.Split(' ')[0],
            ["websiteId"] = shop.Store.WebsiteId.ToString(CultureInfo.InvariantCulture),
        },
        "compare-products" => new JsonObject
        {
            ["count"] = 0,
            ["countCaption"] = "0 items",
            ["listUrl"] = shop.Url("catalog/product_compare/index/"),
            ["items"] = new JsonArray(),
            ["websiteId"] = $"{shop.Store.WebsiteId}",
        },
        "last-ordered-items" => new JsonObject { ["items"] = new JsonArray() },
        _ => [],
    };

    private async Task<JsonObject> CartAsync(ShopContext shop)
    {
        var cart = await carts.CurrentAsync(shop);
        var subtotal = cart?.Subtotal ?? 0;
        var shown = $"<span class=\"price\">{shop.Show(subtotal)}</span>";
        return new JsonObject
        {
            ["summary_count"] = PhpJson.Float(cart?.Qty ?? 0),
            ["subtotalAmount"] = subtotal.ToString("0.0000", CultureInfo.InvariantCulture),
            ["subtotal"] = shown,
            ["possible_onepage_checkout"] = cart is { Lines.Count: > 0 },
            ["items"] = new JsonArray([.. (cart?.Lines ?? []).Reverse().Select(line => Item(shop, line))]),
            ["extra_actions"] = "",
            ["isGuestCheckoutAllowed"] = true,
            ["website_id"] = $"{shop.Store.WebsiteId}",
            ["storeId"] = $"{shop.Store.Id}",
            ["subtotal_incl_tax"] = shown,
            ["subtotal_excl_tax"] = shown,
        };
    }

    private static JsonObject Item(ShopContext shop, CartLine line) => new()
    {
        ["product_type"] = line.TypeId,
        ["options"] = new JsonArray([.. line.Options.Select(option => new JsonObject { ["label"] = option.Label, ["value"] = option.Value })]),
        ["qty"] = PhpJson.Float(line.Qty),
        ["item_id"] = $"{line.ItemId}",
        ["configure_url"] = shop.Url($"checkout/cart/configure/id/{line.ItemId}/product_id/{line.ProductId}/"),
        ["is_visible_in_site_visibility"] = true,
        ["product_id"] = $"{line.ProductId}",
        ["product_name"] = line.Name,
        ["product_sku"] = line.Sku,
        ["product_url"] = shop.Url($"{line.UrlKey}.html"),
        ["product_has_url"] = true,
        ["product_price"] = $"<span class=\"minicart-price\"><span class=\"price\">{shop.Show(line.Price)}</span></span>",
        ["product_price_value"] = PhpJson.Float(line.Price),
        ["product_image"] = new JsonObject { ["src"] = shop.Image(line.Image, 150), ["alt"] = line.Name, ["width"] = 150, ["height"] = 150 },
        ["canApplyMsrp"] = false,
        ["message"] = "",
    };
}
