namespace Strangler.Catalog.ReadModel;

/// <summary>A product attribute, as much of it as an answer depends on.</summary>
internal sealed record CatalogAttribute(int Id, string Code, bool IsStatic, bool IsGlobal, string? Label)
{
    /// <summary>Labels of single store views.</summary>
    public IReadOnlyDictionary<int, string?> StoreLabels { get; init; } = new Dictionary<int, string?>();

    /// <summary>The label shown in a store view.</summary>
    public string? LabelIn(int store) => StoreLabels.TryGetValue(store, out var label) && label is not null ? label : Label;
}
