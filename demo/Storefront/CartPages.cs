using System.Globalization;
using System.Text.RegularExpressions;
using Strangler.Demo.Cart;
using Strangler.Demo.Pages;
using Strangler.Demo.Rest;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Storefront;

/// <summary>The cart page and what changes a cart.</summary>
internal sealed partial class CartPages(CartService carts, SessionCookies cookies, Messages messages)
{
    public async Task<CartView?> CurrentAsync(ShopContext shop) =>
        cookies.ExistingSession(shop.Http)?.QuoteId is { } quote && await carts.FindAsync(quote, shop.Cancelled) is { IsActive: true } cart ? cart : null;

    public async Task<PageResult> ShowAsync(ShopContext shop) => new HtmlResult(typeof(CartPage), new Dictionary<string, object?>
    {
        ["Shop"] = shop,
        ["Cart"] = await CurrentAsync(shop),
        ["FormKey"] = cookies.Session(shop.Http).FormKey,
    });

    public async Task<PageResult> AddAsync(ShopContext shop, string[] rest)
    {
        var http = shop.Http;
        var isAjax = http.Request.Headers.XRequestedWith == "XMLHttpRequest";
        if (!http.Request.HasFormContentType)
        {
            return new RedirectResult(shop.Url("checkout/cart/"), Tagged: true);
        }

        var form = await http.Request.ReadFormAsync(shop.Cancelled);
        var session = cookies.Session(http);
        if (form["form_key"] != session.FormKey)
        {
            messages.Add(http, "error", shop.Say("Invalid Form Key. Please refresh the page.", "Ungültiger Formularschlüssel. Bitte die Seite neu laden."));
            return Back(shop);
        }

        if ((CartItems.Number(form["product"]) ?? CartItems.Number(rest is ["product", var id, ..] ? id : null)) is not { } productId)
        {
            return Back(shop);
        }

        session.QuoteId ??= (await carts.CreateAsync(shop.Store, session.CustomerId, masked: false, shop.Cancelled)).QuoteId;
        var (_, name, fault) = await carts.AddAsync(session.QuoteId.Value, shop.Store, Read(form, productId), shop.Cancelled);
        if (fault is not null)
        {
            messages.Add(http, "error", fault.Message);
            return isAjax ? new JsonResult(PhpJson.ToText(new System.Text.Json.Nodes.JsonObject { ["backUrl"] = Referer(shop) }), Tagged: false) : Back(shop);
        }

        messages.Add(http, "success", shop.Say($"You added {name} to your shopping cart.", $"{name} liegt im Warenkorb."));
        return isAjax ? new JsonResult("[]", Tagged: false) { Kind = "guest-carts/:cartId/items" } : Back(shop) with { Kind = "guest-carts/:cartId/items" };
    }

    /// <summary>Quantities from the cart page, by row.</summary>
    public async Task<PageResult> UpdateAsync(ShopContext shop)
    {
        if (await CheckedFormAsync(shop) is { } form && cookies.Session(shop.Http).QuoteId is { } quote)
        {
            foreach (var (key, value) in form)
            {
                if (ItemQty().Match(key) is { Success: true } match && Amount(value.ToString()) is { } qty)
                {
                    var (_, fault) = await carts.SetQtyAsync(quote, int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), qty, shop.Cancelled);
                    if (fault is not null)
                    {
                        messages.Add(shop.Http, "error", fault.Message);
                    }
                }
            }
        }

        return new RedirectResult(shop.Url("checkout/cart/"), Tagged: true);
    }

    public async Task<PageResult> RemoveFromSidebarAsync(ShopContext shop)
    {
        var form = await CheckedFormAsync(shop);
        var found = form is not null && CartItems.Number(form["item_id"]) is { } item && cookies.Session(shop.Http).QuoteId is { } quote
            && (await carts.SetQtyAsync(quote, item, 0, shop.Cancelled)).Found;
        return new JsonResult(found ? """{"success":true}""" : """{"success":false,"error_message":"The quote item isn't found. Verify the item and try again."}""");
    }

    private static CartRequest Read(IFormCollection form, int productId)
    {
        var request = new CartRequest(productId, Amount(form["qty"].ToString()) is { } qty and > 0 ? qty : 1);
        foreach (var (key, value) in form)
        {
            if (Indexed().Match(key) is not { Success: true } match)
            {
                continue;
            }

            var index = int.Parse(match.Groups["index"].ValueSpan, CultureInfo.InvariantCulture);
            switch (match.Groups["name"].Value)
            {
                case "super_attribute" when CartItems.Number(value) is { } option:
                    request.Variant[index] = option;
                    break;
                case "bundle_option" when CartItems.Number(value) is { } selection:
                    request.Bundle[index] = selection;
                    break;
                case "options":
                    request.Options[index] = value.ToString();
                    break;
                case "super_group" when Amount(value.ToString()) is { } amount:
                    request.Group[index] = amount;
                    break;
            }
        }

        return request;
    }

    private async Task<IFormCollection?> CheckedFormAsync(ShopContext shop)
    {
        if (!shop.Http.Request.HasFormContentType)
        {
            return null;
        }

        var form = await shop.Http.Request.ReadFormAsync(shop.Cancelled);
        return form["form_key"] == cookies.Session(shop.Http).FormKey ? form : null;
    }

    private static RedirectResult Back(ShopContext shop) => new(Referer(shop), Tagged: true);

    private static string Referer(ShopContext shop) =>
        shop.Http.Request.Headers.Referer.ToString() is { Length: > 0 } referer && referer.StartsWith(shop.BaseUrl.AbsoluteUri, StringComparison.Ordinal) ? referer : shop.Url("");

    private static decimal? Amount(string text) => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) && amount >= 0 ? amount : null;

    [GeneratedRegex(@"^(?<name>super_attribute|bundle_option|options|super_group)\[(?<index>\d{1,9})\]$")]
    private static partial Regex Indexed();

    [GeneratedRegex(@"^cart\[(\d{1,9})\]\[qty\]$")]
    private static partial Regex ItemQty();
}
