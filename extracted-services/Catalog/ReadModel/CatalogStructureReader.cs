using Strangler.WebApi.Stores;

namespace Strangler.Catalog.ReadModel;

/// <summary>Reads a <see cref="CatalogStructure"/> from the mirror.</summary>
internal static class CatalogStructureReader
{
    /// <summary>Prices and prices only: their scope follows the configuration, not the attribute's own column.</summary>
    private const string PriceBackend = @"Magento\Catalog\Model\Product\Attribute\Backend\Price";
    private const string TierPriceBackend = @"Magento\Catalog\Model\Product\Attribute\Backend\Tierprice";

    public static async Task<CatalogStructure> ReadAsync(MirrorQuery query, CancellationToken cancellationToken)
    {
        var config = await MirrorSettingsReader.ReadConfigAsync(
            query.Connection, query.Transaction, ProjectedConfig.Prefixes, cancellationToken);
        var stores = await MirrorSettingsReader.ReadStoresAsync(query.Connection, query.Transaction, cancellationToken);
        var pricesAreGlobal = config.Get(ProjectedConfig.PriceScope) is null or "0";
        return new CatalogStructure(
            stores,
            config,
            await ReadAttributesAsync(query, pricesAreGlobal, cancellationToken),
            await ReadMembersAsync(query, cancellationToken),
            await ReadMediaRolesAsync(query, cancellationToken),
            await ReadRatesAsync(query, config, stores, cancellationToken));
    }

    private static async Task<IReadOnlyList<CatalogAttribute>> ReadAttributesAsync(
        MirrorQuery query, bool pricesAreGlobal, CancellationToken cancellationToken)
    {
        var labels = new Dictionary<int, Dictionary<int, string?>>();
        await query.ReadAsync(
            "SELECT attribute_id, store_id, value FROM eav_attribute_label ORDER BY attribute_label_id",
            row =>
            {
                if (!labels.TryGetValue(row.GetInt32(0), out var ofAttribute))
                {
                    labels.Add(row.GetInt32(0), ofAttribute = []);
                }

                ofAttribute[row.GetInt32(1)] = row.Text(2);
            },
            cancellationToken);

        var attributes = new List<CatalogAttribute>();
        await query.ReadAsync(
            """
            SELECT a.attribute_id, a.attribute_code, a.backend_type, c.is_global, a.frontend_label, a.backend_model
            FROM eav_attribute a
            JOIN eav_entity_type t ON t.entity_type_id = a.entity_type_id AND t.entity_type_code = 'catalog_product'
            LEFT JOIN catalog_eav_attribute c ON c.attribute_id = a.attribute_id
            """,
            row =>
            {
                var isPrice = row.Text(5) is PriceBackend or TierPriceBackend;
                var isGlobal = isPrice ? pricesAreGlobal : row.Integer(3) is null or 1;
                attributes.Add(new CatalogAttribute(row.GetInt32(0), row.GetString(1), row.GetString(2) == "static", isGlobal, row.Text(4))
                {
                    StoreLabels = labels.GetValueOrDefault(row.GetInt32(0), []),
                });
            },
            cancellationToken);
        return attributes;
    }

    private static async Task<IReadOnlyList<SetMember>> ReadMembersAsync(MirrorQuery query, CancellationToken cancellationToken)
    {
        var members = new List<SetMember>();
        await query.ReadAsync(
            "SELECT attribute_set_id, attribute_id, sort_order, entity_attribute_id FROM eav_entity_attribute",
            row => members.Add(new SetMember(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3))),
            cancellationToken);
        return members;
    }

    private static async Task<IReadOnlyList<string>> ReadMediaRolesAsync(MirrorQuery query, CancellationToken cancellationToken)
    {
        var roles = new List<string>();
        await query.ReadAsync(
            """
            SELECT a.attribute_code
            FROM eav_attribute a
            JOIN eav_entity_type t ON t.entity_type_id = a.entity_type_id AND t.entity_type_code = 'catalog_product'
            WHERE a.frontend_input = 'media_image' ORDER BY a.is_user_defined, a.attribute_id
            """,
            row => roles.Add(row.GetString(0)),
            cancellationToken);
        return roles;
    }

    private static async Task<IReadOnlyDictionary<int, double>> ReadRatesAsync(
        MirrorQuery query, MagentoConfig config, IReadOnlyList<StoreView> stores, CancellationToken cancellationToken)
    {
        var rates = new Dictionary<(string From, string To), double>();
        await query.ReadAsync(
            "SELECT currency_from, currency_to, rate FROM directory_currency_rate",
            row => rates[(row.GetString(0), row.GetString(1))] = row.Number(2) ?? 0,
            cancellationToken);

        // Magento's own default, for a shop that never saved another.
        var defaultCurrency = config.Get(ProjectedConfig.BaseCurrency) ?? "USD";
        var result = new Dictionary<int, double>();
        foreach (var store in stores.Where(store => store.Id != StoreView.AdminId).DistinctBy(store => store.WebsiteId))
        {
            // The website's value, not that of one of its views.
            var currency = config.Get(ProjectedConfig.BaseCurrency, store with { Id = -1 }) ?? defaultCurrency;
            var rate = currency == defaultCurrency ? 1 : rates.GetValueOrDefault((defaultCurrency, currency));
            result[store.WebsiteId] = rate == 0 ? 1 : rate;
        }

        return result;
    }
}

/// <summary>The configuration an answer depends on: a change of anything else leaves the read model as it is.</summary>
internal static class ProjectedConfig
{
    public const string PriceScope = "catalog/price/scope";
    public const string BaseCurrency = "currency/options/base";
    public const string StockItem = "cataloginventory/item_options/";

    public static IReadOnlyCollection<string> Prefixes { get; } = [PriceScope, BaseCurrency, StockItem];
}
