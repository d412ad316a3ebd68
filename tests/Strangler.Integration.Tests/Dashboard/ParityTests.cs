using Microsoft.AspNetCore.Http;
using Strangler.Integration.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace Strangler.Integration.Tests.Dashboard;

/// <summary>What the details of a slice show of its comparisons.</summary>
public sealed class ParityTests(ChromiumBrowser chromium, ControlServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Differences_AreShownWithTheirRequests_AndAResetBeginsAnew()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);
        var slice = await facade.DeclareAsync("Products");
        facade.Magento.Answer = context => context.Response.WriteAsJsonAsync(new { sku = "<b>24-MB01</b>", price = 34.0 });
        facade.Service.Answer = context => context.Response.WriteAsJsonAsync(new { sku = "<b>24-MB01</b>", price = 43.0, stock = 1 });
        await facade.MoveByApiAsync(slice, new { stage = "shadow", reason = "test" }, Cancelled);
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await dashboard.ExpectStageAsync(slice, "shadow");

        await dashboard.PressAsync(slice, "details");
        var details = dashboard.Page.Locator("#details");
        var note = details.Locator("[data-field=parity-note]");
        await Expect(note).ToContainTextAsync("Nothing compared yet");
        using var answer = await facade.Storefront.GetAsync(new Uri(DashboardFacade.PathOf(slice) + "?email=jane@example.com", UriKind.Relative), Cancelled);

        await Expect(note).ToContainTextAsync("0 % the same of 1");
        var price = details.Locator("[data-group='value $.price']");
        await price.Locator("summary").ClickAsync();
        await Expect(price.Locator(".target")).ToHaveTextAsync($"GET {DashboardFacade.PathOf(slice)}?email=***");
        await Expect(price.Locator(".parity-sample")).ToContainTextAsync("34");
        await Expect(price.Locator(".parity-sample")).ToContainTextAsync("43");
        await Expect(details.Locator("[data-group='extra $.stock'] summary")).ToContainTextAsync("1 (100 %)");

        await details.Locator("[data-field=parity]").ScrollIntoViewIfNeededAsync();
        await dashboard.PictureAsync("parity");

        // It stays open and in focus while more comes in.
        await facade.Storefront.GetStringAsync(new Uri(DashboardFacade.PathOf(slice), UriKind.Relative), Cancelled);
        await Expect(note).ToContainTextAsync("of 2");
        await Expect(price).ToHaveAttributeAsync("open", "");
        await Expect(price.Locator("summary")).ToBeFocusedAsync();

        await details.Locator("[data-action=reset-parity]").ClickAsync();
        await Expect(details.Locator("[data-field=parity-fault]")).ToContainTextAsync("Say why");
        await details.Locator(".parity-reset [name=reason]").FillAsync("mended");
        await details.Locator("[data-action=reset-parity]").ClickAsync();
        await Expect(note).ToContainTextAsync("Nothing compared yet");
        (await facade.Control.GetStringAsync(new Uri("api/audit", UriKind.Relative), Cancelled)).Should().Contain("mended");
        dashboard.Browser.Errors.Should().BeEmpty();
    }
}
