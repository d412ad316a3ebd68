using System.Net;
using System.Text.RegularExpressions;
using Strangler.Integration.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace Strangler.Integration.Tests.Dashboard;

/// <summary>Who gets the page, and what it shows when something is away.</summary>
public sealed partial class DashboardAccessTests(ChromiumBrowser chromium, ControlServer server)
{
    private const int ClosedPages = 1000;
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

    /// <summary>A page that is closed while its event is being put together cancels a query; nothing of the facade may stand still for that.</summary>
    [Fact]
    public async Task PagesThatAreClosed_LeaveTheFacadeAnswering()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);

        await Parallel.ForEachAsync(Enumerable.Range(0, ClosedPages), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancelled }, async (page, token) =>
        {
            using var closed = CancellationTokenSource.CreateLinkedTokenSource(token);
            closed.CancelAfter(TimeSpan.FromMilliseconds(page % 25));
            try
            {
                await using var events = await facade.Control.GetStreamAsync("api/events", closed.Token);
                await events.CopyToAsync(Stream.Null, closed.Token);
            }
            catch (OperationCanceledException)
            {
                // Closed, as meant.
            }
        });

        // Each on a connection of its own, so that every thread that serves sockets is asked.
        for (var request = 0; request < 16; request++)
        {
            using var client = new HttpClient { BaseAddress = facade.Storefront.BaseAddress };
            (await client.GetStringAsync(new Uri("/any", UriKind.Relative), Cancelled)).Should().Be("magento:GET:/any");
        }
    }

    [GeneratedRegex("(?:href|src)=\"(/assets/[^\"]+)\"")]
    private static partial Regex AssetReferences();
}
