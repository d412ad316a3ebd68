namespace Strangler.Demo.Catalog;

/// <summary>A product as lists and headers show it. <see cref="FromPrice"/>: the price is the least of several.</summary>
public sealed record ListedProduct(ProductRecord Product, decimal? Price, decimal? FinalPrice, bool FromPrice, bool InStock, string Url)
{
    public bool IsReduced => Price is not null && FinalPrice < Price;
}
