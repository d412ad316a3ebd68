using Strangler.Demo.Generation;

namespace Strangler.Demo.Loading;

/// <summary>The category tree with its values and its rewrites.</summary>
internal static class CategoryTables
{
    public static IEnumerable<BulkTable> All() =>
    [
        BulkTable.Fixed("catalog_category_entity", "entity_id,attribute_set_id,parent_id,created_at,updated_at,path,position,level,children_count",
            [.. Categories.All.Select(category => new object?[]
            {
                category.Id, StoreIds.CategoryType, category.ParentId, LoadSettings.Opened, LoadSettings.Opened, string.Join('/', Categories.Path(category.Id)),
                category.Position, Categories.Path(category.Id).Count - 1, Categories.All.Count(other => other.Id != category.Id && Categories.Path(other.Id).Contains(category.Id)),
            })]),
        BulkTable.Fixed("catalog_category_entity_varchar", "attribute_id,store_id,entity_id,value", [.. Categories.All.SelectMany(Varchars)]),
        BulkTable.Fixed("catalog_category_entity_int", "attribute_id,store_id,entity_id,value", [.. Categories.All.SelectMany(Ints)]),
        BulkTable.Fixed("catalog_category_entity_text", "attribute_id,store_id,entity_id,value",
            [.. Categories.All.Where(category => category.Id > StoreIds.RootCategory).Select(category => new object?[]
                { CategoryAttributes.Get("description").Id, 0, category.Id, $"<p>{category.Name}: what we would take along ourselves.</p>" })]),
    ];

    /// <summary>Rewrites of categories and CMS pages; those of products are written in one stream with them.</summary>
    public static IEnumerable<object?[]> Rewrites()
    {
        foreach (var page in CmsPages.All)
        {
            foreach (var store in new[] { StoreIds.Default, StoreIds.German, StoreIds.Outlet })
            {
                yield return ["cms-page", page.Id, page.Identifier, $"cms/page/view/page_id/{page.Id}", 0, store, 1];
            }
        }

        foreach (var category in Categories.All.Where(category => category.Id > StoreIds.RootCategory))
        {
            foreach (var store in new[] { StoreIds.Default, StoreIds.German, StoreIds.Outlet })
            {
                yield return ["category", category.Id, $"{Categories.UrlPath(category.Id, store == StoreIds.German)}.html", $"catalog/category/view/id/{category.Id}", 0, store, 1];
            }
        }

        // What an editor leaves behind when a url key changes.
        yield return ["category", 4, "camp-hike/shelters.html", "camp-hike/tents.html", 301, StoreIds.Default, 0];
        yield return ["custom", 0, "winter.html", "water-snow/ski-touring.html", 302, StoreIds.Default, 0];
    }

    private static IEnumerable<object?[]> Varchars(Category category)
    {
        yield return [CategoryAttributes.Get("name").Id, 0, category.Id, category.Name];
        if (category.Id <= StoreIds.RootCategory)
        {
            yield break;
        }

        yield return [CategoryAttributes.Get("display_mode").Id, 0, category.Id, "PRODUCTS"];
        yield return [CategoryAttributes.Get("url_key").Id, 0, category.Id, category.UrlKey];
        yield return [CategoryAttributes.Get("url_path").Id, 0, category.Id, Categories.UrlPath(category.Id, german: false)];
        yield return [CategoryAttributes.Get("name").Id, StoreIds.German, category.Id, category.GermanName];
        yield return [CategoryAttributes.Get("url_key").Id, StoreIds.German, category.Id, category.GermanUrlKey];
        yield return [CategoryAttributes.Get("url_path").Id, StoreIds.German, category.Id, Categories.UrlPath(category.Id, german: true)];
    }

    private static IEnumerable<object?[]> Ints(Category category)
    {
        if (category.Id == 1)
        {
            yield break;
        }

        yield return [CategoryAttributes.Get("is_active").Id, 0, category.Id, category.IsActive];
        yield return [CategoryAttributes.Get("include_in_menu").Id, 0, category.Id, category.IsActive];
        yield return [CategoryAttributes.Get("is_anchor").Id, 0, category.Id, 1];
        yield return [CategoryAttributes.Get("custom_use_parent_settings").Id, 0, category.Id, 0];
        yield return [CategoryAttributes.Get("custom_apply_to_products").Id, 0, category.Id, 0];
    }
}
