using System.Net.Http.Headers;

namespace Strangler.Demo.Tests.Recordings;

/// <summary>The stand-in's answers beside those recorded from a real store: status, header names, cookies and the structure of the body.</summary>
public sealed class RestShapeTests(DemoServer server)
{
    [Theory]
    [InlineData("product simple", "type_id = 'simple' AND entity_id = 1")]
    [InlineData("product configurable", "type_id = 'configurable'")]
    [InlineData("product bundle", "type_id = 'bundle'")]
    [InlineData("product grouped", "type_id = 'grouped'")]
    [InlineData("product downloadable", "type_id = 'downloadable'")]
    [InlineData("product virtual", "type_id = 'virtual'")]
    [InlineData("product custom options", "has_options = 1 AND type_id = 'simple'")]
    public async Task Product_OfEveryType_HasTheRecordedShape(string recording, string which)
    {
        var recorded = Recording.Find("rest-catalog.jsonl", recording);
        var sku = await server.ScalarAsync<string>($"SELECT sku FROM catalog_product_entity WHERE {which} ORDER BY entity_id LIMIT 1", TestContext.Current.CancellationToken);

        var (response, body) = await GetAsync($"rest/V1/products/{Uri.EscapeDataString(sku!)}", authorized: true);

        AssertSameEnvelope(recorded, response);
        var ours = JsonShape.Of(body).ToHashSet();
        var real = JsonShape.Of(recorded.Body!);
        // What lists hold and whether there is a weight is data; every structure that both have must be the same.
        var common = ours.Select(PathOf).Intersect(real.Select(PathOf)).ToHashSet();
        Structure(ours, common).Should().Equal(Structure(real, common));
        Required(real).Should().BeSubsetOf(Required(ours));
    }

    [Theory]
    [InlineData("rest-catalog.jsonl", "product slash sku double-encoded", "rest/V1/products/no-such-product", true)]
    [InlineData("rest-catalog.jsonl", "401 no token", "rest/V1/products/TNT-00001", false)]
    [InlineData("rest-catalog.jsonl", "product in unknown store code", "rest/nosuch/V1/products/TNT-00001", true)]
    [InlineData("rest-catalog.jsonl", "product slash sku raw slash", "rest/V1/products/SKU/WITH%20SLASH", true)]
    [InlineData("rest-catalog.jsonl", "category 404", "rest/V1/categories/9999", true)]
    [InlineData("rest-catalog.jsonl", "category id not int", "rest/V1/categories/abc", true)]
    [InlineData("rest-catalog.jsonl", "products no searchCriteria", "rest/V1/products", true)]
    [InlineData("rest-catalog.jsonl", "stockItems 404", "rest/V1/stockItems/nosuch", true)]
    [InlineData("rest-cart-checkout.jsonl", "guest: cart 404", "rest/default/V1/guest-carts/nosuchcart", false)]
    public async Task Errors_AreTheRecordedBytes(string file, string recording, string path, bool authorized)
    {
        var recorded = Recording.Find(file, recording);

        var (response, body) = await GetAsync(path, authorized);

        AssertSameEnvelope(recorded, response);
        body.Should().Be(recorded.Body);
    }

    [Theory]
    [InlineData("405-ish PATCH", "PATCH")]
    [InlineData("OPTIONS product", "OPTIONS")]
    [InlineData("HEAD product", "HEAD")]
    public async Task OtherMethods_AreRefusedAsRecorded(string recording, string method)
    {
        var recorded = Recording.Find("rest-catalog.jsonl", recording);
        using var client = server.Client(authorized: true);

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "rest/V1/products/TNT-00001"), TestContext.Current.CancellationToken);

        AssertSameEnvelope(recorded, response);
        if (method != "HEAD")
        {
            (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Be(recorded.Body);
        }
    }

    [Theory]
    [InlineData("store views", "rest/V1/store/storeViews")]
    [InlineData("store groups", "rest/V1/store/storeGroups")]
    [InlineData("websites", "rest/V1/store/websites")]
    [InlineData("store configs", "rest/V1/store/storeConfigs")]
    [InlineData("modules", "rest/V1/modules")]
    [InlineData("categories tree", "rest/V1/categories")]
    [InlineData("stockItems", "rest/V1/stockItems/TNT-00001")]
    public async Task Reads_HaveTheRecordedShape(string recording, string path)
    {
        var recorded = Recording.Find("rest-catalog.jsonl", recording);

        var (response, body) = await GetAsync(path, authorized: true);

        AssertSameEnvelope(recorded, response);
        // A tree is as deep as its data; the elements of each depth are alike.
        JsonShape.Of(body).Where(line => !line.Contains("children_data[].children_data", StringComparison.Ordinal))
            .Should().BeEquivalentTo(JsonShape.Of(recorded.Body!).Where(line => !line.Contains("children_data[].children_data", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task GuestCart_HasTheRecordedShapes()
    {
        using var client = server.Client();
        var cancelled = TestContext.Current.CancellationToken;
        var id = (await (await client.PostAsync("rest/default/V1/guest-carts", null, cancelled)).Content.ReadAsStringAsync(cancelled)).Trim('"');

        var (empty, emptyBody) = await GetAsync($"rest/default/V1/guest-carts/{id}", authorized: false);
        AssertSameEnvelope(Recording.Find("rest-cart-checkout.jsonl", "guest: get empty cart"), empty);
        JsonShape.Of(emptyBody).Should().Equal(JsonShape.Of(Recording.Find("rest-cart-checkout.jsonl", "guest: get empty cart").Body!));

        var (_, totals) = await GetAsync($"rest/default/V1/guest-carts/{id}/totals", authorized: false);
        JsonShape.Of(totals).Should().Equal(JsonShape.Of(Recording.Find("rest-cart-checkout.jsonl", "guest: totals empty").Body!));

        using var added = await client.PostAsync($"rest/default/V1/guest-carts/{id}/items",
            new StringContent($$$"""{"cartItem":{"sku":"BAG-00002","qty":1,"quote_id":"{{{id}}}"}}""", MediaTypeHeaderValue.Parse("application/json")), cancelled);
        AssertSameEnvelope(Recording.Find("rest-cart-checkout.jsonl", "guest: add simple"), added);
        JsonShape.Of(await added.Content.ReadAsStringAsync(cancelled)).Should().Equal(JsonShape.Of(Recording.Find("rest-cart-checkout.jsonl", "guest: add simple").Body!));
    }

    private static void AssertSameEnvelope(Recording recorded, HttpResponseMessage response)
    {
        ((int)response.StatusCode).Should().Be(recorded.Status);
        Recording.Names(response.Headers.Concat(response.Content.Headers).Select(header => header.Key)).Should().Equal(recorded.HeaderNames);
        response.Content.Headers.ContentType?.ToString().Should().Be(recorded.Headers.FirstOrDefault(header => header.Name == "Content-Type").Value);
    }

    private static IEnumerable<string> Structure(IEnumerable<string> shape, HashSet<string> common) =>
        shape.Where(line => common.Contains(PathOf(line)) && line.Contains(" keys: ", StringComparison.Ordinal)).Select(line => WithoutOptional(line)).Order(StringComparer.Ordinal).Distinct();

    // Keys that come and go with the product's data.
    private static string WithoutOptional(string line) => line
        .Replace("weight,", "", StringComparison.Ordinal).Replace("percentage_value,", "", StringComparison.Ordinal);

    private static IEnumerable<string> Required(IEnumerable<string> shape) =>
        shape.Where(line => !line.Contains("[]", StringComparison.Ordinal) && !line.Contains("keys:", StringComparison.Ordinal) && !line.Contains("low_stock_date", StringComparison.Ordinal)
            && !line.Contains("stock_item.qty", StringComparison.Ordinal) && !line.Contains(".weight", StringComparison.Ordinal));

    private static string PathOf(string line) => line[..line.IndexOf(' ')].TrimEnd(':');

    private async Task<(HttpResponseMessage Response, string Body)> GetAsync(string path, bool authorized)
    {
        using var client = server.Client(authorized);
        var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return (response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
