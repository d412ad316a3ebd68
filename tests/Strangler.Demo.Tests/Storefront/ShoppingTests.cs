using System.Net;
using System.Text.RegularExpressions;

namespace Strangler.Demo.Tests.Storefront;

/// <summary>A shopper with a cookie jar clicks through.</summary>
public sealed partial class ShoppingTests(DemoServer server) : IDisposable
{
    private const string FormKey = "ponmlkjihgfedcba";

    private readonly HttpClient _browser = Browser(server);

    [Theory]
    [InlineData("simple")]
    [InlineData("virtual")]
    [InlineData("downloadable")]
    [InlineData("configurable")]
    [InlineData("grouped")]
    [InlineData("bundle")]
    public async Task Buy_ProductOfEveryType_MakesAnOrder(string type)
    {
        var id = await server.ScalarAsync<int>($"""
            SELECT MIN(e.entity_id) FROM catalog_product_entity e JOIN url_rewrite u ON u.entity_type = 'product' AND u.entity_id = e.entity_id AND u.store_id = 1
            WHERE e.type_id = '{type}' AND e.required_options <= IF(e.type_id = 'simple', 0, 1) AND e.entity_id > 100
            """, Cancelled);
        var path = await server.ScalarAsync<string>($"SELECT request_path FROM url_rewrite WHERE entity_type = 'product' AND entity_id = {id} AND store_id = 1", Cancelled);
        var page = await _browser.GetStringAsync(path, Cancelled);

        await PostAsync($"checkout/cart/add/product/{id}/", [("product", $"{id}"), .. ChoicesOf(page)]);
        var cart = await _browser.GetStringAsync("checkout/cart/", Cancelled);
        var done = await PostAsync("checkout/onepage/saveOrder/",
            [("email", "z@example.com"), ("firstname", "Zoe"), ("lastname", "Zed"), ("street", "Weg 1"), ("city", "Ort"), ("postcode", "12345"), ("country_id", "DE"), ("telephone", "1")]);

        cart.Should().Contain("Proceed to checkout");
        var number = OrderNumber().Match(done).Groups[1].Value;
        number.Should().NotBeEmpty();
        (await server.ScalarAsync<int>($"""
            SELECT COUNT(*) FROM sales_order o JOIN sales_order_grid g ON g.entity_id = o.entity_id JOIN quote q ON q.entity_id = o.quote_id AND q.is_active = 0
            WHERE o.increment_id = '{number}' AND o.status = 'pending' AND o.grand_total > 0 AND EXISTS (SELECT 1 FROM inventory_reservation r WHERE r.metadata LIKE '%{number}%')
            """, Cancelled)).Should().Be(1);
    }

    [Fact]
    public async Task Account_AfterSigningIn_ShowsTheCustomersOrders()
    {
        var customer = await server.ScalarAsync<string>("SELECT c.email FROM sales_order o JOIN customer_entity c ON c.entity_id = o.customer_id WHERE c.website_id = 1 ORDER BY o.entity_id LIMIT 1", Cancelled);

        var page = await PostAsync("customer/account/loginPost/", [("login[username]", customer!), ("login[password]", "Customer123!")]);

        page.Should().Contain("My account").And.Contain("0000000");
    }

    [Fact]
    public async Task StoreSwitch_ShowsTheSameProductInGerman()
    {
        var english = await server.ScalarAsync<string>("SELECT request_path FROM url_rewrite WHERE entity_type = 'product' AND entity_id = 1 AND store_id = 1", Cancelled);
        var german = await server.ScalarAsync<string>("SELECT request_path FROM url_rewrite WHERE entity_type = 'product' AND entity_id = 1 AND store_id = 2", Cancelled);
        var page = await _browser.GetStringAsync(english, Cancelled);
        var link = SwitchLink().Match(page).Groups[1].Value;

        using var response = await _browser.GetAsync(link, Cancelled);

        response.RequestMessage!.RequestUri.Should().Be(new Uri(server.Address, german));
        (await response.Content.ReadAsStringAsync(Cancelled)).Should().Contain("In den Warenkorb").And.Contain("€");
    }

    [Fact]
    public async Task Rewrites_OfEditors_RedirectWithTheirStatus()
    {
        using var client = server.Client();

        using var moved = await client.GetAsync("camp-hike/shelters.html", Cancelled);
        using var found = await client.GetAsync("winter.html", Cancelled);

        moved.StatusCode.Should().Be(HttpStatusCode.MovedPermanently);
        moved.Headers.Location.Should().Be(new Uri(server.Address, "camp-hike/tents.html"));
        found.StatusCode.Should().Be(HttpStatusCode.Found);
    }

    [Fact]
    public async Task Product_BelowItsCategorysPath_IsFoundWithoutARow()
    {
        var path = await server.ScalarAsync<string>("SELECT request_path FROM url_rewrite WHERE entity_type = 'product' AND entity_id = 1 AND store_id = 1", Cancelled);
        using var client = server.Client();

        (await client.GetAsync($"camp-hike/tents/{path}", Cancelled)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Search_IsEncodedOnThePage()
    {
        using var client = server.Client();

        var page = await client.GetStringAsync("catalogsearch/result/?q=%3Cscript%3Ealert(1)%3C/script%3E", Cancelled);

        page.Should().NotContain("<script>alert(1)");
    }

    public void Dispose() => _browser.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static HttpClient Browser(DemoServer server)
    {
        var cookies = new CookieContainer();
        cookies.Add(server.Address, new Cookie("form_key", FormKey));
        return new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = true, CookieContainer = cookies }) { BaseAddress = server.Address };
    }

    // The first value of every choice that the page offers, and one of each member of a group.
    private static IEnumerable<(string Name, string Value)> ChoicesOf(string page) =>
        Radio().Matches(page).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).DistinctBy(pair => pair.Item1)
            .Concat(Member().Matches(page).Select(match => (match.Groups[1].Value, "1")));

    private async Task<string> PostAsync(string path, (string Name, string Value)[] fields)
    {
        using var response = await _browser.PostAsync(path, new FormUrlEncodedContent(fields.Append(("form_key", FormKey)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))), Cancelled);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }

    [GeneratedRegex("type=\"radio\" name=\"([^\"]+)\" value=\"(\\d+)\"")]
    private static partial Regex Radio();

    [GeneratedRegex("name=\"(super_group\\[\\d+\\])\"")]
    private static partial Regex Member();

    [GeneratedRegex("data-order-number[^>]*>([^<]+)<")]
    private static partial Regex OrderNumber();

    [GeneratedRegex("href=\"([^\"]*stores/store/redirect/___store/de/[^\"]*)\"")]
    private static partial Regex SwitchLink();
}
