using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Strangler.Integration.Tests.Browsing;
using static Microsoft.Playwright.Assertions;

namespace Strangler.Integration.Tests.Dashboard;

/// <summary>The dashboard of the real proxy process in a real browser: seeing and moving slices.</summary>
public sealed class DashboardTests(ChromiumBrowser chromium, SharedDashboard shared) : IClassFixture<SharedDashboard>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_ShowsTheSlice_AndTheBrowserHasNothingToComplainOf()
    {
        var (facade, slice) = await SliceAsync("Products & <b>friends</b>");
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);

        await Expect(dashboard.Field(slice, "title")).ToHaveTextAsync("Products & <b>friends</b>");
        await dashboard.ExpectStageAsync(slice, "legacy");
        await Expect(dashboard.Field(slice, "circuit")).ToHaveTextAsync("closed");
        await Expect(dashboard.Field(slice, "lag-note")).ToHaveTextAsync("at most 5 s · streaming");
        await Expect(dashboard.Page.Locator("[data-field=state]")).ToHaveTextAsync("All well");
        await Expect(dashboard.Page.Locator("[data-field=connection]")).ToHaveTextAsync("live");
        dashboard.Browser.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Traffic_ShowsAsSplitRateAndLatencyOfBothSides()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await Expect(dashboard.Field(slice, "split-note")).ToHaveTextAsync("no request in the last minute");

        await facade.WhoAnswersAsync(slice, Cancelled);
        await facade.MoveByApiAsync(slice, new { stage = "live", reason = "test" }, Cancelled);
        for (var request = 0; request < 3; request++)
        {
            (await facade.WhoAnswersAsync(slice, Cancelled)).Should().Be("service");
        }

        await Expect(dashboard.Field(slice, "magento-share")).ToHaveTextAsync("25.0 %");
        await Expect(dashboard.Field(slice, "service-share")).ToHaveTextAsync("75.0 %");
        await Expect(dashboard.Field(slice, "service-p95")).Not.ToHaveTextAsync("–");
        await Expect(dashboard.Field(slice, "service-errors")).ToHaveTextAsync("0 %");
    }

    [Fact]
    public async Task Promote_WantsAReason_MovesOneStage_AndIsInTheAuditLog()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);

        await dashboard.PressAsync(slice, "promote");
        await Expect(dashboard.MoveDialog.Locator("[data-field=from]")).ToHaveTextAsync("legacy");
        await Expect(dashboard.MoveDialog.Locator("[data-field=to]")).ToHaveTextAsync("shadow");
        await DashboardPage.ConfirmAsync(dashboard.MoveDialog, "  ");
        await Expect(dashboard.MoveFault).ToContainTextAsync("Say why");
        await DashboardPage.ConfirmAsync(dashboard.MoveDialog, "Answers are compared first");

        await dashboard.ExpectStageAsync(slice, "shadow");
        var entry = dashboard.Audit.First;
        await Expect(entry).ToContainTextAsync(slice);
        await Expect(entry).ToContainTextAsync("legacy→shadow");
        await Expect(entry).ToContainTextAsync("Answers are compared first");
        await Expect(entry).ToContainTextAsync("demo");
        await Expect(dashboard.Page.Locator("[data-field=audit-check]")).ToContainTextAsync("Complete and unaltered");
    }

    [Fact]
    public async Task Canary_TakesATypedShare_AndRefusesOneThatIsNone()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);

        await dashboard.PressAsync(slice, "canary");
        await dashboard.MoveDialog.Locator("[name=percent]").FillAsync("120");
        await DashboardPage.ConfirmAsync(dashboard.MoveDialog, "first visitors");
        await Expect(dashboard.MoveFault).ToContainTextAsync("0 to 100");
        await dashboard.MoveDialog.Locator("[name=percent]").FillAsync("12.5");
        await DashboardPage.ConfirmAsync(dashboard.MoveDialog, "first visitors");
        await dashboard.OverrideAsync();
        await dashboard.ExpectStageAsync(slice, "canary 12.5 %");

        await dashboard.PressAsync(slice, "canary");
        await dashboard.MoveDialog.Locator("[name=share][value='50']").CheckAsync();
        await DashboardPage.ConfirmAsync(dashboard.MoveDialog, "half");
        await dashboard.OverrideAsync();
        await dashboard.ExpectStageAsync(slice, "canary 50 %");
    }

    [Fact]
    public async Task Gates_RefuseAMove_NamingThemselves_AndAreShownWithTheRamp()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);

        await dashboard.PressAsync(slice, "live");
        await DashboardPage.ConfirmAsync(dashboard.MoveDialog, "it looks good");
        await Expect(dashboard.MoveDialog.Locator("[data-field=refusing]")).ToContainTextAsync("parity inconclusive");
        await dashboard.PictureAsync("refused");
        await dashboard.ExpectStageAsync(slice, "legacy");
        await dashboard.MoveDialog.Locator("[data-action=cancel]").ClickAsync();

        await dashboard.PressAsync(slice, "details");
        var details = dashboard.Page.Locator("#details");
        await Expect(details.Locator("[data-field=ramp-state]")).ToHaveTextAsync("none");
        await details.Locator("#ramp [name=reason]").FillAsync("gather evidence");
        await details.Locator("#ramp [value=start]").ClickAsync();
        await Expect(details.Locator("[data-field=ramp-state]")).ToHaveTextAsync("running");
        await Expect(details.Locator("[data-field=ramp-waits]")).ToContainTextAsync("Next canary 1 %; waits for 1000 more comparisons");
        await Expect(details.Locator("[data-field=gates] li[data-level=warn]").First).ToBeVisibleAsync();
        await Expect(details.Locator("[data-field=gates-verdict]")).ToContainTextAsync("gates");
        await dashboard.PictureAsync("gates");
        await Expect(details.Locator("[data-field=packs] a").First).ToHaveTextAsync("promotion");
        await ChangeRampAsync("pause", "paused");
        await Expect(details.Locator("#ramp [value=start]")).ToBeVisibleAsync();
        await Expect(details.Locator("#ramp [value=pause]")).ToBeHiddenAsync();
        await ChangeRampAsync("resume", "running");
        await ChangeRampAsync("abort", "aborted");
        await Expect(details.Locator("[data-field=ramp-note]")).ToContainTextAsync("seen enough: abort");
        dashboard.Browser.Errors.Where(error => !error.Contains("409", StringComparison.Ordinal)).Should().BeEmpty();

        async Task ChangeRampAsync(string action, string state)
        {
            await details.Locator($"#ramp [value={action}]").ClickAsync();
            await Expect(details.Locator("#ramp .fault")).ToContainTextAsync("Say why");
            await details.Locator("#ramp [name=reason]").FillAsync($"seen enough: {action}");
            await details.Locator($"#ramp [value={action}]").ClickAsync();
            await Expect(details.Locator("[data-field=ramp-state]")).ToHaveTextAsync(state);
        }
    }

    [Fact]
    public async Task LiveAndRollBack_DecideWhoAnswers()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);

        await dashboard.MoveAsync(slice, "live", "all gates hold");
        await dashboard.ExpectStageAsync(slice, "live");
        (await facade.WhoAnswersAsync(slice, Cancelled)).Should().Be("service");

        await dashboard.MoveAsync(slice, "rollback", "prices look odd");
        await dashboard.ExpectStageAsync(slice, "legacy");
        (await facade.WhoAnswersAsync(slice, Cancelled)).Should().Be("magento");
        await Expect(dashboard.Card(slice).Locator("[data-action=rollback]")).ToBeDisabledAsync();
    }

    [Fact]
    public async Task Change_ByTheApi_ShowsWithoutReload()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await dashboard.ExpectStageAsync(slice, "legacy");
        await dashboard.Page.EvaluateAsync("window.notReloaded = true");

        await facade.MoveByApiAsync(slice, new { stage = "canary", percent = 7, reason = "by a script" }, Cancelled);

        await dashboard.ExpectStageAsync(slice, "canary 7 %");
        await Expect(dashboard.Audit.First).ToContainTextAsync("by a script");
        (await dashboard.Page.EvaluateAsync<bool>("window.notReloaded === true")).Should().BeTrue();
    }

    [Fact]
    public async Task Conflict_SaysWhereTheSliceIsNow_ChangesNothing_AndMayBeConfirmedAgain()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);

        await dashboard.PressAsync(slice, "live");
        await facade.MoveByApiAsync(slice, new { stage = "canary", percent = 7, reason = "faster" }, Cancelled);
        await DashboardPage.ConfirmAsync(dashboard.MoveDialog, "straight on");

        await Expect(dashboard.MoveFault).ToContainTextAsync("Somebody was faster: now at canary 7 % (version 1)");
        await dashboard.ExpectStageAsync(slice, "canary 7 %");
        await DashboardPage.ConfirmAsync(dashboard.MoveDialog, "straight on, knowing that");
        await dashboard.OverrideAsync();
        await dashboard.ExpectStageAsync(slice, "live");
    }

    [Fact]
    public async Task RefusedChange_ShowsTheDetail()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);

        await dashboard.Field(slice, "stage").Locator("[data-stage=retired]").ClickAsync();
        await DashboardPage.ConfirmAsync(dashboard.MoveDialog, "too early");

        await Expect(dashboard.MoveFault).ToContainTextAsync("only a live slice can be retired");
        await dashboard.ExpectStageAsync(slice, "legacy");
    }

    [Fact]
    public async Task KillSwitch_SendsEverythingToMagento_AndThePageShowsItUntilItIsReleased()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await dashboard.MoveAsync(slice, "live", "all gates hold");
        (await facade.WhoAnswersAsync(slice, Cancelled)).Should().Be("service");

        await dashboard.SwitchKillAsync("checkout errors");
        await Expect(dashboard.KillBanner).ToContainTextAsync("Everything goes to Magento");
        await Expect(dashboard.KillBanner).ToContainTextAsync("checkout errors");
        await Expect(dashboard.Page.Locator("[data-field=state]")).ToHaveTextAsync("Kill switch on");
        (await facade.WhoAnswersAsync(slice, Cancelled)).Should().Be("magento");

        await dashboard.SwitchKillAsync("it was the payment provider");
        await Expect(dashboard.KillBanner).ToBeHiddenAsync();
        await dashboard.ExpectStageAsync(slice, "live");
        (await facade.WhoAnswersAsync(slice, Cancelled)).Should().Be("service");
    }

    [Fact]
    public async Task Rules_AreCheckedAsTyped_AndSaved()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await dashboard.PressAsync(slice, "details");
        var form = dashboard.Page.Locator("#rules");
        var faults = form.Locator("[data-field=rules-fault]");

        await form.Locator("[name=rules]").FillAsync("""{"include": [{"storeViews": "de"}], "exlude": []}""");
        await Expect(faults).ToContainTextAsync("exlude: not known");
        await Expect(faults).ToContainTextAsync("include[0].storeViews: must be a list of texts");

        await form.Locator("[name=rules]").FillAsync("""{"include": [{"ipRanges": ["not an address"]}]}""");
        await form.Locator("[name=reason]").FillAsync("testers first");
        await form.Locator("[data-action=save-rules]").ClickAsync();
        await Expect(faults).ToContainTextAsync("'not an address' is not an address or a network");

        await form.Locator("[name=rules]").FillAsync("""{"include": [{"ipRanges": ["10.0.0.0/8"]}]}""");
        await form.Locator("[data-action=save-rules]").ClickAsync();
        await Expect(form.Locator("[data-field=rules-saved]")).ToHaveTextAsync("Saved as version 1.");
        var view = await facade.Control.GetFromJsonAsync<JsonElement>($"api/slices/{slice}", Cancelled);
        view.GetProperty("rules").GetProperty("include")[0].GetProperty("ipRanges")[0].GetString().Should().Be("10.0.0.0/8");
    }

    [Fact]
    public async Task Explain_ShowsEachStep_AndTheOneThatDecides()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);

        await dashboard.Page.GetByRole(AriaRole.Tab, new() { Name = "Explain" }).ClickAsync();
        await dashboard.Page.Locator("#explain [name=url]").FillAsync(DashboardFacade.PathOf(slice));
        await dashboard.Page.Locator("#explain button").ClickAsync();

        await Expect(dashboard.Page.Locator("[data-field=verdict]")).ToHaveTextAsync("Magento answers: stage");
        await Expect(dashboard.Page.Locator("#explanation .decides")).ToContainTextAsync("legacy");
        await dashboard.Page.Locator("#explain textarea").FillAsync("no colon");
        await dashboard.Page.Locator("#explain button").ClickAsync();
        await Expect(dashboard.Page.Locator("#explain .fault")).ToContainTextAsync("write Name: value");
    }

    [Fact]
    public async Task OverrideToken_ChoosesTheSide()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        await dashboard.ExpectStageAsync(slice, "legacy");

        await dashboard.Page.GetByRole(AriaRole.Tab, new() { Name = "Override" }).ClickAsync();
        await dashboard.Page.Locator("#token [name=slice]").SelectOptionAsync(slice);
        await dashboard.Page.Locator("#token button").ClickAsync();
        var token = dashboard.Page.Locator("[data-field=token]");
        await Expect(token).Not.ToHaveValueAsync("");

        (await facade.WhoAnswersAsync(slice, Cancelled, ("X-Strangler-Override", await token.InputValueAsync()))).Should().Be("service");
        (await facade.WhoAnswersAsync(slice, Cancelled)).Should().Be("magento");
    }

    [Fact]
    public async Task Keyboard_OpensTheDialog_EscapeLeavesIt_AndTheFocusComesBack()
    {
        var (facade, slice) = await SliceAsync();
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!);
        var promote = dashboard.Card(slice).Locator("[data-action=promote]");

        await promote.FocusAsync();
        await dashboard.Page.Keyboard.PressAsync("Enter");
        await Expect(dashboard.MoveDialog.Locator("[name=reason]")).ToBeFocusedAsync();
        await dashboard.Page.Keyboard.PressAsync("Escape");

        await Expect(dashboard.MoveDialog).ToBeHiddenAsync();
        await Expect(promote).ToBeFocusedAsync();
        await dashboard.ExpectStageAsync(slice, "legacy");
    }

    [Fact]
    public async Task NarrowScreen_HasEverythingWithinItsWidth()
    {
        var (facade, slice) = await SliceAsync("A slice with quite a long title that has to wrap somewhere on a narrow screen");
        await using var dashboard = await DashboardPage.OpenAsync(chromium, facade.Control.BaseAddress!, 400, 800);
        await dashboard.ExpectStageAsync(slice, "legacy");

        (await dashboard.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(400);
        await Expect(dashboard.Page.Locator("header [data-action=kill]")).ToBeInViewportAsync();
        await dashboard.PictureAsync("narrow");
    }

    private async Task<(DashboardFacade Facade, string Slice)> SliceAsync(string title = "A slice")
    {
        var facade = await shared.FacadeAsync(Cancelled);
        return (facade, await facade.DeclareAsync(title));
    }
}
