using System.Runtime.InteropServices;

namespace Strangler.Catalog.ReadModel.Rows;

/// <summary>
/// Attribute values of a batch of products. In a store view the row of that view counts if there is one, also when it is NULL, else
/// the row of the admin scope; of a global attribute only the latter.
/// </summary>
internal sealed class AttributeValues
{
    private readonly Dictionary<(int Product, int Attribute, int Store), string?> _values = [];

    public void Add(int product, int attribute, int store, string? value) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_values, (product, attribute, store), out _) = value;

    public string? Get(int product, CatalogAttribute? attribute, int store)
    {
        if (attribute is null)
        {
            return null;
        }

        return store != 0 && !attribute.IsGlobal && _values.TryGetValue((product, attribute.Id, store), out var value)
            ? value
            : _values.GetValueOrDefault((product, attribute.Id, 0));
    }
}
