using Dapper;
using MySqlConnector;
using Strangler.Demo.Cart;
using Strangler.Demo.Identity;
using Strangler.Demo.Pages;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Storefront;

/// <summary>An order as the account lists it.</summary>
public sealed record AccountOrder(string Number, string CreatedAt, string Status, decimal GrandTotal, string Currency);

/// <summary>Signing in and out, and the account page.</summary>
internal sealed class AccountPages(Accounts accounts, SessionCookies cookies, Messages messages, CartService carts, MySqlDataSource database)
{
    private const string Refused = "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.";

    public PageResult Login(ShopContext shop) => cookies.ExistingSession(shop.Http)?.CustomerId is not null
        ? new RedirectResult(shop.Url("customer/account/"), Tagged: true)
        : new HtmlResult(typeof(LoginPage), new Dictionary<string, object?> { ["Shop"] = shop, ["FormKey"] = cookies.Session(shop.Http).FormKey })
        {
            Headers = new Dictionary<string, string> { ["Login-Required"] = "true" },
        };

    public async Task<PageResult> SignInAsync(ShopContext shop)
    {
        var http = shop.Http;
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(shop.Cancelled) : FormCollection.Empty;
        if (form["form_key"] != cookies.Session(http).FormKey)
        {
            messages.Add(http, "error", "Invalid Form Key. Please refresh the page.");
            return new RedirectResult(shop.Url("customer/account/"), Tagged: true);
        }

        if (await accounts.CheckCustomerAsync(form["login[username]"].ToString(), form["login[password]"].ToString(), shop.Store.WebsiteId, shop.Cancelled) is not { } customer)
        {
            messages.Add(http, "error", Refused);
            return new RedirectResult(shop.Url("customer/account/index/"), Tagged: true);
        }

        await using var connection = await database.OpenConnectionAsync(shop.Cancelled);
        var (name, group) = await connection.QueryFirstAsync<(string, int)>(new CommandDefinition(
            "SELECT CONCAT(firstname, ' ', lastname), group_id FROM customer_entity WHERE entity_id = @customer", new { customer }, cancellationToken: shop.Cancelled));
        var session = cookies.Regenerate(http);
        SessionCookies.Delete(http, "form_key", domain: true);
        session.CustomerId = customer;
        session.CustomerName = name;
        session.CustomerGroup = group;
        session.QuoteId ??= await carts.OpenCartAsync(customer, shop.Store.WebsiteId, shop.Cancelled);
        return new RedirectResult(shop.Url("customer/account/"), Tagged: true) { Kind = "integration/customer/token" };
    }

    public PageResult SignOut(ShopContext shop)
    {
        var session = cookies.Session(shop.Http);
        session.CustomerId = null;
        session.CustomerName = null;
        session.QuoteId = null;
        cookies.Regenerate(shop.Http);
        SessionCookies.Delete(shop.Http, "form_key", domain: true);
        return new RedirectResult(shop.Url("customer/account/logoutSuccess/"), Tagged: true) { Kind = "redirect" };
    }

    public async Task<PageResult> ShowAsync(ShopContext shop)
    {
        if (cookies.ExistingSession(shop.Http) is not { CustomerId: { } customer } session)
        {
            return new RedirectResult(shop.Url("customer/account/login/"), Tagged: true) { Kind = "redirect" };
        }

        await using var connection = await database.OpenConnectionAsync(shop.Cancelled);
        var orders = await connection.QueryAsync<(string Number, string At, string Status, decimal Total, string Currency)>(new CommandDefinition("""
            SELECT increment_id, CAST(created_at AS CHAR), status, grand_total, order_currency_code FROM sales_order WHERE customer_id = @customer ORDER BY entity_id DESC LIMIT 20
            """, new { customer }, cancellationToken: shop.Cancelled));
        return new HtmlResult(typeof(AccountPage), new Dictionary<string, object?>
        {
            ["Shop"] = shop,
            ["Name"] = session.CustomerName,
            ["Orders"] = orders.Select(order => new AccountOrder(order.Number, order.At, order.Status, order.Total, order.Currency)).ToList(),
        });
    }

    public static PageResult SignedOut(ShopContext shop) => new HtmlResult(typeof(ContentPage), new Dictionary<string, object?>
    {
        ["Shop"] = shop,
        ["Title"] = shop.Say("Signed out", "Abgemeldet"),
        ["Heading"] = shop.Say("You are signed out", "Sie sind abgemeldet"),
        ["Content"] = "",
    });
}
