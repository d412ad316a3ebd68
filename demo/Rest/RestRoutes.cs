namespace Strangler.Demo.Rest;

/// <summary>All routes of the demo's web API.</summary>
internal sealed class RestRoutes(ProductEndpoints products, ProductListEndpoints lists, CategoryEndpoints categories, GuestCartEndpoints carts, TokenEndpoints tokens, StoreEndpoints stores)
{
    public IReadOnlyList<RestRoute> All { get; } = [.. tokens.Routes, .. lists.Routes, .. products.Routes, .. categories.Routes, .. carts.Routes, .. stores.Routes];
}
