using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Demo.Catalog;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Rest;

/// <summary>Store views, websites, groups, their configuration, and the list of modules.</summary>
internal sealed class StoreEndpoints(StoreDirectory stores, MySqlDataSource database, IOptions<DemoOptions> options)
{
    private const string Resource = "Magento_Backend::store";

    private static readonly string[] Modules =
    [
        "Magento_Store", "Magento_Config", "Magento_Directory", "Magento_Theme", "Magento_Backend", "Magento_Eav", "Magento_Customer", "Magento_Indexer", "Magento_Cms",
        "Magento_Catalog", "Magento_CatalogInventory", "Magento_CatalogUrlRewrite", "Magento_ConfigurableProduct", "Magento_Bundle", "Magento_Downloadable", "Magento_GroupedProduct",
        "Magento_Quote", "Magento_Sales", "Magento_SalesRule", "Magento_Checkout", "Magento_Integration", "Magento_JwtUserToken", "Magento_Inventory", "Magento_InventoryApi",
        "Magento_InventorySales", "Magento_PageCache", "Magento_Search", "Magento_Tax", "Magento_UrlRewrite", "Magento_Webapi", "Strangler_Demo",
    ];

    public IEnumerable<RestRoute> Routes =>
    [
        new("GET", "store/storeViews", Resource, ViewsAsync),
        new("GET", "store/storeGroups", Resource, GroupsAsync),
        new("GET", "store/websites", Resource, WebsitesAsync),
        new("GET", "store/storeConfigs", Resource, ConfigsAsync),
        new("GET", "modules", RestRoute.Anonymous, _ => Task.FromResult(RestAnswer.Of(new JsonArray([.. Modules.Select(name => (JsonNode)name)])))),
    ];

    private async Task<RestAnswer> ViewsAsync(RestRequest request) => RestAnswer.Of(new JsonArray([.. (await stores.AllAsync(request.Cancelled)).Select(view => new JsonObject
    {
        ["id"] = view.Id, ["code"] = view.Code, ["name"] = view.Name, ["website_id"] = view.WebsiteId, ["store_group_id"] = view.GroupId, ["is_active"] = view.IsActive ? 1 : 0,
    })]));

    private async Task<RestAnswer> GroupsAsync(RestRequest request)
    {
        await using var connection = await database.OpenConnectionAsync(request.Cancelled);
        var rows = await connection.QueryAsync<(int Id, int Website, int Root, int Store, string Name, string Code)>(new CommandDefinition(
            "SELECT group_id, website_id, root_category_id, default_store_id, name, code FROM store_group ORDER BY group_id", cancellationToken: request.Cancelled));
        return RestAnswer.Of(new JsonArray([.. rows.Select(row => new JsonObject
        {
            ["id"] = row.Id, ["website_id"] = row.Website, ["root_category_id"] = row.Root, ["default_store_id"] = row.Store, ["name"] = row.Name, ["code"] = row.Code,
        })]));
    }

    private async Task<RestAnswer> WebsitesAsync(RestRequest request)
    {
        await using var connection = await database.OpenConnectionAsync(request.Cancelled);
        var rows = await connection.QueryAsync<(int Id, string Code, string Name, int Group)>(new CommandDefinition(
            "SELECT website_id, code, name, default_group_id FROM store_website ORDER BY website_id", cancellationToken: request.Cancelled));
        return RestAnswer.Of(new JsonArray([.. rows.Select(row => new JsonObject
        {
            ["id"] = row.Id, ["code"] = row.Code, ["name"] = row.Name, ["default_group_id"] = row.Group,
        })]));
    }

    private async Task<RestAnswer> ConfigsAsync(RestRequest request) => RestAnswer.Of(new JsonArray([.. (await stores.AllAsync(request.Cancelled))
        .Where(view => view.Id != StoreView.AdminId).Select(view =>
        {
            var address = (view.WebsiteCode == "outlet" ? options.Value.OutletUrl : options.Value.BaseUrl).AbsoluteUri;
            return new JsonObject
            {
                ["id"] = view.Id, ["code"] = view.Code, ["website_id"] = view.WebsiteId, ["locale"] = view.Currency == "EUR" ? "de_DE" : "en_US", ["base_currency_code"] = "USD",
                ["default_display_currency_code"] = view.Currency, ["timezone"] = "UTC", ["weight_unit"] = "lbs", ["base_url"] = address, ["base_link_url"] = address,
                ["base_static_url"] = address + "static/", ["base_media_url"] = address + "media/", ["secure_base_url"] = address, ["secure_base_link_url"] = address,
                ["secure_base_static_url"] = address + "static/", ["secure_base_media_url"] = address + "media/",
            };
        })]));
}
