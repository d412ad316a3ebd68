using Refit;
using Strangler.MagentoAdapter.SearchCriteria;

namespace Strangler.MagentoAdapter.Products;

/// <summary>Products as a store view shows them; <c>all</c> is the admin's scope.</summary>
public interface IProductsApi
{
    [Get("/rest/{storeCode}/V1/products/{sku}")]
    Task<ApiResponse<Product>> GetProductAsync(string storeCode, string sku, CancellationToken cancellationToken);

    /// <summary>A page of products; <paramref name="criteria"/> is made by <see cref="SearchQuery"/>.</summary>
    [Get("/rest/{storeCode}/V1/products")]
    [QueryUriFormat(UriFormat.UriEscaped)]
    Task<ApiResponse<ProductPage>> GetProductsAsync(string storeCode, [Query] IDictionary<string, string> criteria, CancellationToken cancellationToken);
}
