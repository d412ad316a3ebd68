using System.Net;
using System.Text.RegularExpressions;
using Strangler.Integration.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace Strangler.Integration.Tests.Dashboard;

/// <summary>Who gets the page, and what it shows when something is away.</summary>
public sealed partial class DashboardAccessTests(ChromiumBrowser chromium, ControlServer server)
{
    private const string Key = "a-key-of-more-than-16-characters";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_IsWantedWhereKeysAre_AndItsNameIsInTheAuditLog()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled, $"anna:{Key}");
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        var login = dashboard.Page.Locator("#login");
        await Expect(login).ToBeVisibleAsync();
        await Expect(dashboard.Page.Locator("#page")).ToBeHiddenAsync();

        await login.Locator("[name=key]").FillAsync("not-the-key-at-all");
        await login.Locator("button").ClickAsync();
        await Expect(login.Locator(".fault")).ToContainTextAsync("not known");
        await login.Locator("[name=key]").FillAsync(Key);
        await login.Locator("button").ClickAsync();

        var slice = (await dashboard.Page.Locator("[data-slice]").First.GetAttributeAsync("data-slice"))!;
        await Expect(login).ToBeHiddenAsync();
        await dashboard.MoveAsync(slice, "promote", "logged in");
        await Expect(dashboard.Audit.First).ToContainTextAsync("anna");
    }

    [Fact]
    public async Task Storefront_AnswersNothingOfTheDashboard()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);

        foreach (var path in (string[])["/", "/assets/app.js", "/api/slices", "/api/events", "/health/ready", "/metrics"])
        {
            var answer = await facade.Storefront.GetStringAsync(new Uri(path, UriKind.Relative), Cancelled);
            answer.Should().Be($"magento:GET:{path}");
        }
    }

    [Fact]
    public async Task Files_AreGuardedAndRevalidated()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);

        using var page = await facade.Control.GetAsync(new Uri("/", UriKind.Relative), Cancelled);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.Should().Contain("default-src 'none'").And.NotContain("unsafe");
        page.Headers.GetValues("X-Frame-Options").Should().Equal("DENY");
        page.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        page.Content.Headers.ContentType!.MediaType.Should().Be("text/html");

        var html = await page.Content.ReadAsStringAsync(Cancelled);
        var assets = AssetReferences().Matches(html).Select(match => match.Groups[1].Value).ToList();
        assets.Should().Contain("/assets/app.js");
        foreach (var asset in assets)
        {
            using var first = await facade.Control.GetAsync(new Uri(asset, UriKind.Relative), Cancelled);
            first.StatusCode.Should().Be(HttpStatusCode.OK, asset);
            using var again = new HttpRequestMessage(HttpMethod.Get, asset);
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            using var second = await facade.Control.SendAsync(again, Cancelled);
            second.StatusCode.Should().Be(HttpStatusCode.NotModified, asset);
        }
    }

    [Fact]
    public async Task LostConnection_Shows_AndComesBackByItself()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await Expect(dashboard.Page.Locator("body")).ToHaveAttributeAsync("data-connection", "live");

        await facade.KillProcessAsync();
        await Expect(dashboard.Page.Locator("[data-field=state]")).ToContainTextAsync("Connection lost");
        await facade.StartProcessAsync(Cancelled);

        await Expect(dashboard.Page.Locator("body")).ToHaveAttributeAsync("data-connection", "live");
        await Expect(dashboard.Page.Locator("[data-field=state]")).ToHaveTextAsync("All well");
    }

    [Fact]
    public async Task Degraded_SaysWhatIsAway_AndThatItIsBack()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await Expect(dashboard.Page.Locator("[data-field=state]")).ToHaveTextAsync("All well");

        var answer = facade.CdcSync.Answer;
        facade.CdcSync.AnswerWith(500);
        var broken = Path.Combine(facade.SlicesFolder, "broken.json");
        await File.WriteAllTextAsync(broken, """{ "id": "broken" }""", Cancelled);

        await Expect(dashboard.Page.Locator("[data-field=state]")).ToHaveTextAsync("Degraded");
        await Expect(dashboard.Notices).ToContainTextAsync("cdc-sync away");
        await Expect(dashboard.Notices).ToContainTextAsync("broken.json");
        File.Delete(broken);
        facade.CdcSync.Answer = answer;
        await Expect(dashboard.Page.Locator("[data-field=state]")).ToHaveTextAsync("All well");
        await Expect(dashboard.Notices).ToBeHiddenAsync();
    }

    [GeneratedRegex("(?:href|src)=\"(/assets/[^\"]+)\"")]
    private static partial Regex AssetReferences();
}
