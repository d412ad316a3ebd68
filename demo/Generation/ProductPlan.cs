namespace Strangler.Demo.Generation;

/// <summary>Everything the tables say about one product, before it is spread over them.</summary>
internal sealed record ProductPlan
{
    public required int Id { get; init; }

    /// <summary>Magento's <c>type_id</c>.</summary>
    public required string TypeId { get; init; }

    public required ProductLine Line { get; init; }

    public required string Sku { get; init; }

    public required string Name { get; init; }

    /// <summary>The name in the German store view; <c>null</c> keeps the default.</summary>
    public string? GermanName { get; init; }

    public required int AttributeSetId { get; init; }

    /// <summary><c>null</c> where the type has no price of its own.</summary>
    public decimal? Price { get; init; }

    public decimal? OutletPrice { get; init; }

    public decimal? SpecialPrice { get; init; }

    public decimal? Weight { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>1 nowhere, 4 catalog and search.</summary>
    public int Visibility { get; init; } = 4;

    public decimal Qty { get; init; }

    public bool InStock { get; init; } = true;

    public bool ManageStock { get; init; } = true;

    public bool QtyIsDecimal { get; init; }

    public bool InOutlet { get; init; }

    public int[] CategoryIds { get; init; } = [];

    public int? Color { get; init; }

    public int? Size { get; init; }

    public bool HasCustomOptions { get; init; }

    public bool HasTierPrices { get; init; }

    /// <summary>Children of a configurable, members of a group, selections of a bundle.</summary>
    public int[] Children { get; init; } = [];

    /// <summary>Ids shown beside this product.</summary>
    public int[] Related { get; init; } = [];

    public int PictureCount { get; init; } = 1;

    public string UrlKey => $"{Slug.Of(Name)}-{Id}";

    public string? GermanUrlKey => GermanName is null ? null : $"{Slug.Of(GermanName)}-{Id}";

    public bool IsPhysical => TypeId is "simple" or "configurable" or "bundle" or "grouped";

    public bool HasOwnStock => TypeId is "simple" or "virtual";

    public string Picture(int number) => ProductPicture.PathOf(Line, Color ?? Id % Vocabulary.Colors.Length, Id, number);
}
