using Strangler.Demo.Cart;
using Strangler.Demo.Pages;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Storefront;

/// <summary>A checkout of one page: address, flat rate, cheque or money order.</summary>
internal sealed class CheckoutPages(CartPages carts, OrderPlacer orders, SessionCookies cookies, Messages messages)
{
    public const string PaymentMethod = "checkmo";

    public async Task<PageResult> ShowAsync(ShopContext shop) => await carts.CurrentAsync(shop) is not { Lines.Count: > 0 } cart
        ? new RedirectResult(shop.Url("checkout/cart/"), Tagged: true) { Kind = "redirect" }
        : new HtmlResult(typeof(CheckoutPage), new Dictionary<string, object?> { ["Shop"] = shop, ["Cart"] = cart, ["FormKey"] = cookies.Session(shop.Http).FormKey });

    public async Task<PageResult> PlaceAsync(ShopContext shop)
    {
        var session = cookies.Session(shop.Http);
        if (await carts.CurrentAsync(shop) is not { Lines.Count: > 0 } cart || !shop.Http.Request.HasFormContentType)
        {
            return new RedirectResult(shop.Url("checkout/cart/"), Tagged: true);
        }

        var form = await shop.Http.Request.ReadFormAsync(shop.Cancelled);
        if (form["form_key"] != session.FormKey)
        {
            messages.Add(shop.Http, "error", "Invalid Form Key. Please refresh the page.");
            return new RedirectResult(shop.Url("checkout/"), Tagged: true);
        }

        var address = new CheckoutAddress(
            form["email"].ToString(), form["firstname"].ToString(), form["lastname"].ToString(), form["street"].ToString(), form["city"].ToString(), form["postcode"].ToString(),
            form["country_id"].ToString(), form["telephone"].ToString(), null);
        if (address.FindMissing() is { } missing)
        {
            messages.Add(shop.Http, "error", $"\"{missing}\" is required. Enter and try again.");
            return new RedirectResult(shop.Url("checkout/"), Tagged: true);
        }

        var (_, number) = await orders.PlaceAsync(cart, address, PaymentMethod, shop.Http.Connection.RemoteIpAddress?.ToString(), shop.Http.Request.Headers["X-Forwarded-For"], shop.Cancelled);
        session.QuoteId = null;
        session.LastOrder = number;
        return new RedirectResult(shop.Url("checkout/onepage/success/"), Tagged: true) { Kind = "order" };
    }

    public PageResult Success(ShopContext shop) => cookies.ExistingSession(shop.Http)?.LastOrder is { } number
        ? new HtmlResult(typeof(SuccessPage), new Dictionary<string, object?> { ["Shop"] = shop, ["Number"] = number })
        : new RedirectResult(shop.Url("checkout/cart/"), Tagged: true);
}
