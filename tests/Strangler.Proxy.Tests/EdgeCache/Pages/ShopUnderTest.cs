using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache.Pages;

/// <summary>A facade that keeps pages, before a Magento that answers as one with cache type "Varnish" does.</summary>
internal sealed class ShopUnderTest : IAsyncDisposable
{
    private readonly string _connection;
    private readonly string[] _settings;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _pages = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Target, IReadOnlyDictionary<string, string> Fields)> _asked = new();

    private ShopUnderTest(FacadeUnderTest facade, string connection, string[] settings)
    {
        (Facade, _connection, _settings) = (facade, connection, settings);
        facade.Magento.Answer = AnswerAsync;
    }

    public FacadeUnderTest Facade { get; }

    public Uri Address => Facade.Storefront.BaseAddress!;

    /// <summary>What a page without an answer of its own says.</summary>
    public string Text { get; set; } = "one";

    /// <summary>Whether Magento answers at all.</summary>
    public bool IsDown { get; set; }

    /// <summary>What Magento was asked, with the fields of the request.</summary>
    public IReadOnlyCollection<(string Target, IReadOnlyDictionary<string, string> Fields)> Asked => _asked;

    public static Task<ShopUnderTest> StartAsync(ControlDatabase database, CancellationToken cancellationToken, params string[] settings) =>
        StartAsync(database, null, cancellationToken, settings);

    public static async Task<ShopUnderTest> StartAsync(ControlDatabase database, Action<JsonSlice>? slice, CancellationToken cancellationToken, params string[] settings)
    {
        var connection = await database.CreateAsync(cancellationToken);
        string[] all = ["--EdgeCache:Pages:Enabled=true", .. settings];
        var shop = new ShopUnderTest(await FacadeUnderTest.StartAsync(connection, cancellationToken, slice, all), connection, all);
        await shop.ReadyAsync(cancellationToken);
        return shop;
    }

    /// <summary>One more facade before the same Magento.</summary>
    public async Task<ShopUnderTest> StartReplicaAsync(CancellationToken cancellationToken)
    {
        var replica = new ShopUnderTest(await FacadeUnderTest.StartReplicaAsync(Facade, _connection, cancellationToken, null, _settings), _connection, _settings);
        Facade.Magento.Answer = AnswerAsync;
        await replica.ReadyAsync(cancellationToken);
        return replica;
    }

    /// <summary>How often Magento was asked for a target.</summary>
    public int AskedFor(string target) => _asked.Count(request => request.Target == target);

    public void Serve(string path, Func<HttpContext, Task> answer) => _pages[path] = answer;

    /// <summary>A page as Magento marks one that may be shared.</summary>
    public static async Task PublicAsync(HttpContext context, string text, string tags = "cat_p_1,cat_p,FPC", int seconds = 86400, string type = "text/html; charset=UTF-8")
    {
        var headers = context.Response.Headers;
        headers.CacheControl = $"max-age={seconds}, public, s-maxage={seconds}";
        headers.Pragma = "cache";
        headers["X-Magento-Tags"] = tags;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(text);
    }

    /// <summary>A page as Magento marks one shopper's.</summary>
    public static async Task PrivateAsync(HttpContext context, string text)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "max-age=0, must-revalidate, no-cache, no-store";
        headers.Pragma = "no-cache";
        context.Response.ContentType = "text/html; charset=UTF-8";
        await context.Response.WriteAsync(text);
    }

    public async Task<(string Body, string Cache)> AskAsync(string path, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        var (_, body, side) = await Facade.AskAsync(path, cancellationToken, headers: headers);
        var mark = side.IndexOf("cache=", StringComparison.Ordinal);
        return (body, mark < 0 ? "" : side[(mark + 6)..]);
    }

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Facade.Storefront.SendAsync(request, cancellationToken);
    }

    public async Task<HttpStatusCode> PurgeAsync(string pattern, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var response = await GetAsync("/", cancellationToken, new HttpMethod("PURGE"), [("X-Magento-Tags-Pattern", pattern), .. headers]);
        return response.StatusCode;
    }

    /// <summary>As Magento asks for a tag.</summary>
    public static string PatternOf(params string[] tags) => string.Join('|', tags.Select(tag => $"((^|,){tag}(,|$))"));

    public async Task<JsonElement> StatusAsync(CancellationToken cancellationToken) =>
        (await Facade.Control.GetFromJsonAsync<JsonElement>("/api/cache", cancellationToken)).GetProperty("pages");

    public ValueTask DisposeAsync() => Facade.DisposeAsync();

    // The first look at the control database throws pages away.
    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        await Facade.ReadyAsync(cancellationToken);
        await Eventually.TrueAsync(async () => (await StatusAsync(cancellationToken)).GetProperty("isFollowing").GetBoolean(), "purges are heard of", cancellationToken);
        await Facade.Control.PostAsJsonAsync("/api/cache/purge", new { slice = "pages", reason = "begin" }, cancellationToken);
    }

    private Task AnswerAsync(HttpContext context)
    {
        var target = context.Request.Path.Value + context.Request.QueryString.Value;
        _asked.Enqueue((target, context.Request.Headers.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (IsDown)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return _pages.TryGetValue(context.Request.Path.Value!, out var answer) ? answer(context) : PublicAsync(context, Text);
    }
}
