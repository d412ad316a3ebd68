using System.Text.Json.Nodes;
using Strangler.Demo.Catalog;
using Strangler.Demo.Generation;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

/// <summary>Single products: read, save, delete, and their stock.</summary>
internal sealed class ProductEndpoints(ProductReader products, ProductParts parts, ProductJson json, ProductWriter writer, StoreDirectory stores)
{
    public const string Resource = "Magento_Catalog::products";
    private const string StockResource = "Magento_CatalogInventory::cataloginventory";

    public IEnumerable<RestRoute> Routes =>
    [
        new("GET", "products/:sku", Resource, GetAsync),
        new("PUT", "products/:sku", Resource, request => SaveAsync(request, request.Path[0])),
        new("POST", "products", Resource, request => SaveAsync(request, null)),
        new("DELETE", "products/:sku", Resource, DeleteAsync),
        new("GET", "stockItems/:sku", StockResource, GetStockAsync),
        new("PUT", "products/:sku/stockItems/:itemId", StockResource, SaveStockAsync),
    ];

    private async Task<RestAnswer> GetAsync(RestRequest request)
    {
        // A storeId in the query overrides the scope of the path for this one route.
        var scope = int.TryParse(request.Query("storeId"), out var store) && (await stores.AllAsync(request.Cancelled)).FirstOrDefault(view => view.Id == store) is { } other ? other : request.Store;
        return await products.FindIdAsync(request.Path[0], request.Cancelled) is { } id && await products.FindAsync(id, scope.Id, request.Cancelled) is { } product
            ? RestAnswer.Of(await json.BuildAsync(product, scope, withStock: request.Caller is CallerKind.Admin or CallerKind.Integration, request.Cancelled), touchedSession: true)
            : RestAnswer.Fail(WebApiError.NoSuchProduct());
    }

    private async Task<RestAnswer> SaveAsync(RestRequest request, string? skuOfPath)
    {
        var (body, fault) = ProductBody.Read(request.Body);
        if (fault is not null)
        {
            return RestAnswer.Fail(fault);
        }

        var sku = skuOfPath ?? body!.Sku;
        if (string.IsNullOrEmpty(sku))
        {
            return RestAnswer.Fail(WebApiError.Required("sku"), touchedSession: true);
        }

        if (await products.FindIdAsync(sku, request.Cancelled) is { } known)
        {
            await writer.SaveAsync(body!.Change(known, request.Store.Id), request.Cancelled);
            return await SavedAsync(request, known, body);
        }

        var set = body!.AttributeSetId ?? StoreIds.DefaultSet;
        if (set is not (StoreIds.DefaultSet or StoreIds.ApparelSet or StoreIds.GearSet or StoreIds.DownloadableSet))
        {
            return RestAnswer.Fail(new WebApiError(400, "Invalid product data: %1", new ErrorParameter(null, "Invalid attribute set entity type")), touchedSession: true);
        }

        var id = await writer.CreateAsync(sku, body.TypeId ?? "simple", set, product => NewProduct(body, product, request.Store, sku), request.Cancelled);
        return await SavedAsync(request, id, body);
    }

    // What a new product does not say has Magento's defaults, and they always go to the default scope.
    private static ProductChange NewProduct(ProductBody body, int id, StoreView store, string sku)
    {
        var change = body.Change(id, StoreView.AdminId);
        change.Values.TryAdd("name", sku);
        change.Values.TryAdd("status", "1");
        change.Values.TryAdd("visibility", "4");
        change.Values.TryAdd("tax_class_id", $"{StoreIds.TaxableGoods}");
        change.Values.TryAdd("options_container", "container2");
        change.Values.TryAdd("url_key", Slug.Of(change.Values["name"] ?? sku));
        change.WebsiteIds ??= [store.WebsiteId == StoreView.AdminId ? StoreIds.BaseWebsite : store.WebsiteId];
        return change;
    }

    private async Task<RestAnswer> SavedAsync(RestRequest request, int id, ProductBody body)
    {
        var saved = await json.BuildAsync((await products.FindAsync(id, request.Store.Id, request.Cancelled))!, request.Store, withStock: true, request.Cancelled);
        foreach (var key in new[] { "product_links", "tier_prices" })
        {
            if (saved[key] is JsonArray { Count: 0 } && !body.Has(key))
            {
                saved.Remove(key);
            }
        }

        return RestAnswer.Of(saved, touchedSession: true);
    }

    private async Task<RestAnswer> DeleteAsync(RestRequest request)
    {
        if (await products.FindIdAsync(request.Path[0], request.Cancelled) is not { } id)
        {
            return RestAnswer.Fail(WebApiError.NoSuchProduct());
        }

        await writer.DeleteAsync(id, request.Cancelled);
        return RestAnswer.Of(true, touchedSession: true);
    }

    private async Task<RestAnswer> GetStockAsync(RestRequest request) =>
        await products.FindIdAsync(request.Path[0], request.Cancelled) is { } id && await parts.StockAsync(id, request.Cancelled) is { } stock
            ? RestAnswer.Of(ProductJson.StockJson(stock), touchedSession: true)
            : RestAnswer.Fail(NoSuchSku(request.Path[0]));

    private async Task<RestAnswer> SaveStockAsync(RestRequest request)
    {
        if (await products.FindIdAsync(request.Path[0], request.Cancelled) is not { } id || await parts.StockAsync(id, request.Cancelled) is not { } stock)
        {
            return RestAnswer.Fail(NoSuchSku(request.Path[0]));
        }

        if (request.Body?["stockItem"] is not JsonObject item)
        {
            return RestAnswer.Fail(WebApiError.Required("stockItem"));
        }

        var change = new ProductChange(id, StoreView.AdminId);
        (change.Qty, change.IsInStock) = ProductBody.Stock(item);
        await writer.SaveAsync(change, request.Cancelled);
        return RestAnswer.Of(stock.ItemId, touchedSession: true);
    }

    private static WebApiError NoSuchSku(string sku) => new(404, "The Product with the \"%1\" SKU doesn't exist.", new ErrorParameter(null, sku));
}
