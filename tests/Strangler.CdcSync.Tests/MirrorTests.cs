using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

public sealed class MirrorTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE item (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, sku varchar(64) NOT NULL, price decimal(20,6), changed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, note text, UNIQUE KEY sku (sku)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        INSERT INTO item (sku, price, note) VALUES ('a', 1.5, 'x''\\y'), ('b', NULL, NULL), ('c', -0.000001, '');
        """;

    private const string Subscription = """{ "service": "catalog", "tables": [ { "name": "item", "dirty": [ { "entity": "product", "column": "id" } ] } ] }""";

    [Fact]
    public async Task Rows_from_before_and_after_the_start_are_in_the_mirror_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await CopyAndStreamAsync(sync);
    }

    [Fact]
    public async Task Rows_from_before_and_after_the_start_are_in_the_mirror_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, Subscription);
        await CopyAndStreamAsync(sync);
    }

    private static async Task CopyAndStreamAsync(TestSync sync)
    {
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.ShouldMirrorAsync("item");
        (await TestSync.RowsAsync(sync.Target, "SELECT entity, key_value FROM cdc_dirty_key")).Should().Equal("all | *");
        await sync.AtTargetAsync("DELETE FROM cdc_dirty_key");

        await sync.AtSourceAsync("INSERT INTO item (sku, price) VALUES ('d', 4); UPDATE item SET id = 77 WHERE sku = 'a'; DELETE FROM item WHERE sku = 'b'");
        await sync.CaughtUpAsync();

        await sync.ShouldMirrorAsync("item");
        (await TestSync.RowsAsync(sync.Target, "SELECT entity, key_value FROM cdc_dirty_key ORDER BY 2")).Should().Equal("product | 1", "product | 2", "product | 4", "product | 77");
        (await TestSync.RowsAsync(sync.Target, "SELECT state FROM cdc_checkpoint")).Should().Equal("streaming");
    }
}
