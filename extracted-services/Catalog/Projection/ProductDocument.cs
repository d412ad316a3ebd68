namespace Strangler.Catalog.Projection;

/// <summary>What a reader must know about a document beyond its bytes.</summary>
[Flags]
internal enum DocumentFlags
{
    None = 0,

    /// <summary>It shows only products of the website the request came to, which a <c>storeId</c> parameter does not change.</summary>
    DependsOnWebsite = 1,

    /// <summary>The product's type is another module's, or its data could not be rendered: Magento must answer.</summary>
    Undecided = 2,
}

/// <summary>A finished answer for one product and scope.</summary>
internal sealed record ProductDocument(int EntityId, int StoreId, string Sku, DocumentFlags Flags, byte[] Body, byte[]? EditTierPrices)
{
    /// <summary>Whether a reader could not tell this document from another scope's.</summary>
    public bool IsSameAs(ProductDocument other) =>
        Flags == other.Flags && Body.AsSpan().SequenceEqual(other.Body)
        && (EditTierPrices ?? []).AsSpan().SequenceEqual(other.EditTierPrices ?? []);
}
