using System.Text;
using Strangler.Demo.Catalog;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Storefront;

/// <summary>
/// Answers every page address: sends strangers to the base address, looks into the page cache, asks the router, and writes
/// the answer with Magento's cookies and headers.
/// </summary>
internal sealed class StorefrontHandler(
    StorefrontRouter router, PageCache cache, PageRenderer renderer, ScopeResolver scopes, StoreDirectory stores, CategoryReader categories, SessionCookies cookies,
    ResponseDelay delay, TimeProvider time)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public async Task HandleAsync(HttpContext http)
    {
        var pace = delay.Start(http);
        var baseUrl = scopes.BaseUrl(http);
        if (!HttpMethods.IsPost(http.Request.Method) && IsElsewhere(http, baseUrl))
        {
            pace.Is("redirect");
            await pace.WaitAsync(http.RequestAborted);
            WriteRedirect(http, new RedirectResult(new Uri(baseUrl, http.Request.Path.Value!.TrimStart('/')).AbsoluteUri));
            return;
        }

        var store = await scopes.ResolveAsync(http);
        var mayCache = (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) && !scopes.IsOutlet(http);
        var key = PageCache.Key(http, http.Request.Cookies["X-Magento-Vary"]);
        if (mayCache && cache.Find(key) is { } stored)
        {
            pace.Is("hit");
            await pace.WaitAsync(http.RequestAborted);
            cookies.RenewSession(http);
            await WritePageAsync(http, stored);
            return;
        }

        var views = await stores.AllAsync(http.RequestAborted);
        var shop = new ShopContext(http, store, views, baseUrl, await categories.MenuAsync(store, baseUrl, http.RequestAborted));
        var result = await router.RouteAsync(shop);
        pace.Is(result.Kind);
        await WriteAsync(shop, result, mayCache, pace);
    }

    // Only names are compared: a port in Host plays no part, nor does a host name's case.
    private static bool IsElsewhere(HttpContext http, Uri baseUrl) =>
        !string.Equals(http.Request.Host.Host, baseUrl.Host, StringComparison.OrdinalIgnoreCase)
        || (http.Request.Headers["X-Forwarded-Proto"] == "https" && baseUrl.Scheme == "http");

    private async Task WriteAsync(ShopContext shop, PageResult result, bool mayCache, ResponseDelay.Pace pace)
    {
        var http = shop.Http;
        switch (result)
        {
            case HtmlResult page:
                var body = Utf8.GetBytes(await renderer.RenderAsync(page.Component, page.Parameters));
                await pace.WaitAsync(shop.Cancelled);
                await WriteHtmlAsync(shop, page, body, mayCache);
                break;
            case RedirectResult redirect:
                await pace.WaitAsync(shop.Cancelled);
                WriteRedirect(http, redirect, Vary(shop));
                break;
            case JsonResult json:
                await pace.WaitAsync(shop.Cancelled);
                await WriteJsonAsync(http, json);
                break;
        }
    }

    private async Task WriteHtmlAsync(ShopContext shop, HtmlResult page, byte[] body, bool mayCache)
    {
        var http = shop.Http;
        var vary = Vary(shop);
        if (page.Cacheable && !HttpMethods.IsPost(http.Request.Method))
        {
            var made = mayCache
                ? cache.Store(PageCache.Key(http, http.Request.Cookies["X-Magento-Vary"] ?? vary), body, page.Tags)
                : new CachedPage(body, page.Tags.ToHashSet(), time.GetUtcNow());
            SendVary(http, vary);
            await WritePageAsync(http, made);
            return;
        }

        var response = http.Response;
        response.StatusCode = page.Status;
        SessionCookiesOf(http);
        SendVary(http, vary);
        if (page.Status == StatusCodes.Status404NotFound)
        {
            StorefrontHeaders.LeakedPublic(response, time.GetUtcNow(), "cache");
        }
        else
        {
            StorefrontHeaders.NoCache(response, time.GetUtcNow());
        }

        foreach (var (name, value) in page.Headers)
        {
            response.Headers[name] = value;
        }

        response.Headers["X-Magento-Tags"] = string.Join(',', page.Tags.Append("FPC"));
        StorefrontHeaders.Security(response, restricted: http.Request.Path == "/checkout/");
        await WriteBodyAsync(http, body);
    }

    private static async Task WritePageAsync(HttpContext http, CachedPage page)
    {
        StorefrontHeaders.NoCache(http.Response, page.StoredAt);
        StorefrontHeaders.Security(http.Response);
        await WriteBodyAsync(http, page.Body);
    }

    private static async Task WriteBodyAsync(HttpContext http, byte[] body)
    {
        http.Response.ContentType = "text/html; charset=UTF-8";
        http.Response.Headers.Vary = "Accept-Encoding";
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.ContentLength = body.Length;
            return;
        }

        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private void WriteRedirect(HttpContext http, RedirectResult redirect, string? vary = null)
    {
        var response = http.Response;
        response.StatusCode = redirect.Status;
        SessionCookiesOf(http);
        SendVary(http, vary);
        response.ContentType = "text/html; charset=UTF-8";
        response.Headers.Location = redirect.Location;
        StorefrontHeaders.NoCache(response, time.GetUtcNow());
        if (redirect.Tagged)
        {
            response.Headers["X-Magento-Tags"] = "FPC";
        }

        StorefrontHeaders.Security(response, restricted: http.Request.Path == "/checkout/");
    }

    private async Task WriteJsonAsync(HttpContext http, JsonResult json)
    {
        var response = http.Response;
        response.StatusCode = json.Status;
        SessionCookiesOf(http);
        response.ContentType = "application/json";
        if (json.Status == StatusCodes.Status200OK)
        {
            response.Headers.Vary = "Accept-Encoding";
        }

        if (json.Expires is not null)
        {
            StorefrontHeaders.LeakedPublic(response, time.GetUtcNow(), "no-cache");
        }
        else
        {
            StorefrontHeaders.NoCache(response, time.GetUtcNow());
        }

        if (json.Tagged)
        {
            response.Headers["X-Magento-Tags"] = "FPC";
        }

        StorefrontHeaders.Security(response);
        await response.WriteAsync(json.Json, http.RequestAborted);
    }

    /// <summary>The session goes out renewed, the private version after every POST, and the form key to who has one.</summary>
    private void SessionCookiesOf(HttpContext http)
    {
        cookies.RenewSession(http);
        if (HttpMethods.IsPost(http.Request.Method))
        {
            cookies.SendPrivateVersion(http);
        }

        if (http.Request.Cookies.ContainsKey("form_key"))
        {
            cookies.SendFormKey(http);
        }
    }

    private void SendVary(HttpContext http, string? vary)
    {
        if (vary is not null)
        {
            cookies.SendVary(http, vary);
        }
        else if (http.Request.Cookies.ContainsKey("X-Magento-Vary"))
        {
            SessionCookies.Delete(http, "X-Magento-Vary", httpOnly: true);
        }
    }

    private string? Vary(ShopContext shop)
    {
        var own = shop.Views.First(view => view.WebsiteId == shop.Store.WebsiteId);
        return cookies.Vary(shop.Store, own, cookies.ExistingSession(shop.Http));
    }
}
