using Dapper;
using MySqlConnector;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Admin;

/// <summary>A row of the product grid.</summary>
public sealed record GridRow(int Id, string Name, string TypeId, string Sku, decimal? Price, decimal? Qty, int Status);

/// <summary>What the edit form shows: the value in the chosen scope, and whether it is the default's.</summary>
public sealed record EditField(string Code, string Label, string Scope, string? Value, bool UsesDefault);

/// <summary>The edit form's product.</summary>
public sealed record EditModel(int Id, string Sku, string TypeId, string Name, int StoreId, IReadOnlyList<EditField> Fields, decimal? Qty, bool IsInStock, bool HasPrice);

/// <summary>Reads products for the administrator.</summary>
internal sealed class AdminProducts(MySqlDataSource database, AttributeDirectory attributes, ProductParts parts, StoreDirectory stores)
{
    public const int PerPage = 20;

    private static readonly (string Code, string Label)[] Edited = [("name", "Product Name"), ("price", "Price"), ("special_price", "Special Price"), ("status", "Enable Product"), ("visibility", "Visibility")];

    public async Task<(IReadOnlyList<GridRow> Rows, bool More)> GridAsync(string search, int page, CancellationToken cancellationToken)
    {
        var known = await attributes.GetAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<(int Id, string? Name, string TypeId, string Sku, decimal? Price, decimal? Qty, int? Status)>(new CommandDefinition("""
            SELECT e.entity_id, n.value, e.type_id, e.sku, p.value, i.qty, s.value
            FROM catalog_product_entity e
            LEFT JOIN catalog_product_entity_varchar n ON n.entity_id = e.entity_id AND n.attribute_id = @name AND n.store_id = 0
            LEFT JOIN catalog_product_entity_decimal p ON p.entity_id = e.entity_id AND p.attribute_id = @price AND p.store_id = 0
            LEFT JOIN catalog_product_entity_int s ON s.entity_id = e.entity_id AND s.attribute_id = @status AND s.store_id = 0
            LEFT JOIN cataloginventory_stock_item i ON i.product_id = e.entity_id AND i.stock_id = 1
            WHERE @search = '' OR e.sku LIKE @like OR n.value LIKE @like
            ORDER BY e.entity_id LIMIT @take OFFSET @skip
            """, new
        {
            name = known.Id("name"),
            price = known.Id("price"),
            status = known.Id("status"),
            search,
            like = $"%{search}%",
            take = PerPage + 1,
            skip = (page - 1) * PerPage,
        }, cancellationToken: cancellationToken))).ToList();
        return ([.. rows.Take(PerPage).Select(row => new GridRow(row.Id, row.Name ?? "", row.TypeId, row.Sku, row.Price, row.Qty, row.Status ?? 1))], rows.Count > PerPage);
    }

    public async Task<EditModel?> FindAsync(int id, int store, CancellationToken cancellationToken)
    {
        var known = await attributes.GetAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var product = await connection.QueryFirstOrDefaultAsync<(string Sku, string TypeId)?>(new CommandDefinition(
            "SELECT sku, type_id FROM catalog_product_entity WHERE entity_id = @id", new { id }, cancellationToken: cancellationToken));
        if (product is not { } found || (await stores.AllAsync(cancellationToken)).All(view => view.Id != store))
        {
            return null;
        }

        var values = (await connection.QueryAsync<(int Attribute, int Store, string? Value)>(new CommandDefinition("""
            SELECT attribute_id, store_id, value FROM catalog_product_entity_varchar WHERE entity_id = @id AND store_id IN (0, @store)
            UNION ALL SELECT attribute_id, store_id, CAST(value AS CHAR) FROM catalog_product_entity_int WHERE entity_id = @id AND store_id IN (0, @store)
            UNION ALL SELECT attribute_id, store_id, CAST(value AS CHAR) FROM catalog_product_entity_decimal WHERE entity_id = @id AND store_id IN (0, @store)
            """, new { id, store }, cancellationToken: cancellationToken))).ToDictionary(row => (row.Attribute, row.Store), row => row.Value);
        var fields = Edited.Select(field =>
        {
            var attribute = known.ByCode[field.Code];
            var own = store != StoreView.AdminId && values.ContainsKey((attribute.Id, store));
            var value = own ? values[(attribute.Id, store)] : values.GetValueOrDefault((attribute.Id, StoreView.AdminId));
            return new EditField(field.Code, field.Label, attribute.Scope switch { 0 => "store view", 1 => "global", _ => "website" }, Shown(attribute, value), store != StoreView.AdminId && !own);
        }).ToList();
        var stock = await parts.StockAsync(id, cancellationToken);
        return new EditModel(id, found.Sku, found.TypeId, fields[0].Value ?? found.Sku, store, fields, stock?.Qty, stock?.IsInStock ?? false, found.TypeId is not ("configurable" or "bundle" or "grouped"));
    }

    // Prices are typed with two places, whatever the column keeps.
    private static string? Shown(AttributeRow attribute, string? value) =>
        attribute.Backend == "decimal" && value is not null
            ? decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)
            : value;
}
