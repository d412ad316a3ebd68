using Strangler.Demo.Catalog;

namespace Strangler.Demo.Storefront;

/// <summary>Something a shopper chooses before buying; no values means free text.</summary>
public sealed record Choice(string Name, string Label, bool Required, IReadOnlyList<ChoiceValue> Values, int? MaxLength = null);

/// <summary>One value of a choice with what it adds to the price.</summary>
public sealed record ChoiceValue(int Id, string Label, string? Swatch = null, decimal? Price = null, bool IsPercent = false, bool Selected = false);

/// <summary>A quantity from which the price is lower.</summary>
public sealed record Tier(decimal Qty, decimal Price);

/// <summary>Everything the product page shows.</summary>
public sealed record ProductPageModel(
    ListedProduct Item,
    IReadOnlyList<GalleryEntry> Gallery,
    IReadOnlyList<Choice> Choices,
    IReadOnlyList<(ListedProduct Member, decimal Qty)> Members,
    IReadOnlyList<Tier> TierPrices,
    IReadOnlyList<Download> Samples,
    IReadOnlyList<ListedProduct> Related);
