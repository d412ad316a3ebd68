using Microsoft.Playwright;

namespace Strangler.Integration.Tests.Browsing;

/// <summary>The dashboard as its users see it, by the hooks that are kept stable for tests and scripts.</summary>
internal sealed class DashboardPage(BrowserPage browser) : IAsyncDisposable
{
    public IPage Page => browser.Page;

    public BrowserPage Browser => browser;

    public ILocator KillBanner => Page.Locator("[data-field=kill-banner]");

    public ILocator Audit => Page.Locator("[data-audit]");

    public ILocator Notices => Page.Locator("[data-field=notices]");

    public ILocator MoveDialog => Page.Locator("#move");

    public ILocator MoveFault => MoveDialog.Locator("[data-field=fault]");

    public static async Task<DashboardPage> OpenAsync(ChromiumBrowser chromium, Uri control, int width = 1440, int height = 900) =>
        new(await chromium.OpenAsync(control, width, height));

    public ILocator Card(string slice) => Page.Locator($"[data-slice='{slice}']");

    public ILocator Field(string slice, string field) => Card(slice).Locator($"[data-field='{field}']");

    /// <summary>Presses one of a slice's buttons; its dialog is open afterwards.</summary>
    public Task PressAsync(string slice, string action) => Card(slice).Locator($"[data-action='{action}']").ClickAsync();

    /// <summary>Presses, gives the reason and confirms, once more with an override where gates refuse.</summary>
    public async Task MoveAsync(string slice, string action, string reason)
    {
        await PressAsync(slice, action);
        await ConfirmAsync(MoveDialog, reason);
        await OverrideAsync();
    }

    /// <summary>A move that was confirmed is done, or refused by gates and then done all the same.</summary>
    public async Task OverrideAsync()
    {
        var refused = MoveDialog.Locator("[data-field=refused]");
        await Eventually.TrueAsync(async () => !await MoveDialog.IsVisibleAsync() || await refused.IsVisibleAsync(), "the move is answered", CancellationToken.None);
        if (await MoveDialog.IsVisibleAsync())
        {
            await refused.Locator("[name=override]").CheckAsync();
            await MoveDialog.Locator("[data-action=confirm]").ClickAsync();
            await Assertions.Expect(MoveDialog).ToBeHiddenAsync();
        }
    }

    /// <summary>Keeps a picture in the folder that <c>STRANGLER_SCREENSHOTS</c> names, for a person to look at; nothing where it names none.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("STRANGLER_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
        }
    }

    public Task ExpectStageAsync(string slice, string stage) =>
        Assertions.Expect(Field(slice, "stage").Locator("[aria-current=step]")).ToHaveTextAsync(stage);

    /// <summary>Presses the switch in the head of the page, gives the reason and confirms.</summary>
    public async Task SwitchKillAsync(string reason)
    {
        await Page.Locator("header [data-action=kill]").ClickAsync();
        await ConfirmAsync(Page.Locator("#kill-dialog"), reason);
    }

    public static async Task ConfirmAsync(ILocator dialog, string reason)
    {
        await dialog.Locator("[name=reason]").FillAsync(reason);
        await dialog.Locator("[data-action=confirm]").ClickAsync();
    }

    public ValueTask DisposeAsync() => browser.DisposeAsync();
}
