using System.Globalization;
using System.Text.Json.Nodes;
using Strangler.Demo.Cart;
using Strangler.Demo.Catalog;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

/// <summary>Guest carts by masked id, from the first item to the order.</summary>
internal sealed class GuestCartEndpoints(CartService carts, CartJson json, OrderPlacer orders, ProductReader products)
{
    private static readonly JsonObject CheckMoneyOrder = new() { ["code"] = "checkmo", ["title"] = "Check / Money order" };

    public IEnumerable<RestRoute> Routes =>
    [
        new("POST", "guest-carts", RestRoute.Anonymous, CreateAsync),
        new("GET", "guest-carts/:cartId", RestRoute.Anonymous, request => WithCartAsync(request, false, async cart => await json.CartAsync(cart, request.Cancelled))),
        new("GET", "guest-carts/:cartId/items", RestRoute.Anonymous, request => WithCartAsync(request, true, cart =>
            Task.FromResult<JsonNode?>(new JsonArray([.. cart.Lines.Select(line => CartJson.Item(line, request.Path[0]))])))),
        new("GET", "guest-carts/:cartId/totals", RestRoute.Anonymous, request => WithCartAsync(request, true, async cart => await json.TotalsAsync(cart, request.Cancelled))),
        new("POST", "guest-carts/:cartId/items", RestRoute.Anonymous, AddAsync),
        new("PUT", "guest-carts/:cartId/items/:itemId", RestRoute.Anonymous, UpdateAsync),
        new("DELETE", "guest-carts/:cartId/items/:itemId", RestRoute.Anonymous, request => SetQtyAsync(request, 0)),
        new("POST", "guest-carts/:cartId/shipping-information", RestRoute.Anonymous, ShipAsync),
        new("POST", "guest-carts/:cartId/payment-information", RestRoute.Anonymous, PlaceAsync),
    ];

    private async Task<RestAnswer> CreateAsync(RestRequest request) =>
        RestAnswer.Of((await carts.CreateAsync(request.Store, null, masked: true, request.Cancelled)).Mask, touchedSession: true);

    private async Task<RestAnswer> AddAsync(RestRequest request)
    {
        var (cart, missing) = await FindAsync(request, active: true);
        if (cart is null)
        {
            return missing!;
        }

        if (request.Body?["cartItem"] is not JsonObject item)
        {
            return RestAnswer.Fail(WebApiError.Required("cartItem"));
        }

        if (await products.FindIdAsync(item["sku"]?.ToString() ?? "", request.Cancelled) is not { } product)
        {
            return RestAnswer.Fail(WebApiError.NoSuchProduct(), touchedSession: true);
        }

        if (Amount(item["qty"]) is not { } qty || qty <= 0)
        {
            return RestAnswer.Fail(new WebApiError(400, "Invalid value of \"%value\" provided for the %fieldName field.",
                new("fieldName", "qty"), new("value", item["qty"]?.ToString() ?? "")), touchedSession: true);
        }

        var (itemId, _, fault) = await carts.AddAsync(cart.QuoteId, request.Store, Read(item, product, qty), request.Cancelled);
        return fault is null
            ? await ItemAsync(cart.QuoteId, itemId, request)
            : RestAnswer.Fail(new WebApiError(fault.Status, fault.Message), touchedSession: true);
    }

    private Task<RestAnswer> UpdateAsync(RestRequest request) => Amount(request.Body?["cartItem"]?["qty"]) is { } qty
        ? SetQtyAsync(request, qty)
        : Task.FromResult(RestAnswer.Fail(WebApiError.Required("cartItem")));

    private async Task<RestAnswer> SetQtyAsync(RestRequest request, decimal qty)
    {
        var (cart, missing) = await FindAsync(request, active: true);
        if (cart is null)
        {
            return missing!;
        }

        var item = CartItems.Number(request.Path[1]) ?? 0;
        var (found, fault) = await carts.SetQtyAsync(cart.QuoteId, item, qty, request.Cancelled);
        return !found
            ? RestAnswer.Fail(new WebApiError(404, "The %1 Cart doesn't contain the %2 item.", new(null, $"{cart.QuoteId}"), new(null, item)), touchedSession: true)
            : fault is not null ? RestAnswer.Fail(new WebApiError(fault.Status, fault.Message), touchedSession: true)
            : qty == 0 ? RestAnswer.Of(true, touchedSession: true)
            : await ItemAsync(cart.QuoteId, item, request);
    }

    private async Task<RestAnswer> ShipAsync(RestRequest request)
    {
        var (cart, missing) = await FindAsync(request, active: true);
        if (cart is null)
        {
            return missing!;
        }

        if (request.Body?["addressInformation"] is not JsonObject information || information["shipping_address"] is not JsonObject address)
        {
            return RestAnswer.Fail(WebApiError.Required("addressInformation"), touchedSession: true);
        }

        if (cart.Lines.Count == 0)
        {
            return RestAnswer.Fail(new WebApiError(400, "The shipping method can't be set for an empty cart. Add an item to cart and try again."), touchedSession: true);
        }

        var carrier = information["shipping_carrier_code"]?.ToString() ?? "";
        var method = information["shipping_method_code"]?.ToString() ?? "";
        if (carrier != "flatrate" || method != "flatrate")
        {
            return RestAnswer.Fail(new WebApiError(404, "Carrier with such method not found: %1, %2", new(null, carrier), new(null, method)), touchedSession: true);
        }

        await orders.SetShippingAsync(cart.QuoteId, Address(address, null), request.Cancelled);
        var totals = await json.TotalsAsync((await carts.FindAsync(cart.QuoteId, request.Cancelled))!, request.Cancelled);
        return RestAnswer.Of(new JsonObject { ["payment_methods"] = new JsonArray(CheckMoneyOrder.DeepClone()), ["totals"] = totals }, touchedSession: true);
    }

    private async Task<RestAnswer> PlaceAsync(RestRequest request)
    {
        var (cart, missing) = await FindAsync(request, active: true);
        if (cart is null)
        {
            return missing!;
        }

        if (request.Body?["paymentMethod"]?["method"]?.ToString() != "checkmo")
        {
            return RestAnswer.Fail(new WebApiError(400, "The requested Payment Method is not available."), touchedSession: true);
        }

        if (request.Body["billingAddress"] is not JsonObject billing || Address(billing, request.Body["email"]?.ToString()) is not { } address || address.FindMissing() is not null)
        {
            return RestAnswer.Fail(new WebApiError(400, "Please check the billing address information."), touchedSession: true);
        }

        if (!cart.IsVirtual && cart.Shipping == 0)
        {
            return RestAnswer.Fail(new WebApiError(400, "The shipping method is missing. Select the shipping method and try again."), touchedSession: true);
        }

        var http = request.Http;
        var (orderId, _) = await orders.PlaceAsync(cart, address, "checkmo", http.Connection.RemoteIpAddress?.ToString(), http.Request.Headers["X-Forwarded-For"], request.Cancelled);
        return RestAnswer.Of(orderId, touchedSession: true);
    }

    private async Task<RestAnswer> WithCartAsync(RestRequest request, bool active, Func<CartView, Task<JsonNode?>> show)
    {
        var (cart, missing) = await FindAsync(request, active);
        return cart is null ? missing! : RestAnswer.Of(await show(cart), touchedSession: true);
    }

    private async Task<(CartView? Cart, RestAnswer? Missing)> FindAsync(RestRequest request, bool active)
    {
        var quote = await carts.UnmaskAsync(request.Path[0], request.Cancelled);
        var cart = quote is null ? null : await carts.FindAsync(quote.Value, request.Cancelled);
        if (cart is null)
        {
            // The id that an unknown mask stands for is null, and that is what Magento names.
            return (null, RestAnswer.Fail(WebApiError.NoSuchEntity("cartId", quote is { } known ? $"{known}" : null), touchedSession: true));
        }

        return active && !cart.IsActive
            ? (null, RestAnswer.Fail(WebApiError.NoSuchEntity("cartId", $"{cart.QuoteId}"), touchedSession: true))
            : (cart, null);
    }

    private async Task<RestAnswer> ItemAsync(int quoteId, int itemId, RestRequest request)
    {
        var cart = await carts.FindAsync(quoteId, request.Cancelled);
        return RestAnswer.Of(CartJson.Item(cart!.Lines.First(line => line.ItemId == itemId), $"{quoteId}"), touchedSession: true);
    }

    private static CartRequest Read(JsonObject item, int product, decimal qty)
    {
        var request = new CartRequest(product, qty);
        if (item["product_option"]?["extension_attributes"] is not JsonObject chosen)
        {
            return request;
        }

        foreach (var option in (chosen["configurable_item_options"] as JsonArray ?? []).OfType<JsonObject>())
        {
            request.Variant[Int(option["option_id"])] = Int(option["option_value"]);
        }

        foreach (var option in (chosen["bundle_options"] as JsonArray ?? []).OfType<JsonObject>())
        {
            request.Bundle[Int(option["option_id"])] = Int((option["option_selections"] as JsonArray)?.FirstOrDefault());
        }

        foreach (var option in (chosen["custom_options"] as JsonArray ?? []).OfType<JsonObject>())
        {
            request.Options[Int(option["option_id"])] = option["option_value"]?.ToString() ?? "";
        }

        return request;
    }

    private static CheckoutAddress Address(JsonObject address, string? email)
    {
        string Text(string name) => address[name]?.ToString() ?? "";
        var street = address["street"] is JsonArray lines ? string.Join('\n', lines) : Text("street");
        return new CheckoutAddress(email ?? Text("email"), Text("firstname"), Text("lastname"), street, Text("city"), Text("postcode"), Text("country_id"), Text("telephone"), address["region"]?.ToString());
    }

    private static int Int(JsonNode? node) => CartItems.Number(node?.ToString()) ?? 0;

    private static decimal? Amount(JsonNode? node) => decimal.TryParse(node?.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) ? amount : null;
}
