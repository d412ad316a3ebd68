using System.Net;
using System.Text.RegularExpressions;

namespace Strangler.Demo.Tests.Admin;

public sealed partial class AdminTests(DemoServer server) : IDisposable
{
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = true, CookieContainer = new CookieContainer() }) { BaseAddress = server.Address };

    [Fact]
    public async Task Save_PriceInDefaultScope_IsServedByRestAndByTheCachedPage()
    {
        await SignInAsync("Admin123!Admin");
        using var shopper = server.Client();
        var path = await PathOfAsync(55);
        var before = await shopper.GetStringAsync(path, Cancelled);

        var page = await SaveAsync(55, 0, ("product[price]", "123.45"), ("product[special_price]", ""));

        page.Should().Contain("You saved the product.");
        before.Should().NotContain("$123.45");
        (await shopper.GetStringAsync(path, Cancelled)).Should().Contain("$123.45");
        using var api = server.Client(authorized: true);
        (await api.GetStringAsync($"rest/V1/products/{await SkuOfAsync(55)}?fields=price", Cancelled)).Should().Be("""{"price":123.45}""");
    }

    [Fact]
    public async Task Save_NameInGermanView_LeavesTheDefaultAlone_AndUseDefaultTakesItBack()
    {
        await SignInAsync("Admin123!Admin");

        await SaveAsync(57, 2, ("product[name]", "Ganz neuer Name"));
        var own = await server.ScalarAsync<string>(NameSql(57, 2), Cancelled);
        var standard = await server.ScalarAsync<string>(NameSql(57, 0), Cancelled);
        await SaveAsync(57, 2, ("use_default[name]", "1"));

        own.Should().Be("Ganz neuer Name");
        standard.Should().NotBe("Ganz neuer Name").And.NotBeNull();
        (await server.ScalarAsync<string>(NameSql(57, 2), Cancelled)).Should().BeNull();
    }

    [Fact]
    public async Task Save_Stock_GoesToLegacyRowStatusAndDefaultSource()
    {
        await SignInAsync("Admin123!Admin");

        await SaveAsync(59, 0, ("product[quantity_and_stock_status][qty]", "3"), ("product[quantity_and_stock_status][is_in_stock]", "0"));

        (await server.ScalarAsync<string>("""
            SELECT CONCAT_WS('|', i.qty, i.is_in_stock, s.qty, s.stock_status, m.quantity, m.status) FROM cataloginventory_stock_item i
            JOIN cataloginventory_stock_status s ON s.product_id = i.product_id JOIN catalog_product_entity e ON e.entity_id = i.product_id
            JOIN inventory_source_item m ON m.sku = e.sku AND m.source_code = 'default' WHERE i.product_id = 59
            """, Cancelled)).Should().Be("3.0000|0|3.0000|0|3.0000|0");
    }

    [Theory]
    [InlineData("product[price]", "cheap", "Please enter a number 0 or greater")]
    [InlineData("product[price]", "-1", "Please enter a number 0 or greater")]
    [InlineData("product[name]", "", "is a required value")]
    public async Task Save_BadValue_SaysSoAndChangesNothing(string field, string value, string message)
    {
        await SignInAsync("Admin123!Admin");
        var before = await server.ScalarAsync<string>("SELECT CONCAT(value, (SELECT updated_at FROM catalog_product_entity WHERE entity_id = 61)) FROM catalog_product_entity_decimal WHERE entity_id = 61 LIMIT 1", Cancelled);

        var page = await SaveAsync(61, 0, (field, value));

        page.Should().Contain(message);
        (await server.ScalarAsync<string>("SELECT CONCAT(value, (SELECT updated_at FROM catalog_product_entity WHERE entity_id = 61)) FROM catalog_product_entity_decimal WHERE entity_id = 61 LIMIT 1", Cancelled)).Should().Be(before);
    }

    [Fact]
    public async Task Anything_WithoutSigningIn_ShowsTheLogin()
    {
        var page = await _browser.GetStringAsync("admin/catalog/product/edit/id/1/", Cancelled);

        page.Should().Contain("login[username]").And.NotContain("save-button");
    }

    [Fact]
    public async Task SignIn_WrongPassword_IsRefused()
    {
        (await SignInAsync("nope")).Should().Contain("The account sign-in was incorrect");
        (await _browser.GetStringAsync("admin/catalog/product/", Cancelled)).Should().Contain("login[username]");
    }

    [Fact]
    public async Task Grid_Search_FindsBySku()
    {
        await SignInAsync("Admin123!Admin");

        var page = await _browser.GetStringAsync("admin/catalog/product/?search=TNT-00001", Cancelled);

        Regex.Count(page, "/edit/id/").Should().Be(1);
    }

    public void Dispose() => _browser.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static string NameSql(int product, int store) =>
        $"SELECT v.value FROM catalog_product_entity_varchar v JOIN eav_attribute a ON a.attribute_id = v.attribute_id AND a.attribute_code = 'name' WHERE a.entity_type_id = 4 AND v.entity_id = {product} AND v.store_id = {store}";

    private Task<string?> SkuOfAsync(int id) => server.ScalarAsync<string>($"SELECT sku FROM catalog_product_entity WHERE entity_id = {id}", Cancelled);

    private async Task<string> PathOfAsync(int id) =>
        "/" + await server.ScalarAsync<string>($"SELECT request_path FROM url_rewrite WHERE entity_type = 'product' AND entity_id = {id} AND store_id = 1", Cancelled);

    private async Task<string> SignInAsync(string password)
    {
        var form = await _browser.GetStringAsync("admin", Cancelled);
        return await PostAsync("admin/", [("form_key", FormKey().Match(form).Groups[1].Value), ("login[username]", "admin"), ("login[password]", password)]);
    }

    private async Task<string> SaveAsync(int id, int store, params (string Name, string Value)[] fields)
    {
        var form = await _browser.GetStringAsync($"admin/catalog/product/edit/id/{id}/?store={store}", Cancelled);
        form.Should().Contain("id=\"save-button\"").And.Contain("name=\"product[price]\"").And.Contain("name=\"product[name]\"");
        return await PostAsync($"admin/catalog/product/save/id/{id}/", [("form_key", FormKey().Match(form).Groups[1].Value), ("store", $"{store}"), .. fields]);
    }

    private async Task<string> PostAsync(string path, (string Name, string Value)[] fields)
    {
        using var response = await _browser.PostAsync(path, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))), Cancelled);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }

    [GeneratedRegex("name=\"form_key\" value=\"([^\"]+)\"")]
    private static partial Regex FormKey();
}
