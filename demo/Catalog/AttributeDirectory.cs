using Dapper;
using MySqlConnector;

namespace Strangler.Demo.Catalog;

/// <summary>A product attribute as the dictionary in the database defines it.</summary>
public sealed class AttributeRow
{
    public int Id { get; set; }

    public string Code { get; set; } = "";

    public string Backend { get; set; } = "";

    public string? Label { get; set; }

    /// <summary>0 store view, 1 global, 2 website.</summary>
    public int Scope { get; set; }
}

/// <summary>The product attributes by id and by code, and the attribute ids of each set in its order.</summary>
public sealed record AttributeCatalog(IReadOnlyDictionary<int, AttributeRow> ById, IReadOnlyDictionary<string, AttributeRow> ByCode, ILookup<int, int> Sets)
{
    public int Id(string code) => ByCode[code].Id;
}

/// <summary>The attributes of products, with the order of each attribute set; read once.</summary>
internal sealed class AttributeDirectory(MySqlDataSource database)
{
    private volatile AttributeCatalog? _loaded;

    public async ValueTask<AttributeCatalog> GetAsync(CancellationToken cancellationToken)
    {
        if (_loaded is { } known)
        {
            return known;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var attributes = (await connection.QueryAsync<AttributeRow>(new CommandDefinition("""
            SELECT a.attribute_id AS Id, a.attribute_code AS Code, a.backend_type AS Backend, a.frontend_label AS Label, c.is_global AS Scope
            FROM eav_attribute a JOIN catalog_eav_attribute c ON c.attribute_id = a.attribute_id
            JOIN eav_entity_type t ON t.entity_type_id = a.entity_type_id WHERE t.entity_type_code = 'catalog_product'
            """, cancellationToken: cancellationToken))).ToList();
        var sets = (await connection.QueryAsync<(int Set, int Attribute)>(new CommandDefinition("""
            SELECT attribute_set_id, attribute_id FROM eav_entity_attribute ORDER BY attribute_set_id, sort_order, attribute_id
            """, cancellationToken: cancellationToken))).ToLookup(row => row.Set, row => row.Attribute);
        return _loaded = new AttributeCatalog(attributes.ToDictionary(one => one.Id), attributes.ToDictionary(one => one.Code), sets);
    }
}
