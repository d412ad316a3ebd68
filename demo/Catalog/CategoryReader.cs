using System.Collections.Concurrent;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Storefront;

namespace Strangler.Demo.Catalog;

/// <summary>A category with its values for one store view.</summary>
public sealed class CategoryRow
{
    public int Id { get; set; }

    public int ParentId { get; set; }

    public string Path { get; set; } = "";

    public int Position { get; set; }

    public int Level { get; set; }

    public int ChildrenCount { get; set; }

    public string CreatedAt { get; set; } = "";

    public string UpdatedAt { get; set; } = "";

    public string? Name { get; set; }

    public string? UrlPath { get; set; }

    public string? Description { get; set; }

    public int? IsActive { get; set; }

    public int? IncludeInMenu { get; set; }
}

/// <summary>Reads the category tree and the products in it. What is listed is counted once and kept: counting a large category is slow.</summary>
internal sealed class CategoryReader(MySqlDataSource database)
{
    private const string Sql = """
        SELECT e.entity_id AS Id, e.parent_id AS ParentId, e.path AS Path, e.position AS Position, e.level AS Level, e.children_count AS ChildrenCount,
               CAST(e.created_at AS CHAR) AS CreatedAt, CAST(e.updated_at AS CHAR) AS UpdatedAt,
               COALESCE(ns.value, nd.value) AS Name, COALESCE(us.value, ud.value) AS UrlPath, COALESCE(ts.value, td.value) AS Description,
               COALESCE(acs.value, acd.value) AS IsActive, COALESCE(ms.value, md.value) AS IncludeInMenu
        FROM catalog_category_entity e
        JOIN eav_entity_type t ON t.entity_type_code = 'catalog_category'
        LEFT JOIN eav_attribute an ON an.entity_type_id = t.entity_type_id AND an.attribute_code = 'name'
        LEFT JOIN eav_attribute au ON au.entity_type_id = t.entity_type_id AND au.attribute_code = 'url_path'
        LEFT JOIN eav_attribute ad ON ad.entity_type_id = t.entity_type_id AND ad.attribute_code = 'description'
        LEFT JOIN eav_attribute aa ON aa.entity_type_id = t.entity_type_id AND aa.attribute_code = 'is_active'
        LEFT JOIN eav_attribute am ON am.entity_type_id = t.entity_type_id AND am.attribute_code = 'include_in_menu'
        LEFT JOIN catalog_category_entity_varchar nd ON nd.entity_id = e.entity_id AND nd.attribute_id = an.attribute_id AND nd.store_id = 0
        LEFT JOIN catalog_category_entity_varchar ns ON ns.entity_id = e.entity_id AND ns.attribute_id = an.attribute_id AND ns.store_id = @store
        LEFT JOIN catalog_category_entity_varchar ud ON ud.entity_id = e.entity_id AND ud.attribute_id = au.attribute_id AND ud.store_id = 0
        LEFT JOIN catalog_category_entity_varchar us ON us.entity_id = e.entity_id AND us.attribute_id = au.attribute_id AND us.store_id = @store
        LEFT JOIN catalog_category_entity_text td ON td.entity_id = e.entity_id AND td.attribute_id = ad.attribute_id AND td.store_id = 0
        LEFT JOIN catalog_category_entity_text ts ON ts.entity_id = e.entity_id AND ts.attribute_id = ad.attribute_id AND ts.store_id = @store
        LEFT JOIN catalog_category_entity_int acd ON acd.entity_id = e.entity_id AND acd.attribute_id = aa.attribute_id AND acd.store_id = 0
        LEFT JOIN catalog_category_entity_int acs ON acs.entity_id = e.entity_id AND acs.attribute_id = aa.attribute_id AND acs.store_id = @store
        LEFT JOIN catalog_category_entity_int md ON md.entity_id = e.entity_id AND md.attribute_id = am.attribute_id AND md.store_id = 0
        LEFT JOIN catalog_category_entity_int ms ON ms.entity_id = e.entity_id AND ms.attribute_id = am.attribute_id AND ms.store_id = @store
        ORDER BY e.level, e.position, e.entity_id
        """;

    // Listed: enabled and visible in the view, and sold on its website. The newest first among equal positions.
    private const string ListedSql = """
        FROM catalog_category_product c
        JOIN catalog_product_website w ON w.product_id = c.product_id AND w.website_id = @website
        JOIN catalog_product_entity_int sd ON sd.entity_id = c.product_id AND sd.attribute_id = @status AND sd.store_id = 0
        LEFT JOIN catalog_product_entity_int ss ON ss.entity_id = c.product_id AND ss.attribute_id = @status AND ss.store_id = @store
        JOIN catalog_product_entity_int vd ON vd.entity_id = c.product_id AND vd.attribute_id = @visibility AND vd.store_id = 0
        LEFT JOIN catalog_product_entity_int vs ON vs.entity_id = c.product_id AND vs.attribute_id = @visibility AND vs.store_id = @store
        WHERE c.category_id = @category AND COALESCE(ss.value, sd.value) = 1 AND COALESCE(vs.value, vd.value) IN (2, 4)
        """;

    private readonly ConcurrentDictionary<(int Category, int Store), int> _counts = new();

    public async Task<IReadOnlyList<CategoryRow>> AllAsync(int store, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<CategoryRow>(new CommandDefinition(Sql, new { store }, cancellationToken: cancellationToken))];
    }

    /// <summary>The tree that the menu shows, below the store's root.</summary>
    public async Task<IReadOnlyList<CategoryNode>> MenuAsync(StoreView store, Uri baseUrl, CancellationToken cancellationToken)
    {
        var rows = (await AllAsync(store.Id, cancellationToken)).Where(row => row is { IsActive: 1, IncludeInMenu: 1 }).ToLookup(row => row.ParentId);
        return Below(store.RootCategoryId);

        List<CategoryNode> Below(int parent) =>
            [.. rows[parent].Select(row => new CategoryNode(row.Id, row.ParentId, row.Name ?? "", new Uri(baseUrl, row.UrlPath + ".html").AbsoluteUri, row.Level, row.Position, Below(row.Id)))];
    }

    public async Task<(IReadOnlyList<int> Ids, int Total)> ProductsAsync(
        int category, StoreView store, AttributeCatalog attributes, int skip, int take, CancellationToken cancellationToken)
    {
        var parameters = new { category, store = store.Id, website = store.WebsiteId, status = attributes.Id("status"), visibility = attributes.Id("visibility"), skip, take };
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var ids = await connection.QueryAsync<int>(new CommandDefinition(
            "SELECT c.product_id " + ListedSql + " ORDER BY c.position, c.product_id LIMIT @take OFFSET @skip", parameters, cancellationToken: cancellationToken));
        if (!_counts.TryGetValue((category, store.Id), out var total))
        {
            total = await connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT COUNT(*) " + ListedSql, parameters, cancellationToken: cancellationToken));
            _counts[(category, store.Id)] = total;
        }

        return ([.. ids], total);
    }

    /// <summary>Forgets counts; called after a product was saved.</summary>
    public void ForgetCounts() => _counts.Clear();
}
