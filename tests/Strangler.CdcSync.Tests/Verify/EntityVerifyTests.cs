using Strangler.CdcSync.Entities;
using Strangler.CdcSync.Invalidation;
using Strangler.CdcSync.Routing;
using Strangler.CdcSync.Tests.Support;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Tests.Verify;

/// <summary>A difference told as what people know: the product, its store view, its attribute.</summary>
public sealed class EntityVerifyTests(SharedServers servers) : IDisposable
{
    private const string Schema =
        """
        CREATE TABLE store (store_id smallint PRIMARY KEY, code varchar(32));
        CREATE TABLE eav_attribute (attribute_id smallint PRIMARY KEY, attribute_code varchar(60));
        CREATE TABLE product (entity_id int PRIMARY KEY, sku varchar(64));
        CREATE TABLE product_varchar (value_id int PRIMARY KEY, entity_id int, attribute_id smallint, store_id smallint, value varchar(255));
        CREATE TABLE product_option (option_id int PRIMARY KEY, product_id int);
        CREATE TABLE product_option_title (title_id int PRIMARY KEY, option_id int, store_id smallint, title varchar(255));
        CREATE TABLE other (id int PRIMARY KEY, v int);
        INSERT INTO store VALUES (0, 'admin'), (2, 'de');
        INSERT INTO eav_attribute VALUES (73, 'name'), (77, 'price');
        INSERT INTO product VALUES (1, '24-MB01'), (2, '24-MB02');
        INSERT INTO product_varchar VALUES (10, 1, 73, 0, 'Joust'), (11, 1, 73, 2, 'Beutel'), (12, 2, 73, 0, 'Strive');
        INSERT INTO product_option VALUES (5, 1), (6, 2);
        INSERT INTO product_option_title VALUES (50, 5, 0, 'Colour'), (60, 6, 0, 'Size');
        INSERT INTO other VALUES (1, 1)
        """;

    private const string Entities =
        """
        { "entities": [ { "name": "product", "table": "product", "key": "entity_id", "label": "sku", "labelName": "SKU", "tables": [
            { "name": "product_varchar", "column": "entity_id" },
            { "name": "product_option", "column": "product_id" },
            { "name": "product_option_title", "column": "option_id", "through": [ { "table": "product_option", "key": "option_id", "column": "product_id" } ] } ] } ],
          "names": [ { "column": "store_id", "as": "store view", "table": "store", "key": "store_id", "show": "code" },
                     { "column": "attribute_id", "as": "attribute", "table": "eav_attribute", "key": "attribute_id", "show": "attribute_code" } ] }
        """;

    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public async Task A_difference_is_named_by_sku_store_view_and_attribute()
    {
        await using var sync = await StartAsync();
        await sync.AtTargetAsync("UPDATE product_varchar SET value = 'Bag' WHERE value_id = 11; DELETE FROM product_option_title WHERE title_id = 60; UPDATE other SET v = 2");
        var (run, differences) = await sync.VerifyAsync();
        run.ShouldBe("different");
        var lines = differences.SelectMany(difference => difference.Meaning ?? ["none"]).ToList();
        lines.Should().HaveCount(3);
        lines[0].Should().StartWith("SKU 24-MB01, store view de, attribute name: value is 'Bag' here, 'Beutel' at the source (product_varchar, applied up to ");
        lines[1].Should().StartWith("SKU 24-MB02, store view admin: the row is missing here (product_option_title, applied up to ");
        lines[2].Should().Be("none");
    }

    [Fact]
    public async Task One_product_is_compared_alone_with_all_its_rows_on_either_side()
    {
        await using var sync = await StartAsync();
        await sync.AtTargetAsync(
            """
            UPDATE product_varchar SET value = 'other product' WHERE value_id = 12; DELETE FROM product_option_title WHERE title_id = 50;
            INSERT INTO product_varchar VALUES (99, 1, 77, 0, 'extra'); UPDATE product_varchar SET entity_id = 2 WHERE value_id = 11
            """);
        var order = new VerifyOrder(["product", "product_varchar", "product_option", "product_option_title"], true, "product", "24-MB01");
        var run = await sync.Service.Verifier.OrderAsync(order, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Task.FromResult(run.IsDone), "done", TestContext.Current.CancellationToken);
        run.ShouldBe("repaired");
        (await sync.Service.Verifier.DifferencesAsync(run, TestContext.Current.CancellationToken)).Words().Should().Equal(
            "Different 11: entity_id", "Extra 99: value_id,entity_id,attribute_id,store_id,value", "Missing 50: title_id,option_id,store_id,title");
        sync.Service.Verifier.Latest("product").Should().BeNull("one product's rows say little of a table");

        (await sync.VerifyAsync()).Differences.Words().Should().Equal("Different 12: value");
    }

    [Fact]
    public void The_catalog_declares_its_products_over_tables_that_it_mirrors()
    {
        var subscription = Subscription.Load(RepositoryPaths.InRepository("extracted-services", "Catalog", "subscription.json"));
        var map = EntityMap.Load(null, RepositoryPaths.InRepository("extracted-services", "Catalog", "subscription.json"), subscription);
        map.Find("product")!.AllTables().Should().HaveCountGreaterThan(30);
        var changed = new InvalidatedEntities(map, subscription);
        changed.Of([new("product_identity", "5")]).Should().Contain(new ChangedKey("product", "5"));
        changed.Of([new("media", "7")]).Should().Contain(new ChangedKey("product", "*"), "whose picture it is takes a look at the mirror");
        changed.Of([new("product", "5")]).Should().Equal(new ChangedKey("product", "5"));
    }

    public void Dispose() => File.Delete(_file);

    private async Task<TestSync> StartAsync()
    {
        await File.WriteAllTextAsync(_file, Entities, TestContext.Current.CancellationToken);
        var sync = await TestSync.FromMariaDbAsync(
            servers, Schema, TestSync.Subscribe("product", "product_varchar", "product_option", "product_option_title", "store", "eav_attribute", "other"),
            options => options.Targets[0].Entities = _file);
        await sync.StartAsync();
        await sync.StreamingAsync();
        return sync;
    }
}
