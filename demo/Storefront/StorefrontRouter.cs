using Strangler.Demo.Catalog;

namespace Strangler.Demo.Storefront;

/// <summary>Finds who answers a path: the fixed front names first, then the rewrites.</summary>
internal sealed class StorefrontRouter(CatalogPages catalog, CartPages carts, CheckoutPages checkout, AccountPages accounts, SectionPages sections, StoreSwitch storeSwitch, UrlResolver urls)
{
    public async Task<PageResult> RouteAsync(ShopContext shop)
    {
        var path = shop.Http.Request.Path.Value!.Trim('/');
        if (path == "index.php" || path.StartsWith("index.php/", StringComparison.Ordinal))
        {
            path = path["index.php".Length..].TrimStart('/');
        }

        return await RouteNameAsync(shop, path.Split('/')) ?? await RouteRewriteAsync(shop, path) ?? await catalog.NotFoundAsync(shop);
    }

    private async Task<PageResult?> RouteNameAsync(ShopContext shop, string[] parts) => parts switch
    {
        [""] or ["cms"] or ["cms", "index", ..] => await catalog.HomeAsync(shop),
        ["catalog", "product", "view", "id", var id, ..] => await catalog.ProductAsync(shop, id),
        ["catalog", "category", "view", "id", var id, ..] => await catalog.CategoryAsync(shop, id),
        ["cms", "page", "view", "page_id", var id, ..] => await catalog.ContentAsync(shop, id),
        ["catalogsearch", "result", ..] => await catalog.SearchAsync(shop),
        ["customer", "section", "load", ..] => await sections.LoadAsync(shop),
        ["checkout", "cart", "add", .. var rest] when IsPost(shop) => await carts.AddAsync(shop, rest),
        ["checkout", "cart", "updatePost", ..] when IsPost(shop) => await carts.UpdateAsync(shop),
        ["checkout", "sidebar", "removeItem", ..] when IsPost(shop) => await carts.RemoveFromSidebarAsync(shop),
        ["checkout", "cart"] or ["checkout", "cart", "index", ..] => await carts.ShowAsync(shop),
        ["checkout", "onepage", "saveOrder", ..] when IsPost(shop) => await checkout.PlaceAsync(shop),
        ["checkout", "onepage", "success", ..] => checkout.Success(shop),
        ["checkout"] or ["checkout", "index", ..] => await checkout.ShowAsync(shop),
        ["customer", "account", "loginPost", ..] when IsPost(shop) => await accounts.SignInAsync(shop),
        ["customer", "account", "login", ..] => accounts.Login(shop),
        ["customer", "account", "logout", ..] => accounts.SignOut(shop),
        ["customer", "account", "logoutSuccess", ..] => AccountPages.SignedOut(shop),
        ["customer", "account"] or ["customer", "account", "index", ..] => await accounts.ShowAsync(shop),
        ["stores", "store", "redirect", .. var rest] => storeSwitch.Redirect(shop, rest),
        ["stores", "store", "switch", ..] => await storeSwitch.SwitchAsync(shop),
        _ => null,
    };

    private static bool IsPost(ShopContext shop) => HttpMethods.IsPost(shop.Http.Request.Method);

    private async Task<PageResult?> RouteRewriteAsync(ShopContext shop, string path)
    {
        var rewrite = await urls.FindAsync(path, shop.Store.Id, shop.Cancelled);
        if (rewrite is null)
        {
            return await RouteBelowCategoryAsync(shop, path);
        }

        if (rewrite.RedirectType != 0)
        {
            return new RedirectResult(shop.Url(rewrite.TargetPath) + shop.Http.Request.QueryString, rewrite.RedirectType) { Kind = "redirect" };
        }

        // The stored form is the only one: a slash more or less is sent there.
        return shop.Http.Request.Path.Value!.EndsWith('/') != rewrite.RequestPath.EndsWith('/')
            ? new RedirectResult(shop.Url(rewrite.RequestPath), StatusCodes.Status301MovedPermanently) { Kind = "redirect" }
            : await RouteNameAsync(shop, rewrite.TargetPath.Split('/'));
    }

    // gear/bags/joust.html: no row of its own; the category's path and the product's key are both looked up.
    private async Task<PageResult?> RouteBelowCategoryAsync(ShopContext shop, string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash < 0
            || await urls.FindAsync(path[..slash] + ".html", shop.Store.Id, shop.Cancelled) is not { RedirectType: 0 }
            || await urls.FindAsync(path[(slash + 1)..], shop.Store.Id, shop.Cancelled) is not { RedirectType: 0 } product)
        {
            return null;
        }

        return product.TargetPath.StartsWith("catalog/product/", StringComparison.Ordinal) ? await RouteNameAsync(shop, product.TargetPath.Split('/')) : null;
    }
}
