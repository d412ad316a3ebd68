using Microsoft.AspNetCore.Http;
using Strangler.Integration.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace Strangler.Integration.Tests.Dashboard;

/// <summary>What the connector's settings lose is named on the slices that it concerns, and on no others.</summary>
public sealed class LossTests(ChromiumBrowser chromium, ControlServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Losses_are_named_on_the_slices_whose_tables_have_them()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);
        var products = await facade.DeclareAsync("Products", new Dictionary<string, object> { ["tables"] = new[] { "catalog_product_entity", "catalog_product_entity_decimal" } });
        var stock = await facade.DeclareAsync("Stock", new Dictionary<string, object> { ["tables"] = new[] { "cataloginventory_stock_item" } });
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await Expect(dashboard.Field(products, "losses")).ToBeHiddenAsync();

        facade.CdcSync.Answer = context => context.Response.WriteAsJsonAsync(new
        {
            services = new[]
            {
                new
                {
                    service = "catalog",
                    state = "streaming",
                    lag = new { milliseconds = 3.5 },
                    tables = new[]
                    {
                        new { name = "catalog_product_entity_decimal", warnings = new[] { "value: decimal.handling.mode=double keeps 15 digits of decimal(20,6)" } },
                        new { name = "catalog_product_entity", warnings = new[] { "created_at: zero dates are 1970-01-01 in the topics" } },
                        new { name = "cataloginventory_stock_item", warnings = Array.Empty<string>() },
                    },
                },
            },
        });
        await Expect(dashboard.Field(products, "losses")).ToHaveTextAsync("2 lost on the way");
        await Expect(dashboard.Field(stock, "losses")).ToBeHiddenAsync();
        await dashboard.Card(products).ScrollIntoViewIfNeededAsync();
        await dashboard.PictureAsync("losses-card");

        var details = dashboard.Page.Locator("#details");
        await dashboard.PressAsync(products, "details");
        await Expect(details.Locator("[data-field=losses] li")).ToHaveTextAsync(
        [
            "catalog_product_entity_decimal.value: decimal.handling.mode=double keeps 15 digits of decimal(20,6)",
            "catalog_product_entity.created_at: zero dates are 1970-01-01 in the topics",
        ]);
        await dashboard.PictureAsync("losses");
        await details.Locator("[data-action=close]").ClickAsync();

        await dashboard.PressAsync(stock, "details");
        await Expect(details.Locator("[data-field=matches]")).ToBeVisibleAsync();
        await Expect(details.Locator("[data-field=losses-section]")).ToBeHiddenAsync();
        dashboard.Browser.Errors.Should().BeEmpty();
    }
}
