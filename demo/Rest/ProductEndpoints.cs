using Strangler.Demo.Catalog;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

/// <summary>Reading products.</summary>
internal sealed class ProductEndpoints(ProductReader products, ProductJson json, StoreDirectory stores)
{
    public const string Resource = "Magento_Catalog::products";

    public IEnumerable<RestRoute> Routes =>
    [
        new("GET", "products/:sku", Resource, GetAsync),
    ];

    private async Task<RestAnswer> GetAsync(RestRequest request)
    {
        // A storeId in the query overrides the scope of the path for this one route.
        var scope = int.TryParse(request.Query("storeId"), out var store) && (await stores.AllAsync(request.Cancelled)).FirstOrDefault(view => view.Id == store) is { } other ? other : request.Store;
        if (await products.FindIdAsync(request.Path[0], request.Cancelled) is not { } id || await products.FindAsync(id, scope.Id, request.Cancelled) is not { } product)
        {
            return RestAnswer.Fail(WebApiError.NoSuchProduct());
        }

        return RestAnswer.Of(await json.BuildAsync(product, scope, withStock: true, request.Cancelled), touchedSession: true);
    }
}
