using Strangler.Catalog.Tests.Support;

namespace Strangler.Catalog.Tests.Projection;

/// <summary>Whatever changes in the mirror: projecting the dirty keys gives what a rebuild gives.</summary>
public sealed class IncrementalProjectionTests(CatalogFixture fixture)
{
    // At least one change for every table an answer depends on, each with the table it is in.
    private static readonly (string Table, string Sql)[] Changes =
    [
        ("catalog_product_entity", "UPDATE catalog_product_entity SET sku = 'RENAMED', updated_at = '2027-01-01 00:00:00' WHERE entity_id = 20"),
        ("catalog_product_entity", "UPDATE catalog_product_entity SET required_options = 1 WHERE entity_id IN (53, 26, 33)"),
        ("catalog_product_entity", "DELETE FROM catalog_product_entity WHERE entity_id = 54"),
        ("catalog_product_entity_varchar", "UPDATE catalog_product_entity_varchar SET value = 'Ünew / name' WHERE entity_id IN (1, 45) AND attribute_id = 73 AND store_id = 0"),
        ("catalog_product_entity_varchar", "DELETE FROM catalog_product_entity_varchar WHERE entity_id = 1 AND store_id = 2"),
        ("catalog_product_entity_int", "UPDATE catalog_product_entity_int SET value = 2 WHERE entity_id IN (33, 5) AND attribute_id = 97"),
        ("catalog_product_entity_int", "UPDATE catalog_product_entity_int SET value = 58 WHERE entity_id = 55 AND attribute_id = 93"),
        ("catalog_product_entity_text", "UPDATE catalog_product_entity_text SET value = NULL WHERE entity_id = 2 AND store_id = 0"),
        ("catalog_product_entity_decimal", "UPDATE catalog_product_entity_decimal SET value = 99.99 WHERE entity_id IN (26, 2, 3)"),
        ("catalog_product_entity_datetime", "INSERT INTO catalog_product_entity_datetime (attribute_id, store_id, entity_id, value) VALUES (79, 1, 6, '2027-02-03 00:00:00')"),
        ("catalog_product_website", "INSERT IGNORE INTO catalog_product_website VALUES (26, 2), (33, 2), (45, 2), (46, 2)"),
        ("catalog_product_website", "DELETE FROM catalog_product_website WHERE product_id = 34"),
        ("catalog_category_product", "UPDATE catalog_category_product SET position = 7 WHERE product_id = 1"),
        ("catalog_category_product", "DELETE FROM catalog_category_product WHERE product_id = 8"),
        ("cataloginventory_stock_item", "UPDATE cataloginventory_stock_item SET qty = 3.5, use_config_manage_stock = 0, manage_stock = 0 WHERE product_id = 9"),
        ("cataloginventory_stock_item", "DELETE FROM cataloginventory_stock_item WHERE product_id = 10"),
        ("catalog_product_entity_tier_price", "INSERT INTO catalog_product_entity_tier_price (entity_id, all_groups, customer_group_id, qty, value, website_id, percentage_value) VALUES (1, 1, 0, 5, 28, 1, NULL), (1, 0, 2, 2, 0, 0, 12.5)"),
        ("catalog_product_link", "DELETE FROM catalog_product_link WHERE product_id = 1 AND linked_product_id = 20"),
        ("catalog_product_link_attribute_int", "UPDATE catalog_product_link_attribute_int SET value = 9 WHERE link_id IN (1, 2421)"),
        ("catalog_product_link_attribute_decimal", "UPDATE catalog_product_link_attribute_decimal SET value = 4"),
        ("catalog_product_entity_media_gallery", "UPDATE catalog_product_entity_media_gallery SET disabled = 1 WHERE value_id = 84"),
        ("catalog_product_entity_media_gallery_value", "UPDATE catalog_product_entity_media_gallery_value SET position = NULL, label = 'x' WHERE value_id IN (1, 85)"),
        ("catalog_product_entity_media_gallery_value_to_entity", "DELETE FROM catalog_product_entity_media_gallery_value_to_entity WHERE value_id = 51"),
        ("catalog_product_entity_media_gallery_value_video", "INSERT INTO catalog_product_entity_media_gallery_value_video VALUES (2, 0, NULL, 'https://video.test/1', 'T', NULL, NULL)"),
        ("catalog_product_option", "UPDATE catalog_product_option SET sort_order = 9 WHERE option_id = 1"),
        ("catalog_product_option_title", "INSERT INTO catalog_product_option_title (option_id, store_id, title) VALUES (1, 2, 'Gravur')"),
        ("catalog_product_option_price", "UPDATE catalog_product_option_price SET price = 4.25"),
        ("catalog_product_option_type_value", "UPDATE catalog_product_option_type_value SET sort_order = 1"),
        ("catalog_product_option_type_title", "INSERT INTO catalog_product_option_type_title (option_type_id, store_id, title) VALUES (2, 2, 'Rot')"),
        ("catalog_product_option_type_price", "UPDATE catalog_product_option_type_price SET price = 1 WHERE option_type_id = 2"),
        ("catalog_product_super_attribute", "UPDATE catalog_product_super_attribute SET position = 5 WHERE product_id = 68"),
        ("catalog_product_super_attribute_label", "UPDATE catalog_product_super_attribute_label SET value = 'Tint' WHERE product_super_attribute_id = 3"),
        ("catalog_product_super_link", "DELETE FROM catalog_product_super_link WHERE parent_id = 68 AND product_id = 56"),
        ("catalog_product_bundle_option", "UPDATE catalog_product_bundle_option SET required = 0, position = 9 WHERE option_id = 2"),
        ("catalog_product_bundle_option_value", "UPDATE catalog_product_bundle_option_value SET title = 'Ball' WHERE option_id = 1 AND store_id = 2"),
        ("catalog_product_bundle_selection", "UPDATE catalog_product_bundle_selection SET selection_qty = 2, position = 8 WHERE selection_id = 1"),
        ("catalog_product_bundle_selection_price", "DELETE FROM catalog_product_bundle_selection_price WHERE selection_id = 2"),
        ("downloadable_link", "UPDATE downloadable_link SET number_of_downloads = 3 WHERE link_id = 1"),
        ("downloadable_link_title", "UPDATE downloadable_link_title SET title = 'Yoga' WHERE link_id = 1 AND store_id = 2"),
        ("downloadable_link_price", "UPDATE downloadable_link_price SET price = 5.5 WHERE link_id = 2"),
        ("downloadable_sample", "UPDATE downloadable_sample SET sort_order = 0 WHERE sample_id = 3"),
        ("downloadable_sample_title", "UPDATE downloadable_sample_title SET title = 'Film' WHERE sample_id = 1"),
        ("eav_attribute", "UPDATE eav_attribute SET frontend_label = 'Colour' WHERE attribute_id = 93"),
        ("catalog_eav_attribute", "UPDATE catalog_eav_attribute SET is_global = 1 WHERE attribute_id = 73"),
        ("eav_attribute_label", "INSERT INTO eav_attribute_label (attribute_id, store_id, value) VALUES (93, 2, 'Farbe')"),
        ("eav_attribute_option", "UPDATE eav_attribute_option SET sort_order = 99 WHERE option_id = 49"),
        ("eav_entity_attribute", "UPDATE eav_entity_attribute SET sort_order = 1 WHERE attribute_set_id = 15 AND attribute_id = 93"),
        ("store", "UPDATE store SET website_id = 1 WHERE store_id = 3"),
        ("core_config_data", "INSERT INTO core_config_data (scope, scope_id, path, value) VALUES ('websites', 2, 'cataloginventory/item_options/max_sale_qty', '77')"),
        ("core_config_data", "UPDATE core_config_data SET value = '0' WHERE path = 'catalog/price/scope'"),
        ("directory_currency_rate", "UPDATE directory_currency_rate SET rate = rate * 2"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Any_changes_projected_by_their_dirty_keys_equal_a_rebuild(int seed)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await fixture.OwnAsync(cancellationToken);
        var store = $"store_{seed}";
        await CopyMirrorAsync(host, store, cancellationToken);
        var single = Changes.Where(change => !MakesAllDirty(change.Table)).ToArray();
        new Random(seed).Shuffle(single);
        foreach (var group in single.Chunk(16).Append([.. Changes.Except(single)]))
        {
            foreach (var (_, sql) in group)
            {
                await fixture.Server.ExecuteAsync(store, sql, cancellationToken);
            }

            var before = await Documents.ReadAsync(host, cancellationToken);
            var generation = await GenerationAsync(host, cancellationToken);
            await MirrorChanges.ApplyAsync(host, store, group.Select(change => change.Table).Distinct(), cancellationToken);
            await Documents.CaughtUpAsync(host, cancellationToken);
            var projected = await Documents.ReadAsync(host, cancellationToken);
            projected.Should().NotEqual(before, "the changes show");
            var rebuilt = await GenerationAsync(host, cancellationToken) > generation;
            rebuilt.Should().Be(MakesAllDirty(group[0].Table), "only what concerns every product rebuilds every product");
            await Documents.RebuildAsync(host, cancellationToken);
            Differences(await Documents.ReadAsync(host, cancellationToken), projected).Should().BeEmpty();
        }
    }

    [Fact]
    public void Every_subscribed_table_with_products_in_it_is_changed_by_the_test()
    {
        string[] others =
        [
            "oauth_token", "integration", "authorization_role", "authorization_rule", "jwt_auth_revoked", "store_group", "store_website",
            "eav_entity_type", "catalog_product_link_attribute",
        ];
        MirrorChanges.Rules().Keys.Except(others).Should().BeEquivalentTo(Changes.Select(change => change.Table).Distinct());
    }

    [Fact]
    public async Task The_recorded_scenario_projected_by_its_dirty_keys_equals_a_service_started_on_its_end()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await fixture.OwnAsync(cancellationToken);
        await using var end = await fixture.OwnAsync(cancellationToken, "magento-data-after-scenario.sql.gz");
        var source = new MySqlConnector.MySqlConnectionStringBuilder(end.ConnectionString).Database;
        await MirrorChanges.ApplyAsync(host, source, MirrorChanges.Rules().Keys, cancellationToken);
        await Documents.CaughtUpAsync(host, cancellationToken);
        Differences(await Documents.ReadAsync(end, cancellationToken), await Documents.ReadAsync(host, cancellationToken)).Should().BeEmpty();
        (await GenerationAsync(host, cancellationToken)).Should().Be(1, "nothing in it needs a rebuild");
    }

    [Fact]
    public async Task A_key_of_a_batch_that_is_not_complete_waits_for_it()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await fixture.OwnAsync(cancellationToken);
        await host.ExecuteAsync("INSERT INTO cdc_dirty_key VALUES ('product', '1', 3), ('product', '2', 2); UPDATE cdc_checkpoint SET sequence = 2", cancellationToken);
        await RawHttp.SendAsync(host.Port, "POST", "/internal/changes", [("Content-Length", "0")], null, cancellationToken);
        await Eventually.TrueAsync(
            async () => await Documents.ScalarAsync(host, "SELECT sequence FROM projection_checkpoint", cancellationToken) == 2, "sequence 2 is projected", cancellationToken);
        (await Documents.ScalarAsync(host, "SELECT COUNT(*) FROM cdc_dirty_key WHERE key_value = '1'", cancellationToken)).Should().Be(1);
        (await Documents.ScalarAsync(host, "SELECT COUNT(*) FROM cdc_dirty_key WHERE key_value = '2'", cancellationToken)).Should().Be(0);
    }

    private static bool MakesAllDirty(string table) => MirrorChanges.Rules()[table].Any(rule => rule.Entity is "all" or "config");

    private static Task<long> GenerationAsync(CatalogHost host, CancellationToken cancellationToken) =>
        Documents.ScalarAsync(host, "SELECT generation FROM read_model", cancellationToken);

    private static IEnumerable<string> Differences(Dictionary<string, string> expected, Dictionary<string, string> actual) =>
        expected.Keys.Union(actual.Keys).Where(key => expected.GetValueOrDefault(key) != actual.GetValueOrDefault(key))
            .Select(key => $"{key}: {expected.GetValueOrDefault(key) ?? "none"} <> {actual.GetValueOrDefault(key) ?? "none"}").Take(5);

    private async Task CopyMirrorAsync(CatalogHost host, string store, CancellationToken cancellationToken)
    {
        await fixture.Server.ExecuteAsync(null, $"CREATE DATABASE {store}", cancellationToken);
        await MirrorDump.CopyAsync(
            fixture.Server, new MySqlConnector.MySqlConnectionStringBuilder(host.ConnectionString).Database, store, cancellationToken);
    }
}
