using System.Globalization;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Catalog;
using Strangler.Demo.Pages;

namespace Strangler.Demo.Storefront;

/// <summary>Home, category, product, search and content pages.</summary>
internal sealed class CatalogPages(
    CategoryReader categories, PriceReader prices, ProductPageReader productPages, AttributeDirectory attributes, ProductSearch search, MySqlDataSource database)
{
    private const int PerPage = 12;
    private const int Featured = 8;
    private const int SaleCategory = Generation.Categories.Sale;

    public async Task<PageResult> HomeAsync(ShopContext shop)
    {
        var known = await attributes.GetAsync(shop.Cancelled);
        var featured = new List<int>();
        foreach (var category in shop.Menu.Take(6))
        {
            var (ids, _) = await categories.ProductsAsync(category.Id, shop.Store, known, 0, 2, shop.Cancelled);
            featured.AddRange(ids);
        }

        var (sale, _) = await categories.ProductsAsync(SaleCategory, shop.Store, known, 0, 4, shop.Cancelled);
        var listed = await prices.ListAsync([.. featured.Distinct().Take(Featured)], shop.Store, shop.BaseUrl, shop.Cancelled);
        var reduced = await prices.ListAsync(sale, shop.Store, shop.BaseUrl, shop.Cancelled);
        return Page<HomePage>(shop, new() { ["Featured"] = listed, ["OnSale"] = reduced }) with
        {
            Kind = "home",
            Tags = [.. MenuTags(shop), "cms_p_2", .. ProductTags(listed), .. ProductTags(reduced)],
        };
    }

    public async Task<PageResult?> CategoryAsync(ShopContext shop, string id)
    {
        var rows = await categories.AllAsync(shop.Store.Id, shop.Cancelled);
        if (!int.TryParse(id, out var wanted) || rows.FirstOrDefault(row => row.Id == wanted) is not { IsActive: 1 } category)
        {
            return null;
        }

        var page = int.TryParse(shop.Http.Request.Query["p"], out var asked) && asked > 0 ? asked : 1;
        var (ids, total) = await categories.ProductsAsync(wanted, shop.Store, await attributes.GetAsync(shop.Cancelled), (page - 1) * PerPage, PerPage, shop.Cancelled);
        var listed = await prices.ListAsync(ids, shop.Store, shop.BaseUrl, shop.Cancelled);
        return Page<CategoryPage>(shop, new()
        {
            ["Category"] = category,
            ["Parents"] = Parents(shop, category.ParentId),
            ["Products"] = listed,
            ["Total"] = total,
            ["Page"] = page,
            ["PageCount"] = (total + PerPage - 1) / PerPage,
        }) with
        {
            Kind = "category",
            Tags = [.. MenuTags(shop), $"cat_c_{wanted}", $"cat_c_p_{wanted}", .. ProductTags(listed)],
        };
    }

    public async Task<PageResult?> ProductAsync(ShopContext shop, string id)
    {
        if (!int.TryParse(id, out var wanted) || await productPages.ReadAsync(wanted, shop.Store, shop.BaseUrl, shop.Cancelled) is not { } model
            || model.Item.Product is not { IsEnabled: true, Visibility: 2 or 3 or 4 } product || !await IsSoldHereAsync(shop, wanted))
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(shop.Cancelled);
        var category = await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
            "SELECT category_id FROM catalog_category_product c JOIN catalog_category_entity e ON e.entity_id = c.category_id WHERE product_id = @wanted ORDER BY e.level DESC, c.entity_id LIMIT 1",
            new { wanted }, cancellationToken: shop.Cancelled));
        return Page<ProductPage>(shop, new() { ["Model"] = model, ["Parents"] = Parents(shop, category ?? 0) }) with
        {
            Kind = product.TypeId == "configurable" ? "product configurable" : "product",
            Tags = [.. MenuTags(shop), $"cat_p_{wanted}", .. ProductTags(model.Related), .. ProductTags([.. model.Members.Select(member => member.Member)])],
        };
    }

    public async Task<PageResult> SearchAsync(ShopContext shop)
    {
        var text = shop.Http.Request.Query["q"].ToString().Trim();
        if (text.Length == 0)
        {
            return new RedirectResult(shop.Url("")) { Kind = "redirect" };
        }

        var listed = await prices.ListAsync(await search.FindAsync(text, shop.Store, shop.Cancelled), shop.Store, shop.BaseUrl, shop.Cancelled);
        return Page<SearchPage>(shop, new() { ["Text"] = text, ["Products"] = listed }) with
        {
            Kind = "search",
            Cacheable = false,
            Tags = [.. MenuTags(shop), .. ProductTags(listed)],
        };
    }

    public async Task<PageResult?> ContentAsync(ShopContext shop, string id)
    {
        await using var connection = await database.OpenConnectionAsync(shop.Cancelled);
        var page = await connection.QueryFirstOrDefaultAsync<(string Title, string? Heading, string? Content)?>(new CommandDefinition("""
            SELECT p.title, p.content_heading, p.content FROM cms_page p JOIN cms_page_store s ON s.page_id = p.page_id
            WHERE p.page_id = @id AND p.is_active = 1 AND s.store_id IN (0, @store) LIMIT 1
            """, new { id, store = shop.Store.Id }, cancellationToken: shop.Cancelled));
        return page is not { } found ? null : Page<ContentPage>(shop, new()
        {
            ["Title"] = found.Title,
            ["Heading"] = found.Heading ?? found.Title,
            ["Content"] = found.Content ?? "",
        }) with
        { Tags = [.. MenuTags(shop), $"cms_p_{id}"] };
    }

    public async Task<PageResult> NotFoundAsync(ShopContext shop)
    {
        var page = await ContentAsync(shop, "1") as HtmlResult
            ?? Page<ContentPage>(shop, new() { ["Title"] = "404", ["Heading"] = "404", ["Content"] = "" }) with { Tags = MenuTags(shop) };
        return page with { Status = StatusCodes.Status404NotFound, Cacheable = false };
    }

    private static HtmlResult Page<T>(ShopContext shop, Dictionary<string, object?> parameters)
    {
        parameters["Shop"] = shop;
        return new HtmlResult(typeof(T), parameters) { Cacheable = true };
    }

    private async Task<bool> IsSoldHereAsync(ShopContext shop, int product)
    {
        await using var connection = await database.OpenConnectionAsync(shop.Cancelled);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT COUNT(*) FROM catalog_product_website WHERE product_id = @product AND website_id = @website", new { product, website = shop.Store.WebsiteId },
            cancellationToken: shop.Cancelled)) > 0;
    }

    private static List<CategoryNode> Parents(ShopContext shop, int id)
    {
        foreach (var top in shop.Menu)
        {
            if (top.Id == id)
            {
                return [top];
            }

            if (top.Children.FirstOrDefault(child => child.Id == id) is { } found)
            {
                return [top, found];
            }
        }

        return [];
    }

    private static IReadOnlyList<string> MenuTags(ShopContext shop) =>
        ["cat_c", .. shop.Menu.Select(category => $"cat_c_{category.Id}"), "store", "cms_b", "cms_b_1", "cms_b_footer_links_block"];

    private static IEnumerable<string> ProductTags(IReadOnlyCollection<ListedProduct> listed) =>
        listed.Count == 0 ? [] : listed.Select(item => string.Create(CultureInfo.InvariantCulture, $"cat_p_{item.Product.Id}")).Prepend("cat_p");
}
