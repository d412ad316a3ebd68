using System.Globalization;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Commands;
using Strangler.Demo.Loading;

namespace Strangler.Demo.Tests.Loading;

public sealed class StoreLoaderTests(DemoServer server)
{
    [Theory]
    [InlineData("simple")]
    [InlineData("virtual")]
    [InlineData("configurable")]
    [InlineData("grouped")]
    [InlineData("bundle")]
    [InlineData("downloadable")]
    public async Task Load_MakesProductsOfEveryType(string type)
    {
        var count = await server.ScalarAsync<int>($"SELECT COUNT(*) FROM catalog_product_entity WHERE type_id = '{type}' AND entity_id <= 200", TestContext.Current.CancellationToken);

        count.Should().BeGreaterThan(0);
    }

    [Fact]
    public async Task Load_LeavesNoForeignKeyWithoutItsParent()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var connection = new MySqlConnection(server.Database.ConnectionString("magento"));
        var keys = (await connection.QueryAsync<(string Table, string Column, string Parent, string ParentColumn)>("""
            SELECT table_name, column_name, referenced_table_name, referenced_column_name FROM information_schema.key_column_usage
            WHERE table_schema = 'magento' AND referenced_table_name IS NOT NULL
            """)).ToList();
        var orphans = new List<string>();
        foreach (var key in keys)
        {
            var count = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
                $"SELECT COUNT(*) FROM `{key.Table}` c LEFT JOIN `{key.Parent}` p ON p.`{key.ParentColumn}` = c.`{key.Column}` WHERE c.`{key.Column}` IS NOT NULL AND p.`{key.ParentColumn}` IS NULL",
                cancellationToken: cancelled));
            if (count > 0)
            {
                orphans.Add($"{key.Table}.{key.Column}: {count}");
            }
        }

        keys.Should().HaveCountGreaterThan(150);
        orphans.Should().BeEmpty();
    }

    [Fact]
    public async Task Load_OrderTotalsAddUp()
    {
        var wrong = await server.ScalarAsync<int>("""
            SELECT COUNT(*) FROM sales_order o JOIN (SELECT order_id, SUM(row_total) t FROM sales_order_item WHERE parent_item_id IS NULL GROUP BY order_id) i ON i.order_id = o.entity_id
            WHERE ABS(o.subtotal - i.t) > 0.01 OR ABS(o.grand_total - o.subtotal - o.shipping_amount) > 0.01
            """, TestContext.Current.CancellationToken);

        wrong.Should().Be(0);
    }

    [Fact]
    public async Task Load_SameSeed_GivesTheSameRows()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var sums = new List<string>();
        foreach (var name in new[] { "twin_a", "twin_b" })
        {
            await server.Database.ExecuteAsync(null, $"CREATE DATABASE {name}", cancelled);
            await Loader(name).LoadAsync(new LoadSettings(260, 42, new Uri("http://127.0.0.1/")), force: false, cancelled);
            await using var connection = new MySqlConnection(server.Database.ConnectionString(name));
            // Everything but the mark of the load itself, which carries its time.
            var tables = (await connection.QueryAsync<string>("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT IN ('flag') ORDER BY 1")).ToList();
            var rows = await connection.QueryAsync<(string Table, long Sum)>($"CHECKSUM TABLE {string.Join(", ", tables.Select(table => $"`{table}`"))}");
            sums.Add(string.Join('\n', rows.Select(row => $"{row.Table[(row.Table.IndexOf('.') + 1)..]}={row.Sum}")));
        }

        sums[0].Should().Be(sums[1]);
    }

    [Fact]
    public async Task Load_IntoLoadedDatabase_RefusesAndChangesNothing()
    {
        var before = await server.ScalarAsync<int>("SELECT COUNT(*) FROM catalog_product_entity WHERE entity_id <= 200", TestContext.Current.CancellationToken);

        var outcome = await Loader("magento").LoadAsync(new LoadSettings(300, 1, new Uri("http://127.0.0.1/")), force: false, TestContext.Current.CancellationToken);

        outcome.Should().Be(LoadOutcome.AlreadyLoaded);
        (await server.ScalarAsync<int>("SELECT COUNT(*) FROM catalog_product_entity WHERE entity_id <= 200", TestContext.Current.CancellationToken)).Should().Be(before);
    }

    [Fact]
    public async Task Load_IntoForeignTables_RefusesUntilForced()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await server.Database.ExecuteAsync(null, "CREATE DATABASE foreign_tables; CREATE TABLE foreign_tables.mine (id INT)", cancelled);
        var settings = new LoadSettings(200, 1, new Uri("http://127.0.0.1/"));

        var refused = await Loader("foreign_tables").LoadAsync(settings, force: false, cancelled);
        var forced = await Loader("foreign_tables").LoadAsync(settings, force: true, cancelled);

        refused.Should().Be(LoadOutcome.NotEmpty);
        forced.Should().Be(LoadOutcome.Loaded);
    }

    [Theory]
    [InlineData("199")]
    [InlineData("1000001")]
    [InlineData("many")]
    public void Command_BadProductCount_IsRefusedBeforeAnythingRuns(string products)
    {
        var parsed = LoadCommand.Create(TimeProvider.System).Parse(["--products", products, "--connection", "Server=x"]);

        parsed.Errors.Should().NotBeEmpty();
    }

    [Fact]
    public void Progress_NamesTablesAndRate() =>
        server.LoadLog.Should().Contain("rows/s").And.Contain(string.Create(CultureInfo.InvariantCulture, $"{DemoServer.Products} products"));

    private StoreLoader Loader(string database) => new(server.Database.ConnectionString(database), new LoadProgress(TextWriter.Null, TimeProvider.System), TimeProvider.System);
}
