using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using MySqlConnector;
using Strangler.Catalog.ReadModel;

namespace Strangler.Catalog.Projection;

/// <summary>
/// Turns dirty keys into products: rows that name their product only through another row are looked up, and products that show
/// something of a dirty product (parents, bundles, products that link to it) become dirty with it. An entity nobody knows makes
/// everything dirty, never nothing.
/// </summary>
internal static class DirtyKeyExpander
{
    private const string Product = "product";
    private const string Identity = "product_identity";

    // What each indirect entity's keys lead to. Every statement takes a JSON list of keys.
    private static readonly Dictionary<string, string> Lookups = new(StringComparer.Ordinal)
    {
        ["product_link"] = """
            SELECT l.product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
            JOIN catalog_product_link l ON l.link_id = k.id
            """,
        ["option"] = """
            SELECT o.product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
            JOIN catalog_product_option o ON o.option_id = k.id
            """,
        ["option_value"] = """
            SELECT o.product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
            JOIN catalog_product_option_type_value v ON v.option_type_id = k.id
            JOIN catalog_product_option o ON o.option_id = v.option_id
            """,
        ["media"] = """
            SELECT m.entity_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
            JOIN catalog_product_entity_media_gallery_value_to_entity m ON m.value_id = k.id
            """,
        ["super_attribute"] = """
            SELECT s.product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
            JOIN catalog_product_super_attribute s ON s.product_super_attribute_id = k.id
            """,
        ["downloadable_link"] = """
            SELECT l.product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
            JOIN downloadable_link l ON l.link_id = k.id
            """,
        ["downloadable_sample"] = """
            SELECT s.product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
            JOIN downloadable_sample s ON s.sample_id = k.id
            """,
        ["attribute_option"] = """
            SELECT s.product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
            JOIN catalog_product_super_attribute s ON s.attribute_id = k.id
            """,
        ["attribute_set"] = """
            SELECT e.entity_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
            JOIN catalog_product_entity e ON e.attribute_set_id = k.id
            """,
    };

    private const string TierPriced = "SELECT DISTINCT entity_id FROM catalog_product_entity_tier_price";

    private const string Parents = """
        SELECT l.parent_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
        JOIN catalog_product_super_link l ON l.product_id = k.id
        UNION
        SELECT s.parent_product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
        JOIN catalog_product_bundle_selection s ON s.product_id = k.id
        UNION
        SELECT g.product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
        JOIN catalog_product_link g ON g.linked_product_id = k.id AND g.link_type_id = 3
        """;

    private const string Linking = """
        SELECT l.product_id FROM JSON_TABLE(@keys, '$[*]' COLUMNS (id int unsigned PATH '$')) k
        JOIN catalog_product_link l ON l.linked_product_id = k.id
        """;

    public static async Task<DirtyProducts> ExpandAsync(MirrorQuery query, IReadOnlyList<DirtyKey> keys, CancellationToken cancellationToken)
    {
        var byEntity = keys.GroupBy(key => key.Entity, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Select(key => key.Value).ToList());
        var access = byEntity.ContainsKey("access") || byEntity.ContainsKey("all");
        if (NeedsEverything(byEntity))
        {
            return new DirtyProducts(All: true, access, []);
        }

        var changed = new HashSet<int>();
        var identities = new HashSet<int>();
        foreach (var (entity, values) in byEntity)
        {
            switch (entity)
            {
                case Product:
                    changed.UnionWith(Ids(values));
                    break;
                case Identity:
                    identities.UnionWith(Ids(values));
                    break;
                case "currency":
                    await CollectAsync(query, TierPriced, [], changed, cancellationToken);
                    break;
                default:
                    if (Lookups.TryGetValue(entity, out var lookup))
                    {
                        await CollectAsync(query, lookup, [.. Ids(values)], changed, cancellationToken);
                    }

                    break;
            }
        }

        changed.UnionWith(identities);
        var result = new HashSet<int>(changed);
        await CollectAsync(query, Parents, changed, result, cancellationToken);
        await CollectAsync(query, Linking, identities, result, cancellationToken);
        return new DirtyProducts(All: false, access, result);
    }

    private static bool NeedsEverything(Dictionary<string, List<string>> byEntity) => byEntity.Any(entry => entry.Key switch
    {
        "access" or "currency" => false,
        "config" => entry.Value.Any(path => ProjectedConfig.Prefixes.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal))),
        Product or Identity => entry.Value.Contains("*"),
        _ => !Lookups.ContainsKey(entry.Key) || entry.Value.Contains("*"),
    });

    private static IEnumerable<int> Ids(IEnumerable<string> values) => values.Select(value => int.Parse(value, CultureInfo.InvariantCulture));

    [SuppressMessage("Security", "CA2100", Justification = "Every caller passes a constant of this class.")]
    private static async Task CollectAsync(
        MirrorQuery query, string sql, HashSet<int> keys, HashSet<int> into, CancellationToken cancellationToken)
    {
        if (keys.Count == 0 && sql != TierPriced)
        {
            return;
        }

        await using var command = new MySqlCommand(sql, query.Connection, query.Transaction);
        command.Parameters.AddWithValue("@keys", JsonSerializer.Serialize(keys));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            into.Add(reader.GetInt32(0));
        }
    }
}
