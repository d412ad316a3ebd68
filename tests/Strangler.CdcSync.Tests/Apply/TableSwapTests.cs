using MySqlConnector;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Apply;

/// <summary>
/// A full reindex fills a second table and lets the two trade places by one RENAME. A reader of the mirror sees the old table or the new one,
/// and only what differs is made dirty.
/// </summary>
public sealed class TableSwapTests(SharedServers servers)
{
    private const int Rounds = 8;
    private const int RowsThatDiffer = 20;

    private const string Schema =
        """
        CREATE TABLE price_index (entity_id int unsigned NOT NULL, group_id smallint unsigned NOT NULL, price decimal(20,6), label varchar(30), PRIMARY KEY (entity_id, group_id), KEY label (label)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE price_index_replica LIKE price_index;
        CREATE TABLE other (id int AUTO_INCREMENT PRIMARY KEY, v varchar(20)) ENGINE=InnoDB;
        INSERT INTO price_index SELECT n, n % 4, 10, CONCAT('Row ', n) FROM (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s) AS numbers;
        INSERT INTO price_index SELECT entity_id + 1000, group_id, price, label FROM price_index;
        """;

    private const string Subscription =
        """{ "service": "catalog", "tables": [ { "name": "price_index", "dirty": [ { "entity": "product", "column": "entity_id" } ] }, { "name": "other" } ] }""";

    [Fact]
    public async Task Tables_trade_places_at_once_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await ReindexAsync(sync);
    }

    [Fact]
    public async Task Tables_trade_places_at_once_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, Subscription);
        await ReindexAsync(sync);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tables_trade_places_at_once_into_MySql(bool fromMySql)
    {
        await using var sync = await TestSync.IntoMySqlAsync(servers, fromMySql, Schema, Subscription);
        await ReindexAsync(sync);
    }

    [Fact]
    public async Task A_table_that_takes_the_name_of_one_that_is_gone_is_followed_at_once()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await StartAsync(sync);
        await sync.AtSourceAsync("INSERT INTO price_index_replica VALUES (5, 1, 7, 'new'), (6, 1, 8, 'new'); RENAME TABLE price_index TO price_index_outdated, price_index_replica TO price_index");
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("price_index");
        await sync.AtSourceAsync("CREATE TABLE price_index_replica LIKE price_index; INSERT INTO price_index_replica VALUES (9, 9, 9, 'again')");
        await sync.CaughtUpAsync();
        await StreamingAsync(sync, "price_index_replica");
        await sync.AtSourceAsync("RENAME TABLE price_index TO x, price_index_replica TO price_index, x TO price_index_replica; INSERT INTO price_index VALUES (10, 10, 10, 'after')");
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("price_index");
        await sync.ShouldMirrorAsync("price_index_replica");
    }

    [Fact]
    public async Task A_table_of_other_columns_that_takes_the_name_is_copied()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await StartAsync(sync);
        await sync.AtSourceAsync(
            "ALTER TABLE price_index_replica ADD COLUMN extra int NULL; INSERT INTO price_index_replica VALUES (5, 1, 7, 'new', 3); "
            + "RENAME TABLE price_index TO x, price_index_replica TO price_index, x TO price_index_replica");
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("price_index");
        await sync.AtSourceAsync("CREATE TABLE stranger LIKE price_index; INSERT INTO stranger VALUES (1, 1, 1, 'stranger', 4); RENAME TABLE price_index TO y, stranger TO price_index");
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("price_index");
    }

    private static async Task ReindexAsync(TestSync sync)
    {
        await StartAsync(sync);
        var allowed = new HashSet<string>(await StateAsync(sync.Source));
        var copied = await TestSync.RowsAsync(sync.Target, "SELECT rows_copied FROM cdc_snapshot_progress WHERE table_name = 'price_index'");
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var reader = ReadAsync(sync, done.Token);
        var writer = WriteAsync(sync, done.Token);
        var dirty = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            await sync.AtTargetAsync("DELETE FROM cdc_dirty_key");
            await sync.AtSourceAsync(
                $"""
                TRUNCATE TABLE price_index_replica;
                INSERT INTO price_index_replica SELECT * FROM price_index;
                UPDATE price_index_replica SET price = price + {round} WHERE entity_id BETWEEN {round * 50} AND {(round * 50) + RowsThatDiffer - 3};
                DELETE FROM price_index_replica WHERE entity_id = 1 + {round};
                INSERT INTO price_index_replica VALUES ({5000 + round}, 0, {round}, 'new');
                RENAME TABLE price_index TO price_index_outdated, price_index_replica TO price_index, price_index_outdated TO price_index_replica;
                """);
            allowed.UnionWith(await StateAsync(sync.Source));
            await sync.CaughtUpAsync();
            await sync.ShouldMirrorAsync("price_index");
            await sync.ShouldMirrorAsync("price_index_replica");
            dirty += (await TestSync.RowsAsync(sync.Target, "SELECT key_value FROM cdc_dirty_key WHERE entity = 'product'")).Count;
            (await TestSync.RowsAsync(sync.Target, "SELECT key_value FROM cdc_dirty_key WHERE entity = 'all'")).Should().BeEmpty();
        }

        await done.CancelAsync();
        var seen = await reader;
        await writer;
        seen.Should().BeSubsetOf(allowed, "there was no other state at the source").And.HaveCountGreaterThan(1);
        dirty.Should().Be(Rounds * RowsThatDiffer, "nothing else differed");
        (await TestSync.RowsAsync(sync.Target, "SELECT rows_copied FROM cdc_snapshot_progress WHERE table_name = 'price_index'")).Should().Equal(copied, "it was not copied again");
    }

    private static async Task StartAsync(TestSync sync)
    {
        await sync.StartAsync();
        await sync.StreamingAsync();
        await StreamingAsync(sync, "price_index_replica");
    }

    private static Task StreamingAsync(TestSync sync, string table) => Eventually.TrueAsync(
        () => Task.FromResult(sync.Context.Copies.Find(table) is { State: CopyState.Streaming }), $"{table} is copied", TestContext.Current.CancellationToken);

    private static Task<List<string>> StateAsync(string connection) => TestSync.RowsAsync(connection, "SELECT COUNT(*), SUM(price), MAX(entity_id) FROM price_index");

    private static async Task<HashSet<string>> ReadAsync(TestSync sync, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>();
        while (!cancellationToken.IsCancellationRequested)
        {
            seen.UnionWith(await StateAsync(sync.Target));
        }

        return seen;
    }

    private static async Task WriteAsync(TestSync sync, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(sync.Source);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var command = new MySqlCommand("INSERT INTO other (v) VALUES ('x')", connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }
}
