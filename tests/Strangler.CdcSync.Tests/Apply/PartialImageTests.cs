using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Apply;

/// <summary>Any session may log only parts of rows, in mid-stream and while tables are copied: the mirror is exact all the same, and no table is copied again for it.</summary>
public sealed class PartialImageTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE parent (id int PRIMARY KEY, code varchar(20) NOT NULL, note text, UNIQUE KEY code (code)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE item (id int PRIMARY KEY, owner int NOT NULL, code varchar(20) NULL, qty int NOT NULL DEFAULT 7, made datetime(6) NULL DEFAULT CURRENT_TIMESTAMP(6), twice int GENERATED ALWAYS AS (qty * 2) STORED, body longtext,
          FOREIGN KEY (code) REFERENCES parent (code) ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        INSERT INTO parent VALUES (1, 'a', 'first'), (2, 'b', 'second'), (3, 'c', 'third'), (4, 'd', 'fourth');
        INSERT INTO item (id, owner, code, body) SELECT n, 1000 + n, NULL, REPEAT('x', n % 90) FROM (WITH RECURSIVE s (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s) AS numbers;
        INSERT INTO item (id, owner, code, body) SELECT id + 1000, owner + 1000, NULL, body FROM item WHERE id < 910;
        INSERT INTO item (id, owner, code, body) VALUES (1, 1001, 'a', 'A'), (2, 1002, 'b', 'B'), (3, 1003, 'c', 'C'), (4, 1004, 'd', 'D'), (5, 1005, NULL, NULL);
        """;

    private const string Subscription =
        """{ "service": "catalog", "tables": [ { "name": "parent" }, { "name": "item", "dirty": [ { "entity": "product", "column": "owner" } ] } ] }""";

    private static readonly string[] Workload =
    [
        "SET binlog_row_image = MINIMAL; UPDATE item SET qty = 8 WHERE id = 1; DELETE FROM item WHERE id = 10; UPDATE item SET id = 20000, body = 'moved' WHERE id = 11",
        "SET binlog_row_image = MINIMAL; UPDATE item SET id = 20001 WHERE id = 12; UPDATE item SET id = 12 WHERE id = 20001; UPDATE item SET qty = qty + 1 WHERE id BETWEEN 20 AND 60",
        "SET binlog_row_image = MINIMAL; INSERT INTO item (id, owner) VALUES (30000, 30000); UPDATE item SET body = 'b' WHERE id = 30000; UPDATE item SET id = 30001 WHERE id = 30000",
        "SET binlog_row_image = MINIMAL; BEGIN; INSERT INTO item (id, owner, body) VALUES (31, 31, 'new') ON DUPLICATE KEY UPDATE body = 'old'; REPLACE INTO item (id, owner) VALUES (32, 32); UPDATE item SET qty = 1 WHERE id IN (31, 32); COMMIT",
        "SET binlog_row_image = NOBLOB; UPDATE item SET qty = 9 WHERE id BETWEEN 50 AND 70; UPDATE item SET body = 'noblob' WHERE id = 71; DELETE FROM item WHERE id = 72; UPDATE item SET id = 20072 WHERE id = 73",
        "SET binlog_row_image = MINIMAL; DELETE FROM parent WHERE id = 1; UPDATE parent SET code = 'bb' WHERE id = 2; UPDATE parent SET note = 'only the note' WHERE id = 3; UPDATE parent SET id = 44 WHERE id = 4; DELETE FROM parent WHERE id = 44",
        "SET binlog_row_image = FULL; UPDATE item SET body = 'in full' WHERE id = 80; SET binlog_row_image = MINIMAL; UPDATE item SET qty = 81 WHERE id = 80",
    ];

    [Fact]
    public async Task Parts_of_rows_are_applied_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await StreamAsync(sync);
    }

    [Fact]
    public async Task Parts_of_rows_are_applied_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, Subscription);
        await StreamAsync(sync);
    }

    [Fact]
    public async Task Parts_of_rows_are_applied_while_tables_are_copied_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription, options => options.ChunkRows = 20);
        await CopyAsync(sync);
    }

    [Fact]
    public async Task Parts_of_rows_are_applied_while_tables_are_copied_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, Subscription, options => options.ChunkRows = 20);
        await CopyAsync(sync);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parts_of_rows_are_applied_into_MySql(bool fromMySql)
    {
        await using (var sync = await TestSync.IntoMySqlAsync(servers, fromMySql, Schema, Subscription))
        {
            await StreamAsync(sync);
        }

        await using var copied = await TestSync.IntoMySqlAsync(servers, fromMySql, Schema, Subscription, options => options.ChunkRows = 20);
        await CopyAsync(copied);
    }

    [Fact]
    public async Task A_part_of_a_row_that_the_mirror_has_lost_is_read_again_though_others_are_refused()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("DELETE FROM item WHERE id = 100; CREATE TRIGGER refuse BEFORE UPDATE ON item FOR EACH ROW IF NEW.qty = 666 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF");
        await sync.AtTargetAsync("CREATE TRIGGER refuse_new BEFORE INSERT ON item FOR EACH ROW IF NEW.qty = 666 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF");
        await sync.AtSourceAsync("SET binlog_row_image = MINIMAL; BEGIN; UPDATE item SET qty = 99 WHERE id = 100; UPDATE item SET qty = 666 WHERE id = 103; UPDATE item SET id = 40104, qty = 666 WHERE id = 104; "
            + "UPDATE item SET id = 40105 WHERE id = 105; COMMIT");
        await SettledAsync(sync);
        (await TestSync.RowsAsync(sync.Target, "SELECT id, owner, qty FROM item WHERE id IN (100, 104, 105, 40104, 40105) ORDER BY id")).Should().Equal("100 | 1100 | 99", "40105 | 1105 | 7");
        (await TestSync.RowsAsync(sync.Target, "SELECT row_key FROM cdc_dead_letter ORDER BY 1")).Should().Equal("[\"i103\"]", "[\"i40104\"]");

        // A row that is held back moves: what the mirror has of it is old, so all of it is read.
        await sync.AtSourceAsync("SET binlog_row_image = MINIMAL; UPDATE item SET qty = 5 WHERE id = 103; UPDATE item SET id = 40103 WHERE id = 103; DELETE FROM item WHERE id = 40104");
        await SettledAsync(sync);
        await sync.ShouldMirrorAsync("item");
        (await TestSync.RowsAsync(sync.Target, "SELECT row_key FROM cdc_dead_letter")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_part_of_a_row_that_the_mirror_has_lost_is_read_again()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("DELETE FROM item WHERE id IN (100, 101, 102)");
        await sync.AtSourceAsync("SET binlog_row_image = MINIMAL; UPDATE item SET qty = 99 WHERE id = 100; UPDATE item SET id = 40101 WHERE id = 101; DELETE FROM item WHERE id = 102");
        await SettledAsync(sync);
        await sync.ShouldMirrorAsync("item");
    }

    [Theory]
    [InlineData("FULL")]
    [InlineData("MINIMAL")]
    [InlineData("NOBLOB")]
    public async Task Differences_of_JSON_documents_are_applied_or_their_rows_read_again(string image)
    {
        const string Schema = "CREATE TABLE doc (id int PRIMARY KEY, n int, body json); INSERT INTO doc VALUES (1, 1, JSON_OBJECT('a', 1, 'long', REPEAT('x', 200), 'list', JSON_ARRAY(1, 2, 3))), (2, 2, JSON_OBJECT('a', 2)), (3, 3, NULL)";
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe("doc"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync($"SET binlog_row_value_options = PARTIAL_JSON, binlog_row_image = {image}; UPDATE doc SET body = JSON_SET(body, '$.a', 7) WHERE id < 3; "
            + "UPDATE doc SET body = JSON_REMOVE(body, '$.list[1]'), n = 8 WHERE id = 1; UPDATE doc SET n = 9; UPDATE doc SET id = 22 WHERE id = 2");
        await SettledAsync(sync);
        await sync.ShouldMirrorAsync("doc");
    }

    private static async Task StreamAsync(TestSync sync)
    {
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("DELETE FROM cdc_dirty_key");
        var copied = await CopiesAsync(sync);
        foreach (var step in Workload)
        {
            await sync.AtSourceAsync(step);
            await SettledAsync(sync);
            TestContext.Current.TestOutputHelper!.WriteLine("after " + step);
            await sync.ShouldMirrorAsync("parent");
            await sync.ShouldMirrorAsync("item");
        }

        (await CopiesAsync(sync)).Should().Equal(copied, "no table was copied again");
        var dirty = await TestSync.RowsAsync(sync.Target, "SELECT key_value FROM cdc_dirty_key ORDER BY 1");
        dirty.Should().NotContain("*", "the mirror says whose row it was");
        dirty.Should().Contain(["1001", "1010", "1011", "1012", "1020", "1060", "30000", "32", "1031", "1032", "1050", "1072", "1073", "1002", "1004"]);
    }

    private static async Task CopyAsync(TestSync sync)
    {
        await sync.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            foreach (var step in Workload)
            {
                await sync.AtSourceAsync(step.Replace("INSERT INTO item (id, owner) VALUES (30000, 30000)", "REPLACE INTO item (id, owner) VALUES (30000, 30000)", StringComparison.Ordinal)
                    .Replace("UPDATE item SET id = 30001", "DELETE FROM item WHERE id = 30001; UPDATE item SET id = 30001", StringComparison.Ordinal));
            }
        }

        await sync.StreamingAsync();
        await SettledAsync(sync);
        await sync.ShouldMirrorAsync("parent");
        await sync.ShouldMirrorAsync("item");
    }

    // Rows that are read again come a moment after the position is reached.
    private static async Task SettledAsync(TestSync sync)
    {
        await sync.CaughtUpAsync();
        await Eventually.TrueAsync(
            async () => (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_reread"))[0] == "0", "no row waits to be read again", TestContext.Current.CancellationToken);
    }

    private static Task<List<string>> CopiesAsync(TestSync sync) => TestSync.RowsAsync(sync.Target, "SELECT table_name, state, mode, rows_copied, reason FROM cdc_snapshot_progress ORDER BY 1");
}
