namespace Strangler.Demo.Catalog;

/// <summary>
/// What a save changes, in one scope. <see cref="Values"/>: attribute code to new value, null empties it.
/// <see cref="UseDefault"/>: codes whose own value in this scope goes, so that the default shows again.
/// </summary>
internal sealed record ProductChange(int ProductId, int StoreId)
{
    public Dictionary<string, string?> Values { get; } = [];

    public HashSet<string> UseDefault { get; } = [];

    public decimal? Qty { get; set; }

    public bool? IsInStock { get; set; }

    public IReadOnlyCollection<int>? WebsiteIds { get; set; }

    public IReadOnlyCollection<CategoryLink>? Categories { get; set; }
}
