using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strangler.MagentoAdapter.Products;

/// <summary>A product. Every field may be absent: the <c>fields</c> parameter leaves out, and so does a null in Magento.</summary>
public sealed record Product
{
    public long? Id { get; init; }

    public string? Sku { get; init; }

    public string? Name { get; init; }

    public int? AttributeSetId { get; init; }

    public decimal? Price { get; init; }

    public int? Status { get; init; }

    public int? Visibility { get; init; }

    public string? TypeId { get; init; }

    /// <summary>UTC, as Magento writes it: <c>2026-01-31 13:42:39</c>.</summary>
    public string? CreatedAt { get; init; }

    public string? UpdatedAt { get; init; }

    public decimal? Weight { get; init; }

    /// <summary>What modules add: website ids, stock item, options of the product's type.</summary>
    public JsonElement? ExtensionAttributes { get; init; }

    public IReadOnlyList<JsonElement>? ProductLinks { get; init; }

    public IReadOnlyList<JsonElement>? Options { get; init; }

    public IReadOnlyList<JsonElement>? MediaGalleryEntries { get; init; }

    public IReadOnlyList<TierPrice>? TierPrices { get; init; }

    public IReadOnlyList<CustomAttribute>? CustomAttributes { get; init; }

    /// <summary>Fields of a release or module that this adapter does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Further { get; set; }
}

public sealed record TierPrice(int CustomerGroupId, decimal Qty, decimal Value)
{
    public JsonElement? ExtensionAttributes { get; init; }
}

/// <summary>An EAV attribute's value: a string, or a list of strings.</summary>
public sealed record CustomAttribute(string AttributeCode, JsonElement Value);

/// <summary>A page of a search. <c>items</c> is null, not empty, beyond the last page.</summary>
public sealed record ProductPage
{
    public IReadOnlyList<Product>? Items { get; init; }

    public JsonElement? SearchCriteria { get; init; }

    public int? TotalCount { get; init; }
}
