using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Catalog;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

/// <summary>The category tree, one category, and what is assigned to it.</summary>
internal sealed class CategoryEndpoints(CategoryReader categories, MySqlDataSource database)
{
    private const string Resource = "Magento_Catalog::categories";

    public IEnumerable<RestRoute> Routes =>
    [
        new("GET", "categories", Resource, TreeAsync),
        new("GET", "categories/:categoryId", Resource, GetAsync),
        new("GET", "categories/:categoryId/products", Resource, ProductsAsync),
    ];

    private async Task<RestAnswer> TreeAsync(RestRequest request)
    {
        var rows = await categories.AllAsync(request.Store.Id, request.Cancelled);
        await using var connection = await database.OpenConnectionAsync(request.Cancelled);
        var counts = (await connection.QueryAsync<(int Id, int Count)>(new CommandDefinition(
            "SELECT category_id, COUNT(*) FROM catalog_category_product GROUP BY category_id", cancellationToken: request.Cancelled))).ToDictionary(row => row.Id, row => row.Count);
        var rootId = int.TryParse(request.Query("rootCategoryId"), out var asked) ? asked : request.Store.Id == StoreView.AdminId ? 1 : request.Store.RootCategoryId;
        var depth = int.TryParse(request.Query("depth"), out var limit) ? limit : int.MaxValue;
        return rows.FirstOrDefault(row => row.Id == rootId) is { } root
            ? RestAnswer.Of(Node(root, rows.ToLookup(row => row.ParentId), counts, depth))
            : RestAnswer.Fail(WebApiError.NoSuchEntity("id", rootId));
    }

    private static JsonObject Node(CategoryRow row, ILookup<int, CategoryRow> children, Dictionary<int, int> counts, int depth) => new()
    {
        ["id"] = row.Id,
        ["parent_id"] = row.ParentId,
        ["name"] = row.Name,
        ["is_active"] = row.IsActive is { } active ? active == 1 : null,
        ["position"] = row.Position,
        ["level"] = row.Level,
        ["product_count"] = counts.GetValueOrDefault(row.Id),
        ["children_data"] = new JsonArray([.. depth <= 0 ? [] : children[row.Id].Where(child => child.Id != row.Id).Select(child => Node(child, children, counts, depth - 1))]),
    };

    private async Task<RestAnswer> GetAsync(RestRequest request)
    {
        if (!int.TryParse(request.Path[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var id))
        {
            return RestAnswer.Fail(NotAnInt(request.Path[0]));
        }

        var rows = await categories.AllAsync(request.Store.Id, request.Cancelled);
        if (rows.FirstOrDefault(row => row.Id == id) is not { } row)
        {
            return RestAnswer.Fail(WebApiError.NoSuchEntity("id", id));
        }

        var custom = new List<(string Code, string? Value)>
        {
            ("description", row.Description), ("display_mode", row.Level > 1 ? "PRODUCTS" : null), ("is_anchor", row.Level > 0 ? "1" : null), ("path", row.Path),
            ("children_count", $"{row.ChildrenCount}"), ("url_key", row.UrlPath?.Split('/')[^1]), ("url_path", row.UrlPath),
        };
        return RestAnswer.Of(new JsonObject
        {
            ["id"] = row.Id,
            ["parent_id"] = row.ParentId,
            ["name"] = row.Name,
            ["is_active"] = row.IsActive == 1,
            ["position"] = row.Position,
            ["level"] = row.Level,
            ["children"] = string.Join(',', rows.Where(child => child.ParentId == id && child.IsActive == 1).Select(child => child.Id)),
            ["created_at"] = row.CreatedAt,
            ["updated_at"] = row.UpdatedAt,
            ["path"] = row.Path,
            ["include_in_menu"] = row.IncludeInMenu == 1,
            ["custom_attributes"] = new JsonArray([.. custom.Where(one => one.Value is not null).Select(one => new JsonObject { ["attribute_code"] = one.Code, ["value"] = one.Value })]),
        });
    }

    private async Task<RestAnswer> ProductsAsync(RestRequest request)
    {
        if (!int.TryParse(request.Path[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var id))
        {
            return RestAnswer.Fail(NotAnInt(request.Path[0]));
        }

        await using var connection = await database.OpenConnectionAsync(request.Cancelled);
        var rows = await connection.QueryAsync<(string Sku, int Position)>(new CommandDefinition("""
            SELECT e.sku, c.position FROM catalog_category_product c JOIN catalog_product_entity e ON e.entity_id = c.product_id
            WHERE c.category_id = @id ORDER BY c.position, c.product_id
            """, new { id }, cancellationToken: request.Cancelled));
        return RestAnswer.Of(new JsonArray([.. rows.Select(row => new JsonObject { ["sku"] = row.Sku, ["position"] = row.Position, ["category_id"] = request.Path[0] })]), touchedSession: true);
    }

    private static WebApiError NotAnInt(string value) => new(400, $"The \"{value}\" value's type is invalid. The \"int\" type was expected. Verify and try again.");
}
