using System.Collections.Concurrent;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Strangler.Integration.Tests.Browsing.ChromiumBrowser))]

namespace Strangler.Integration.Tests.Browsing;

/// <summary>One Chromium of the distribution for the whole suite; every test has a context of its own in it.</summary>
public sealed class ChromiumBrowser : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    // A dead man's switch, as in Eventually: on a busy machine a browser may be slow without being wrong.
    private const float LimitMilliseconds = 60_000;

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Executable))
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(LimitMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Arguments });
    }

    /// <summary>A new page that remembers what the browser complained of. Skips the test where there is no Chromium.</summary>
    public async Task<BrowserPage> OpenAsync(Uri address, int width = 1440, int height = 900)
    {
        Assert.SkipWhen(_browser is null, "needs Chromium: apt-get install chromium");
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height } });
        context.SetDefaultTimeout(LimitMilliseconds);
        var page = new BrowserPage(context, await context.NewPageAsync());
        await page.Page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>A page in a context of its own, with cookies of its own.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public BrowserPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => Errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Errors.Enqueue(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Exceptions of scripts, and what the console has as error: a breach of the content security policy among it.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
