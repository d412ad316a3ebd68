using System.Globalization;

namespace Strangler.Demo.Catalog;

/// <summary>A product's row with its values for one store view: the view's own value where a row exists, else the default.</summary>
public sealed class ProductRecord(ProductRow row, AttributeCatalog attributes)
{
    private readonly Dictionary<int, (int Store, string? Value)> _values = [];

    public ProductRow Row => row;

    public int Id => row.Id;

    public string Sku => row.Sku;

    public string TypeId => row.TypeId;

    public string Name => this["name"] ?? row.Sku;

    public string? this[string code] => attributes.ByCode.TryGetValue(code, out var attribute) && _values.TryGetValue(attribute.Id, out var held) ? held.Value : null;

    public decimal? Amount(string code) => this[code] is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;

    public int? Number(string code) => this[code] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    public bool IsEnabled => (Number("status") ?? 1) == 1;

    public int Visibility => Number("visibility") ?? 4;

    public string? Value(int attributeId) => _values.TryGetValue(attributeId, out var held) ? held.Value : null;

    /// <summary>Takes a row of a value table; rows of a store view win over the default's, save for global attributes.</summary>
    public void Take(int attributeId, int store, string? value)
    {
        if (!attributes.ById.TryGetValue(attributeId, out var attribute) || (attribute.Scope == 1 && store != 0))
        {
            return;
        }

        if (!_values.TryGetValue(attributeId, out var held) || store > held.Store)
        {
            _values[attributeId] = (store, value);
        }
    }
}

/// <summary>One row of catalog_product_entity.</summary>
public sealed class ProductRow
{
    public int Id { get; set; }

    public int AttributeSetId { get; set; }

    public string TypeId { get; set; } = "";

    public string Sku { get; set; } = "";

    public int HasOptions { get; set; }

    public int RequiredOptions { get; set; }

    public string CreatedAt { get; set; } = "";

    public string UpdatedAt { get; set; } = "";
}
