using System.Globalization;
using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Snapshot;

/// <summary>Single rows that are ordered to be read again: whatever the mirror held for their keys, it holds the source's rows after.</summary>
public sealed class RereadTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE item (id int PRIMARY KEY, v varchar(40), n int NOT NULL DEFAULT 0) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE pair (code varchar(20) NOT NULL, store smallint unsigned NOT NULL, price decimal(12,4), PRIMARY KEY (code, store)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        INSERT INTO item (id, v) VALUES (1, 'a'), (2, 'b'), (3, 'c');
        INSERT INTO pair VALUES ('Ä', 1, 1.5), ('Ä', 2, 2.5), ('z''\\', 1, 3);
        """;

    private const string Subscription =
        """{ "service": "catalog", "tables": [ { "name": "item", "dirty": [ { "entity": "item", "column": "id" } ] }, { "name": "pair" } ] }""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_spoilt_lost_and_invented_are_as_the_source_has_them(bool fromMySql)
    {
        await using var sync = fromMySql ? await TestSync.FromMySqlAsync(servers, Schema, Subscription) : await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("DELETE FROM cdc_dirty_key; UPDATE item SET v = 'spoilt' WHERE id = 1; DELETE FROM item WHERE id = 2; INSERT INTO item (id, v) VALUES (9, 'ghost')");
        await sync.AtTargetAsync("UPDATE pair SET price = 0; DELETE FROM pair WHERE store = 2; INSERT INTO pair VALUES ('ghost', 1, 1)");

        await OrderAsync(sync, "item", [Key(1)], [Key(2)], [Key(3)], [Key(9)]);
        await OrderAsync(sync, "pair", [Key("Ä"), Key(1)], [Key("Ä"), Key(2)], [Key("z'\\"), Key(1)], [Key("ghost"), Key(1)]);
        sync.Context.Rereads.Ordered();

        await NothingOrderedAsync(sync);
        await sync.ShouldMirrorAsync("item");
        await sync.ShouldMirrorAsync("pair");
        (await TestSync.RowsAsync(sync.Target, "SELECT key_value FROM cdc_dirty_key WHERE entity = 'item' ORDER BY 1")).Should().Equal(["1", "2", "9"], "row 3 was right before");
    }

    [Fact]
    public async Task Orders_outlive_the_process_and_see_what_happened_meanwhile()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.StopAsync();
        await sync.AtTargetAsync("UPDATE item SET v = 'spoilt'; INSERT INTO item (id, v) VALUES (8, 'ghost'), (9, 'ghost')");
        await OrderAsync(sync, "item", [Key(1)], [Key(2)], [Key(3)], [Key(8)], [Key(9)]);
        await sync.AtSourceAsync("UPDATE item SET v = 'changed' WHERE id = 1; DELETE FROM item WHERE id = 2; INSERT INTO item (id, v) VALUES (9, 'new')");

        await sync.StartAsync();

        await NothingOrderedAsync(sync);
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("item");
    }

    [Fact]
    public async Task Orders_for_tables_that_are_gone_or_not_mirrored_are_dropped()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await OrderAsync(sync, "nowhere", [Key(1)]);
        await OrderAsync(sync, "pair", [Key("of another key")]);
        sync.Context.Rereads.Ordered();
        await NothingOrderedAsync(sync);
        await sync.ShouldMirrorAsync("pair");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thousands_of_orders_are_carried_out_while_writers_change_the_same_rows(bool fromMySql)
    {
        const int Rows = 3000;
        await using var sync = fromMySql ? await TestSync.FromMySqlAsync(servers, Schema, Subscription) : await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.AtSourceAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO item (id, v) SELECT n, 'row' FROM (WITH RECURSIVE s (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s) AS a;
            INSERT INTO item (id, v) SELECT id + 1000, v FROM item; INSERT INTO item (id, v) SELECT id + 2000, v FROM item WHERE id < 2000
            """));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("UPDATE item SET v = 'spoilt', n = -1 WHERE id % 2 = 0; DELETE FROM item WHERE id % 5 = 0");
        var writers = Enumerable.Range(0, 2).Select(seed => WriteAsync(sync, new Random(seed), Rows)).ToList();

        await OrderAsync(sync, "item", [.. Enumerable.Range(1, Rows + 1000).Select(id => new[] { Key(id) })]);
        sync.Context.Rereads.Ordered();
        await Task.WhenAll(writers);
        await NothingOrderedAsync(sync);
        await sync.CaughtUpAsync();

        await sync.ShouldMirrorAsync("item");
    }

    [Fact]
    public async Task A_partial_image_of_a_row_that_is_being_copied_costs_one_row_and_not_the_chunk()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription, options => options.ChunkRows = 10);
        await sync.AtSourceAsync("INSERT INTO item (id, v) SELECT n, 'row' FROM (WITH RECURSIVE s (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s) AS a");
        await sync.StartAsync();
        await using var connection = new MySqlConnection(sync.Source);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var random = new Random(1);
        await ExecuteAsync(connection, "SET SESSION binlog_row_image = MINIMAL");
        for (var i = 0; i < 300; i++)
        {
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE item SET n = n + 1 WHERE id BETWEEN {random.Next(900)} AND {random.Next(900)}"));
        }

        await sync.StreamingAsync();
        await sync.CaughtUpAsync();
        await NothingOrderedAsync(sync);
        await sync.ShouldMirrorAsync("item");
    }

    private static ColumnValue Key(long value) => ColumnValue.Of(value);

    private static ColumnValue Key(string value) => ColumnValue.Of(value);

    private static async Task OrderAsync(TestSync sync, string table, params ColumnValue[][] keys)
    {
        await using var connection = new MySqlConnection(sync.Target);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await RereadStore.OrderAsync(connection, table, keys, "test", TestContext.Current.CancellationToken);
    }

    private static Task NothingOrderedAsync(TestSync sync) => Eventually.TrueAsync(
        async () => await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_reread") is ["0"], "all orders are carried out", TestContext.Current.CancellationToken);

    private static async Task WriteAsync(TestSync sync, Random random, int rows)
    {
        await using var connection = new MySqlConnection(sync.Source);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 400; i++)
        {
            var id = random.Next(1, rows);
            try
            {
                await ExecuteAsync(connection, FormattableString.Invariant(random.Next(4) switch
                {
                    0 => (FormattableString)$"DELETE FROM item WHERE id BETWEEN {id} AND {id + 2}",
                    1 => $"INSERT IGNORE INTO item (id, v) VALUES ({id}, 'new {i}')",
                    2 => $"UPDATE IGNORE item SET id = id + 5000 WHERE id = {id}",
                    _ => $"UPDATE item SET n = n + 1, v = 'changed {i}' WHERE id BETWEEN {id} AND {id + 5}",
                }));
            }
            catch (MySqlException)
            {
                // A deadlock belongs to such a workload.
            }
        }
    }

    private static async Task ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
