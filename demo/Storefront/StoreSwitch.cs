using System.Security.Cryptography;
using System.Text;
using Strangler.Demo.Catalog;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Storefront;

/// <summary>Changing the store view, in Magento's two hops: a redirect that carries the wish, then one that sets the <c>store</c> cookie.</summary>
internal sealed class StoreSwitch(UrlResolver urls, SessionCookies cookies, TimeProvider time)
{
    public RedirectResult Redirect(ShopContext shop, string[] parameters)
    {
        var to = Parameter(parameters, "___store");
        var from = Parameter(parameters, "___from_store");
        var stamp = time.GetUtcNow().ToUnixTimeSeconds();
        return new RedirectResult(shop.Url(
            $"stores/store/switch/?___from_store={Uri.EscapeDataString(from)}&___store={Uri.EscapeDataString(to)}&data={RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32)}"
            + $"&signature={Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}&time_stamp={stamp}&uenc={Uri.EscapeDataString(Parameter(parameters, "uenc"))}"))
        { Kind = "redirect" };
    }

    public async Task<PageResult> SwitchAsync(ShopContext shop)
    {
        var query = shop.Http.Request.Query;
        var to = shop.Views.FirstOrDefault(view => view.Code == query["___store"] && view.WebsiteId == shop.Store.WebsiteId && view.IsActive);
        var from = shop.Views.FirstOrDefault(view => view.Code == query["___from_store"]);
        if (to is null)
        {
            return new RedirectResult(shop.Url("")) { Kind = "redirect" };
        }

        cookies.SendStore(shop.Http, to.Code);
        return new RedirectResult(shop.Url(await TargetAsync(shop, query["uenc"].ToString(), from ?? shop.Store, to))) { Kind = "redirect" };
    }

    // The same thing under its name in the other view, where it has one; never an address outside the shop.
    private async Task<string> TargetAsync(ShopContext shop, string encoded, StoreView from, StoreView to)
    {
        var address = Decode(encoded);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || !uri.AbsoluteUri.StartsWith(shop.BaseUrl.AbsoluteUri, StringComparison.Ordinal))
        {
            return "";
        }

        var path = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/'));
        return await urls.FindAsync(path, from.Id, shop.Cancelled) is { RedirectType: 0 } rewrite
            ? await urls.PathOfAsync(rewrite.TargetPath, to.Id, shop.Cancelled) ?? path
            : path;
    }

    private static string Parameter(string[] parameters, string name) =>
        Array.IndexOf(parameters, name) is var index and >= 0 && index + 1 < parameters.Length ? parameters[index + 1] : "";

    private static string Decode(string encoded)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(encoded.Replace('-', '+').Replace('_', '/').Replace('~', '=').Replace(',', '=')));
        }
        catch (FormatException)
        {
            return "";
        }
    }
}
