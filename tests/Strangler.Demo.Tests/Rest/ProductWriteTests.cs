using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Strangler.Demo.Tests.Rest;

public sealed class ProductWriteTests(DemoServer server)
{
    [Fact]
    public async Task Put_WebsitePriceFromAView_IsWrittenForEveryViewOfItsWebsite()
    {
        await PutAsync("de", "BAG-00002", new { price = 11.5m });

        (await server.ScalarAsync<string>($"SELECT GROUP_CONCAT(store_id ORDER BY store_id) FROM catalog_product_entity_decimal WHERE entity_id = 2 AND value = 11.5", Cancelled)).Should().Be("1,2");
    }

    [Fact]
    public async Task Put_ValueEqualToTheDefault_LeavesNoRowInTheView()
    {
        var name = await server.ScalarAsync<string>("SELECT value FROM catalog_product_entity_varchar v JOIN eav_attribute a USING (attribute_id) WHERE a.attribute_code = 'name' AND a.entity_type_id = 4 AND entity_id = 3 AND store_id = 0", Cancelled);

        await PutAsync("de", await SkuAsync(3), new { name = "Anders" });
        await PutAsync("de", await SkuAsync(3), new { name });

        (await server.ScalarAsync<int>("SELECT COUNT(*) FROM catalog_product_entity_varchar v JOIN eav_attribute a USING (attribute_id) WHERE a.attribute_code = 'name' AND entity_id = 3 AND store_id = 2", Cancelled)).Should().Be(0);
    }

    [Fact]
    public async Task Save_IsOneTransaction_InTheBinlog()
    {
        var sku = await SkuAsync(5);
        var before = await server.ScalarAsync<string>("SELECT @@gtid_binlog_pos", Cancelled);

        await PutAsync("all", sku, new { price = 31m, name = "One transaction", extension_attributes = new { stock_item = new { qty = 9, is_in_stock = true } } });

        // MariaDB counts one GTID a transaction; other tests may write meanwhile, so the rows are looked for together.
        (await server.ScalarAsync<string>("SELECT @@gtid_binlog_pos", Cancelled)).Should().NotBe(before);
        (await server.ScalarAsync<string>("SELECT CONCAT(quantity, '|', status) FROM inventory_source_item WHERE source_code = 'default' AND sku = (SELECT sku FROM catalog_product_entity WHERE entity_id = 5)", Cancelled))
            .Should().Be("9.0000|1");
    }

    [Fact]
    public async Task Post_NewProduct_CanBeReadListedAndDeleted()
    {
        using var client = server.Client(authorized: true);
        using var created = await client.PostAsJsonAsync("rest/all/V1/products",
            new { product = new { sku = "NEW-TEST-01", name = "Brand new", price = 12.5m, extension_attributes = new { stock_item = new { qty = 4, is_in_stock = true } } } }, Cancelled);
        using var shopper = server.Client();

        created.StatusCode.Should().Be(HttpStatusCode.OK);
        (await client.GetStringAsync("rest/V1/products/new-test-01?fields=sku,price,extension_attributes[stock_item[qty]]", Cancelled))
            .Should().Be("""{"sku":"NEW-TEST-01","price":12.5,"extension_attributes":{"stock_item":{"qty":4}}}""");
        (await shopper.GetStringAsync("brand-new.html", Cancelled)).Should().Contain("Brand new");
        (await (await client.DeleteAsync("rest/V1/products/NEW-TEST-01", Cancelled)).Content.ReadAsStringAsync(Cancelled)).Should().Be("true");
        (await client.GetAsync("rest/V1/products/NEW-TEST-01", Cancelled)).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"product":{"price":"abc"}}""", """{"message":"Error occurred during \"price\" processing. The \"abc\" value's type is invalid. The \"float\" type was expected. Verify and try again."}""")]
    [InlineData("""{"product":{"foo_bar":1}}""", """{"message":"\"%fieldName\" is not supported. Correct the field name and try again.","parameters":{"fieldName":"FooBar"}}""")]
    [InlineData("{", """{"message":"Decoding error."}""")]
    public async Task Put_BadBody_Is400InMagentosWords(string body, string expected)
    {
        using var client = server.Client(authorized: true);

        using var response = await client.PutAsync("rest/V1/products/BAG-00002", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Cancelled);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancelled)).Should().Be(expected);
    }

    [Fact]
    public async Task Get_WithAdminToken_IsAllowed_WithCustomerToken_IsNot()
    {
        using var client = server.Client();

        var admin = await TokenAsync(client, "admin", "admin", "Admin123!Admin");
        var customer = await TokenAsync(client, "customer", "anna@example.com", "Customer123!");

        (await StatusAsync(client, admin)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync(client, customer)).Should().Be(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("sku", "like", "TNT-%")]
    [InlineData("price", "gt", "500")]
    [InlineData("category_id", "eq", "4")]
    [InlineData("type_id", "in", "bundle,grouped")]
    public async Task List_Filter_CountsWhatItLists(string field, string condition, string value)
    {
        using var client = server.Client(authorized: true);
        var url = $"rest/V1/products?searchCriteria[filter_groups][0][filters][0][field]={field}&searchCriteria[filter_groups][0][filters][0][value]={Uri.EscapeDataString(value)}"
            + $"&searchCriteria[filter_groups][0][filters][0][condition_type]={condition}&fields=items[sku],total_count";

        var json = JsonNode.Parse(await client.GetStringAsync(url, Cancelled))!;

        json["items"]!.AsArray().Count.Should().BeGreaterThan(0).And.Be(json["total_count"]!.GetValue<int>());
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static async Task<string> TokenAsync(HttpClient client, string kind, string name, string password)
    {
        using var response = await client.PostAsJsonAsync($"rest/V1/integration/{kind}/token", new { username = name, password }, Cancelled);
        return (await response.Content.ReadFromJsonAsync<string>(Cancelled))!;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "rest/V1/products/BAG-00002");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await client.SendAsync(request, Cancelled);
        return response.StatusCode;
    }

    private async Task<string> SkuAsync(int id) => (await server.ScalarAsync<string>($"SELECT sku FROM catalog_product_entity WHERE entity_id = {id}", Cancelled))!;

    private async Task PutAsync(string scope, string sku, object product)
    {
        using var client = server.Client(authorized: true);
        using var response = await client.PutAsJsonAsync($"rest/{scope}/V1/products/{Uri.EscapeDataString(sku)}", new { product }, Cancelled);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }
}
