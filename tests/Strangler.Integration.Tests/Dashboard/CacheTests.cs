using Strangler.Integration.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace Strangler.Integration.Tests.Dashboard;

/// <summary>What the details of a slice show of the answers that the facade keeps.</summary>
public sealed class CacheTests(ChromiumBrowser chromium, ControlServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kept_answers_are_counted_for_a_slice_that_keeps_some_and_not_shown_for_others()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);
        var plain = await facade.DeclareAsync("Stock");
        var slice = await facade.DeclareAsync("Products", new Dictionary<string, object> { ["cache"] = new { seconds = 60 } });
        await facade.MoveByApiAsync(slice, new { stage = "live", reason = "test" }, Cancelled);
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await dashboard.ExpectStageAsync(slice, "live");
        var details = dashboard.Page.Locator("#details");
        var section = details.Locator("[data-field=cache-section]");
        await dashboard.PressAsync(plain, "details");
        await Expect(details.Locator("[data-field=matches]")).ToBeVisibleAsync();
        await Expect(section).ToBeHiddenAsync();
        await details.Locator("[data-action=close]").ClickAsync();

        await dashboard.PressAsync(slice, "details");
        await Expect(details.Locator("[data-field=cache-note]")).ToHaveTextAsync("No request yet.");
        await facade.Storefront.GetStringAsync(new Uri(DashboardFacade.PathOf(slice), UriKind.Relative), Cancelled);

        // This cdc-sync tells of no changes, so nothing may be served from the store.
        await Expect(details.Locator("[data-field=cache-note]")).ToHaveTextAsync("0 % of 1 from the store");
        await section.ScrollIntoViewIfNeededAsync();
        await dashboard.PictureAsync("cache");
        dashboard.Browser.Errors.Should().BeEmpty();
    }
}
