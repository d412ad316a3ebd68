using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Playwright;
using MySqlConnector;
using Strangler.Integration.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace Strangler.Integration.Tests.Cutover;

/// <summary>The whole system, moved by hand: every process is the real one, and so are the database and the browser.</summary>
public sealed class CutoverStoryTests(ChromiumBrowser chromium)
{
    private const string Slice = "catalog.product.get";
    private const string AdminName = "admin";
    private const string AdminPassword = "Admin123!Admin";
    private const string SimpleProduct = "select entity_id, sku from catalog_product_entity where type_id = 'simple' order by entity_id limit 1";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slice_IsMovedToTheService_FollowsTheAdminsEdit_AndComesBackByTheKillSwitch()
    {
        await using var stack = await StackHost.StartAsync(Cancelled);
        var (id, sku) = await ProductAsync(stack);
        using var shopper = new Shopper(stack, sku);
        var before = await shopper.AskAsync(Cancelled);
        before.Side.Should().StartWith("magento");

        await using var dashboard = await DashboardPage.OpenAsync(chromium, stack.Control);
        await dashboard.ExpectStageAsync(Slice, "legacy");
        await Expect(dashboard.Page.Locator("[data-field=state]")).ToHaveTextAsync("All well");
        await dashboard.MoveAsync(Slice, "live", "Every gate holds");
        await dashboard.ExpectStageAsync(Slice, "live");
        await shopper.UntilAsync(answer => answer.Side.StartsWith("extracted", StringComparison.Ordinal), "the service answers", Cancelled);
        var moved = await shopper.AskAsync(Cancelled);
        moved.Body.Should().Be(before.Body, "the service answers what Magento answers");
        await Expect(dashboard.Field(Slice, "service-share")).Not.ToHaveTextAsync("0 %");

        var price = Price(before.Body) + 7.25m;
        await EditPriceAsync(stack, id, price);
        await shopper.UntilAsync(
            answer => answer.Side.StartsWith("extracted", StringComparison.Ordinal) && Price(answer.Body) == price, "the service has the new price", Cancelled);

        await dashboard.SwitchKillAsync("Checking that the way back is there");
        await Expect(dashboard.KillBanner).ToBeVisibleAsync();
        var after = await shopper.AskAsync(Cancelled);
        after.Side.Should().StartWith("magento");
        Price(after.Body).Should().Be(price);
        // The gates refuse the first attempt, which the browser calls an error.
        dashboard.Browser.Errors.Where(error => !error.Contains("409", StringComparison.Ordinal)).Should().BeEmpty();
    }

    /// <summary>As a person would: through the facade, in a browser.</summary>
    private async Task EditPriceAsync(StackHost stack, long id, decimal price)
    {
        await using var admin = await chromium.OpenAsync(new Uri(stack.Storefront, "admin/"));
        await admin.Page.Locator("[name='login[username]']").FillAsync(AdminName);
        await admin.Page.Locator("[name='login[password]']").FillAsync(AdminPassword);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(admin.Page.Locator("[data-role=grid]")).ToBeVisibleAsync();

        await admin.Page.GotoAsync(new Uri(stack.Storefront, $"admin/catalog/product/edit/id/{id}/").AbsoluteUri);
        await admin.Page.Locator("[name='product[price]']").FillAsync(price.ToString(CultureInfo.InvariantCulture));
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(admin.Page.GetByText("You saved the product.")).ToBeVisibleAsync();
    }

    private static async Task<(long Id, string Sku)> ProductAsync(StackHost stack)
    {
        await using var connection = new MySqlConnection(stack.Database.ConnectionString("magento"));
        await connection.OpenAsync(Cancelled);
        await using var command = new MySqlCommand(SimpleProduct, connection);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        (await reader.ReadAsync(Cancelled)).Should().BeTrue("the demo store has simple products");
        return (Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture), reader.GetString(1));
    }

    private static decimal Price(string body) => JsonDocument.Parse(body).RootElement.GetProperty("price").GetDecimal();

    /// <summary>Asks for one product through the facade, as the demo's integration.</summary>
    private sealed class Shopper : IDisposable
    {
        private readonly HttpClient _client;
        private readonly Uri _product;

        public Shopper(StackHost stack, string sku)
        {
            _client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", stack.IntegrationToken);
            _client.DefaultRequestHeaders.Add("X-Strangler-Debug", "1");
            _product = new Uri(stack.Storefront, $"rest/V1/products/{Uri.EscapeDataString(sku)}");
        }

        public async Task<(string Side, string Body)> AskAsync(CancellationToken cancellationToken)
        {
            using var response = await _client.GetAsync(_product, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            response.StatusCode.Should().Be(HttpStatusCode.OK, body);
            return (response.Headers.GetValues("X-Strangler-Side").Single(), body);
        }

        public async Task UntilAsync(Func<(string Side, string Body), bool> holds, string what, CancellationToken cancellationToken)
        {
            (string Side, string Body) last = default;
            try
            {
                await Eventually.TrueAsync(async () => holds(last = await AskAsync(cancellationToken)), what, cancellationToken);
            }
            catch (TimeoutException fault)
            {
                throw new TimeoutException($"{fault.Message}; last: {last.Side} {last.Body}", fault);
            }
        }

        public void Dispose() => _client.Dispose();
    }
}
