namespace Strangler.Demo.Rest;

/// <summary>All routes of the demo's web API.</summary>
internal sealed class RestRoutes(ProductEndpoints products, TokenEndpoints tokens, StoreEndpoints stores)
{
    public IReadOnlyList<RestRoute> All { get; } = [.. tokens.Routes, .. products.Routes, .. stores.Routes];
}
