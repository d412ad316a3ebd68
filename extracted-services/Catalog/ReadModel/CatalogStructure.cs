using Strangler.WebApi.Stores;

namespace Strangler.Catalog.ReadModel;

/// <summary>
/// What all products share: store views, configuration, attributes and the attributes of each set in the order an answer lists
/// them. Read once for a projection, in its transaction. Immutable.
/// </summary>
internal sealed class CatalogStructure(
    IReadOnlyList<StoreView> stores, MagentoConfig config, IReadOnlyList<CatalogAttribute> attributes, IReadOnlyList<SetMember> members,
    IReadOnlyList<string> mediaRoles, IReadOnlyDictionary<int, double> currencyRates)
{
    private readonly Dictionary<int, CatalogAttribute> _byId = attributes.ToDictionary(attribute => attribute.Id);
    private readonly Dictionary<string, CatalogAttribute> _byCode = attributes.ToDictionary(attribute => attribute.Code, StringComparer.Ordinal);
    private readonly Dictionary<(int Set, bool Labelled), IReadOnlyList<CatalogAttribute>> _sets = Order(attributes, members);
    private readonly HashSet<int> _labelledStores = [.. attributes.SelectMany(attribute => attribute.StoreLabels.Keys)];

    /// <summary>Every scope an answer is made for, the admin scope first.</summary>
    public IReadOnlyList<StoreView> Stores { get; } = [.. stores.OrderBy(store => store.Id)];

    public MagentoConfig Config { get; } = config;

    /// <summary>The attributes that name an image of the gallery, in the order their roles are listed.</summary>
    public IReadOnlyList<string> MediaRoles { get; } = mediaRoles;

    /// <summary>Prices are the same in every website.</summary>
    public bool PricesAreGlobal { get; } = config.Get("catalog/price/scope") is null or "0";

    /// <summary>Static attributes besides those every product has a column for.</summary>
    public IReadOnlyList<string> ExtraStaticCodes { get; } =
        [.. attributes.Where(attribute => attribute.IsStatic && !ProductColumns.Known.Contains(attribute.Code)).Select(attribute => attribute.Code)];

    public CatalogAttribute? Attribute(string code) => _byCode.GetValueOrDefault(code);

    public CatalogAttribute? Attribute(int id) => _byId.GetValueOrDefault(id);

    /// <summary>How many of the website's base currency make one of the default's.</summary>
    public double CurrencyRate(int website) => currencyRates.GetValueOrDefault(website, 1);

    /// <summary>
    /// The attributes of a set in the order of the answer: by sort order. Magento leaves ties to its database, and the database
    /// decides by how it joins the labels of the store view: one with labels gives them by attribute, one without by membership.
    /// </summary>
    public IReadOnlyList<CatalogAttribute> SetAttributes(int set, int store) =>
        _sets.TryGetValue((set, _labelledStores.Contains(store)), out var ordered) ? ordered : [];

    private static Dictionary<(int Set, bool Labelled), IReadOnlyList<CatalogAttribute>> Order(
        IReadOnlyList<CatalogAttribute> attributes, IReadOnlyList<SetMember> members)
    {
        var byId = attributes.ToDictionary(attribute => attribute.Id);
        var result = new Dictionary<(int, bool), IReadOnlyList<CatalogAttribute>>();
        foreach (var set in members.Where(member => byId.ContainsKey(member.AttributeId)).GroupBy(member => member.SetId))
        {
            result[(set.Key, true)] =
                [.. set.OrderBy(member => member.SortOrder).ThenBy(member => member.AttributeId).Select(member => byId[member.AttributeId])];
            result[(set.Key, false)] =
                [.. set.OrderBy(member => member.SortOrder).ThenBy(member => member.MembershipId).Select(member => byId[member.AttributeId])];
        }

        return result;
    }
}

/// <summary>An attribute's membership in an attribute set.</summary>
internal sealed record SetMember(int SetId, int AttributeId, int SortOrder, int MembershipId);

/// <summary>Columns of the product table that have a place of their own in an answer or in <see cref="Rows.ProductRow"/>.</summary>
internal static class ProductColumns
{
    public static IReadOnlySet<string> Known { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "entity_id", "attribute_set_id", "type_id", "sku", "has_options", "required_options", "created_at", "updated_at",
        "category_ids", "media_gallery",
    };
}
