namespace Strangler.Demo.Tests.Recordings;

/// <summary>Storefront answers beside the recorded ones: status, header names and the cookies they set.</summary>
public sealed class StorefrontShapeTests(DemoServer server)
{
    private const string FormKey = "abcdefghijklmnop";

    [Theory]
    [InlineData("home (FPC miss)", "/?fresh=1")]
    [InlineData("home ?___store=de", "/?___store=de&fresh=2")]
    [InlineData("category", "/camp-hike/tents.html?fresh=3")]
    [InlineData("product simple", "product:simple")]
    [InlineData("product configurable", "product:configurable")]
    [InlineData("product bundle", "product:bundle")]
    [InlineData("product grouped", "product:grouped")]
    [InlineData("product downloadable", "product:downloadable")]
    [InlineData("product virtual", "product:virtual")]
    [InlineData("category without suffix", "/camp-hike/tents")]
    [InlineData("search", "/catalogsearch/result/?q=tent")]
    [InlineData("search empty", "/catalogsearch/result/?q=")]
    [InlineData("cms about-us", "/about-us?fresh=4")]
    [InlineData("cms trailing slash", "/about-us/")]
    [InlineData("404", "/no-such-page.html")]
    [InlineData("404 POST", "/no-such-page.html", "POST")]
    [InlineData("cart empty", "/checkout/cart/")]
    [InlineData("checkout empty cart redirect", "/checkout/")]
    [InlineData("login page", "/customer/account/login/")]
    [InlineData("health_check", "/health_check.php")]
    [InlineData("static js", "/static/version1/frontend/Strangler/outfitters/js/shop.js")]
    [InlineData("static missing", "/static/version1/frontend/Strangler/outfitters/nope.css")]
    [InlineData("media image", "/media/catalog/product/cache/1b8c/t/n/tnt-rust-1-1.svg")]
    [InlineData("media missing", "/media/catalog/product/x/y/nope.jpg")]
    [InlineData("store switch de", "/stores/store/redirect/___store/de/___from_store/default/uenc/aHR0cDovLw~~/")]
    public async Task Answer_HasRecordedStatusHeadersAndCookies(string recording, string path, string method = "GET")
    {
        var recorded = Recording.Find("storefront-html.jsonl", recording);
        if (path.StartsWith("product:", StringComparison.Ordinal))
        {
            path = await server.ScalarAsync<string>($"""
                SELECT CONCAT('/', request_path, '?fresh=5') FROM url_rewrite u JOIN catalog_product_entity e ON e.entity_id = u.entity_id
                WHERE u.entity_type = 'product' AND u.store_id = 1 AND e.type_id = '{path[8..]}' AND e.entity_id BETWEEN 2 AND 200 ORDER BY e.entity_id LIMIT 1
                """, TestContext.Current.CancellationToken) ?? path;
        }

        using var client = server.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            request.Content = new FormUrlEncodedContent([new("a", "b")]);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        AssertSame(recorded, response, ignoring: recording == "store switch de" ? ["x-magento-vary"] : []);
    }

    [Fact]
    public async Task HomePage_SecondTime_ComesFromTheCacheAndRenewsTheSession()
    {
        using var client = server.Client();
        var path = $"/?hit={Guid.NewGuid():N}";
        using var miss = await client.GetAsync(path, TestContext.Current.CancellationToken);

        using var hit = await client.GetAsync(path, TestContext.Current.CancellationToken);

        AssertSame(Recording.Find("storefront-html.jsonl", "home (FPC miss)"), miss);
        AssertSame(Recording.Find("storefront-html.jsonl", "home (FPC hit)"), hit);
        (await hit.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Be(await miss.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("login POST ok", "/customer/account/loginPost/", "login[username]=anna@example.com&login[password]=Customer123!")]
    [InlineData("login POST wrong password", "/customer/account/loginPost/", "login[username]=anna@example.com&login[password]=nope")]
    [InlineData("add to cart POST (form)", "/checkout/cart/add/product/2/", "product=2&qty=1")]
    [InlineData("mini cart remove", "/checkout/sidebar/removeItem/", "item_id=999999")]
    public async Task Post_HasRecordedStatusHeadersAndCookies(string recording, string path, string form)
    {
        var recorded = Recording.Find("storefront-html.jsonl", recording);
        using var client = server.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Split('&').Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(pair[0], pair[1])).Append(new("form_key", FormKey))),
        };
        request.Headers.Add("Cookie", $"form_key={FormKey}");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        // The persistent cart module is off here, and where the recording's browser had no form_key cookie ours has.
        AssertSame(recorded, response, "persistent_shopping_cart", "form_key", "mage-messages");
    }

    [Fact]
    public async Task SectionLoad_HasTheRecordedShape()
    {
        var recorded = Recording.Find("storefront-html.jsonl", "section load cart,messages");
        using var client = server.Client();
        using var add = new HttpRequestMessage(HttpMethod.Post, "/checkout/cart/add/product/2/") { Content = new FormUrlEncodedContent([new("product", "2"), new("form_key", FormKey)]) };
        add.Headers.Add("Cookie", $"form_key={FormKey}");
        using var added = await client.SendAsync(add, TestContext.Current.CancellationToken);
        var session = added.Headers.GetValues("Set-Cookie").First(cookie => cookie.StartsWith("PHPSESSID=", StringComparison.Ordinal)).Split(';')[0];
        using var request = new HttpRequestMessage(HttpMethod.Get, "/customer/section/load/?sections=cart%2Cmessages%2Ccustomer");
        request.Headers.Add("Cookie", $"{session}; form_key={FormKey}");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        AssertSame(recorded, response);
        JsonShape.Of(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Equal(JsonShape.Of(recorded.Body!));
    }

    [Fact]
    public async Task OtherHost_IsSentToTheBaseAddressWithoutItsQuery()
    {
        using var client = server.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/camp-hike/tents.html?x=1");
        request.Headers.Host = "other.test:8080";

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        AssertSame(Recording.Find("storefront-html.jsonl", "other host redirect"), response);
        response.Headers.Location.Should().Be(new Uri(server.Address, "camp-hike/tents.html"));
    }

    private static void AssertSame(Recording recorded, HttpResponseMessage response, params string[] ignoring)
    {
        ((int)response.StatusCode).Should().Be(recorded.Status, recorded.Name);
        Recording.Names(response.Headers.Concat(response.Content.Headers).Select(header => header.Key)).Should().Equal(recorded.HeaderNames, recorded.Name);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(cookie => cookie.Split('=')[0]).ToList() : [];
        Kept(cookies).Should().Equal(Kept(recorded.Cookies), recorded.Name);
        return;

        IEnumerable<string> Kept(IEnumerable<string> names) => names.Where(name => !ignoring.Contains(name, StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);
    }
}
