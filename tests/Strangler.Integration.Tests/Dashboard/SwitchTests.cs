using Microsoft.AspNetCore.Http;
using Strangler.Integration.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace Strangler.Integration.Tests.Dashboard;

/// <summary>What the details of a slice that writes show of its switches.</summary>
public sealed class SwitchTests(ChromiumBrowser chromium, ControlServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_switch_there_and_back_is_followed_step_by_step()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);
        facade.CdcSync.Answer = CdcSyncAsync;
        facade.Service.Answer = context => context.Request.Path.StartsWithSegments("/internal/way-back")
            ? context.Response.WriteAsJsonAsync(new { state = "ready", waiting = 0, carried = 0 })
            : context.Response.WriteAsync("service:");
        var slice = await facade.DeclareAsync("Cart", new Dictionary<string, object>
        {
            ["matches"] = new[] { new { methods = new[] { "GET", "POST" }, path = "/cart-items" } },
            ["writes"] = new { tables = new[] { "quote_item" } },
        });
        await facade.MoveByApiAsync(slice, new { stage = "shadow", reason = "test" }, Cancelled);
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await dashboard.ExpectStageAsync(slice, "shadow");
        await dashboard.PressAsync(slice, "details");
        var details = dashboard.Page.Locator("#details");
        await Expect(details.Locator("[data-field=switch-note]")).ToHaveTextAsync("Magento owns the data");
        var form = details.Locator("#switch");

        await form.Locator("[value=dry-run]").ClickAsync();
        await Expect(form.Locator(".fault")).ToHaveTextAsync("Say why: the reason goes into the audit log.");
        await form.Locator("[name=reason]").FillAsync("to see");
        await form.Locator("[value=dry-run]").ClickAsync();
        await Expect(form.Locator(".fault")).ToContainTextAsync("rehearsal");
        await form.Locator("[name=override]").CheckAsync();
        await form.Locator("[value=dry-run]").ClickAsync();
        await Expect(details.Locator("[data-field=switch-outcome]")).ToHaveTextAsync("would switch");

        await form.Locator("[name=reason]").FillAsync("it is time");
        await form.Locator("[value=switch]").ClickAsync();
        await Expect(form.Locator(".fault")).ToContainTextAsync("rehearsal");
        await form.Locator("[name=override]").CheckAsync();
        await form.Locator("[value=switch]").ClickAsync();
        await Expect(details.Locator("[data-field=switch-note]")).ToHaveTextAsync("The service owns the data");
        await Expect(details.Locator("[data-field=switch-outcome]")).ToHaveTextAsync("switched");
        await Expect(details.Locator(".switch-steps li").Last).ToBeVisibleAsync();
        await details.Locator("[data-field=switch-section]").ScrollIntoViewIfNeededAsync();
        await dashboard.PictureAsync("switch");

        await form.Locator("[name=reason]").FillAsync("back again");
        await form.Locator("[value=switch]").ClickAsync();
        await Expect(details.Locator("[data-field=switch-note]")).ToHaveTextAsync("Magento owns the data");
    }

    [Fact]
    public async Task A_slice_that_only_reads_has_no_such_section()
    {
        await using var facade = await DashboardFacade.StartAsync(server, Cancelled);
        var slice = await facade.DeclareAsync("Products");
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await dashboard.PressAsync(slice, "details");

        await Expect(dashboard.Page.Locator("#details [data-field=matches]")).ToBeVisibleAsync();
        await Expect(dashboard.Page.Locator("[data-field=switch-section]")).ToBeHiddenAsync();
        dashboard.Browser.Errors.Should().BeEmpty();
    }

    // One that is up to date and finds nothing different.
    private static Task CdcSyncAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/positions":
                return context.Response.WriteAsJsonAsync(new
                {
                    services = new[] { new { service = "catalog", state = "streaming", lag = new { milliseconds = 1.0 }, tables = new[] { new { name = "quote_item", state = "streaming" } } } },
                });
            case "/await":
                return context.Response.WriteAsJsonAsync(new { service = "catalog", position = new { file = "mysql-bin.000001", offset = 4 } });
            case "/verify":
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                return context.Response.WriteAsJsonAsync(new { id = "catalog-1", state = "running" });
            default:
                return context.Response.WriteAsJsonAsync(new { id = "catalog-1", state = "done", result = "equal", tables = new[] { new { name = "quote_item", state = "equal" } } });
        }
    }
}
