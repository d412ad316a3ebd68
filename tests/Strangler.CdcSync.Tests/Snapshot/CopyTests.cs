using System.Globalization;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Snapshot;

/// <summary>Copies of whole tables: resumed, repeated by order, throttled, and exact for whatever a table holds.</summary>
public sealed class CopyTests(SharedServers servers)
{
    private const string Numbers = "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s) AS numbers";

    private const string Schema =
        $"""
        CREATE TABLE item (id int PRIMARY KEY, v varchar(40)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE text_key (code varchar(30) NOT NULL, store smallint unsigned NOT NULL, v varchar(20), PRIMARY KEY (code, store)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE nothing (id int PRIMARY KEY) ENGINE=InnoDB;
        INSERT INTO item SELECT n, CONCAT('row ', n) FROM {Numbers};
        INSERT INTO text_key SELECT ELT(1 + n % 6, CONCAT('k', n), CONCAT('K', n), CONCAT('ß', n), CONCAT('Ä-', n), CONCAT('_', n), CONCAT('z z ', n)), n % 3, n FROM {Numbers};
        """;

    private static readonly string[] Tables = ["item", "text_key", "nothing"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_comparison_mends_what_is_spoilt_lost_or_too_much_by_any_collation(bool fromMySql)
    {
        await using var sync = fromMySql
            ? await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe(Tables), options => options.ChunkRows = 70)
            : await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe(Tables), options => options.ChunkRows = 70);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await AllMirroredAsync(sync);
        await sync.AtTargetAsync("UPDATE text_key SET v = 'spoilt' WHERE store = 1; DELETE FROM text_key WHERE store = 2; INSERT INTO text_key VALUES ('ghost', 1, 'x'), ('Ärger', 9, 'x'), ('zz', 0, 'x')");
        await sync.AtTargetAsync("UPDATE item SET v = 'spoilt' WHERE id % 7 = 0; DELETE FROM item WHERE id % 5 = 0; INSERT INTO item VALUES (-5, 'ghost'), (5000, 'ghost'); INSERT INTO nothing VALUES (1)");

        (await sync.Service.Pipeline.ResyncAsync(Tables, TestContext.Current.CancellationToken)).Should().BeTrue();

        await sync.StreamingAsync();
        await Eventually.TrueAsync(async () => await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_reread") is ["0"], "ghosts are read again", TestContext.Current.CancellationToken);
        await AllMirroredAsync(sync);
    }

    [Fact]
    public async Task Only_the_tables_named_are_copied_again()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe(Tables));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("UPDATE item SET v = 'spoilt' WHERE id = 1; UPDATE text_key SET v = 'spoilt' WHERE code = 'K1'");

        (await sync.Service.Pipeline.ResyncAsync(["item"], TestContext.Current.CancellationToken)).Should().BeTrue();
        await sync.AtSourceAsync("INSERT INTO nothing VALUES (7)");

        await sync.StreamingAsync();
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("item");
        await sync.ShouldMirrorAsync("nothing");
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM text_key WHERE v = 'spoilt'")).Should().Equal("1");
    }

    [Fact]
    public async Task A_copy_goes_on_where_it_was()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item"), options => options.ChunkRows = 10);
        await sync.StartAsync();
        await Eventually.TrueAsync(
            async () => long.Parse((await TestSync.RowsAsync(sync.Target, "SELECT rows_copied FROM cdc_snapshot_progress"))[0], CultureInfo.InvariantCulture) > 50, "some chunks", TestContext.Current.CancellationToken);
        await sync.StopAsync();
        var before = await TestSync.RowsAsync(sync.Target, "SELECT rows_copied, JSON_VALUE(last_key, '$[0]') FROM cdc_snapshot_progress WHERE state = 'copying'");
        if (before.Count == 0)
        {
            Assert.Skip("the copy was done before it could be stopped");
        }

        // What lies before the key must not be read again: it is spoilt, and must stay so.
        await sync.AtTargetAsync("UPDATE item SET v = 'seen' WHERE id = 1");
        await sync.StartAsync();
        await sync.StreamingAsync();

        (await TestSync.RowsAsync(sync.Target, "SELECT id FROM item WHERE v = 'seen'")).Should().Equal("1");
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM item")).Should().Equal("900");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Values_pass_undecoded_without_a_change(bool fromMySql)
    {
        const string Types =
            """
            CREATE TABLE raw (id int PRIMARY KEY, biu bigint unsigned, d decimal(65,30), f float, db double, y year, b bit(64), dt date, tm time(6), dtm datetime(6), ts timestamp(6) NULL,
              c char(10), vc varchar(200), lat varchar(50) CHARACTER SET latin1, gr varchar(20) CHARACTER SET greek, u2 varchar(20) CHARACTER SET utf16, bn binary(4), vb varbinary(300), lb longblob, tx text,
              en enum('1','2','0',''), st set('a','b','c'), js json, z int zerofill) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
            SET SESSION sql_mode = '';
            INSERT INTO raw (id) VALUES (1);
            INSERT INTO raw VALUES (2, 18446744073709551615, 0.1, 16777217, 0.30000000000000004, 0, b'1111111111111111111111111111111111111111111111111111111111111111', '0000-00-00', '-838:59:59', '9999-12-31 23:59:59.999999', '2026-11-22 12:34:56.789012',
              ' lead', 'back\\slash\ttab\nline\0nul\\N ''"', _latin1 x'81808d8f909d', 'αβγ', '日本\n', x'00090a5c', x'5c4e', x'0a0d09005c2c22', '\\N', '0', 'a,c', '{"a": "x\\ty\\\\z", "big": 18446744073709551615}', 42);
            INSERT INTO raw VALUES (3, 0, -99999999999999999999999999999999999.999999999999999999999999999999, -3.402823e38, 5e-324, 2155, b'0', '2026-00-00', '00:00:00', '0000-00-00 00:00:00', '1970-01-01 00:00:01',
              '', '', '', '', '', '', '', '', '', '', '', '[]', 0);
            INSERT INTO raw (id, y, en, st, lb) VALUES (4, 2000, 2, 7, REPEAT(x'5c00', 100000));
            """;
        await using var sync = fromMySql ? await TestSync.FromMySqlAsync(servers, Types, TestSync.Subscribe("raw")) : await TestSync.FromMariaDbAsync(servers, Types, TestSync.Subscribe("raw"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        RawRows.CanHold(sync.Context.Catalog.Find("raw")!, targetIsMariaDb: true).Should().BeTrue();
        await sync.ShouldMirrorAsync("raw");
        const string Numbers = "SELECT id, y + 0, en + 0, st + 0, CAST(b AS UNSIGNED), f + 0e0 FROM raw ORDER BY id";
        (await TestSync.RowsAsync(sync.Target, Numbers)).Should().Equal(await TestSync.RowsAsync(sync.Source, Numbers));
    }

    [Fact]
    public async Task Large_rows_end_a_chunk_before_their_number_does()
    {
        await using var sync = await TestSync.FromMariaDbAsync(
            servers, "CREATE TABLE doc (id int PRIMARY KEY, body longblob) ENGINE=InnoDB; INSERT INTO doc SELECT n, IF(n > 800, REPEAT('x', 300000), 'small') FROM " + Numbers, TestSync.Subscribe("doc"),
            options => options.Snapshot.ChunkBytes = 1024 * 1024);
        await sync.StartAsync();
        await sync.StreamingAsync();
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*), SUM(LENGTH(body)) FROM doc")).Should().Equal(await TestSync.RowsAsync(sync.Source, "SELECT COUNT(*), SUM(LENGTH(body)) FROM doc"));
        sync.Context.Progress.Sequence.Should().BeGreaterThan(25, "30 MB do not fit into fewer chunks");
    }

    [Fact]
    public async Task A_table_altered_while_it_is_copied_is_followed()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item"), options => options.ChunkRows = 10);
        await sync.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            await sync.AtSourceAsync(string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE item ADD COLUMN c{i} varchar(20) NULL DEFAULT 'd{i}'; UPDATE item SET c{i} = 'x' WHERE id % 3 = 0"));
            await sync.AtSourceAsync(string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE item DROP COLUMN c{i}; ALTER TABLE item ADD COLUMN c{i} int NULL DEFAULT {i}; ALTER TABLE item MODIFY v varchar({50 + i})"));
        }

        await sync.StreamingAsync();
        await sync.CaughtUpAsync();
        await sync.StreamingAsync();
        await sync.ShouldMirrorAsync("item");
    }

    [Fact]
    public async Task Copying_waits_while_the_source_is_busy_or_a_replica_does_not_answer()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item"), options =>
        {
            options.ChunkRows = 10;
            options.Snapshot.Replicas = [string.Create(CultureInfo.InvariantCulture, $"Server=127.0.0.1;Port={FreePort.Next()};User ID=root;Connection Timeout=1")];
        });
        await sync.StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.Meter.Paused is not null), "copying pauses", TestContext.Current.CancellationToken);

        sync.Context.Meter.Paused.Should().Contain("does not say how far it is");
        sync.Context.State.Should().Be("snapshot");
        sync.Context.Meter.Of(sync.Context.Copies.Find("item")!)!.Paused.Should().NotBeNull();

        // The order given meanwhile is carried out as soon as the reason is gone.
        sync.Context.Options.Snapshot.Replicas.Clear();
        await sync.StreamingAsync();
        await sync.ShouldMirrorAsync("item");
    }

    private static async Task AllMirroredAsync(TestSync sync)
    {
        foreach (var table in Tables)
        {
            await sync.ShouldMirrorAsync(table);
        }
    }
}
