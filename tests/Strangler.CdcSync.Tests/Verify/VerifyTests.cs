using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Tests.Support;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Tests.Verify;

public sealed class VerifyTests(SharedServers servers)
{
    private const string Item = "CREATE TABLE item (id int PRIMARY KEY, v int NOT NULL, name varchar(40)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;";
    private const string Rows = "INSERT INTO item SELECT seq * 3, seq, CONCAT('name ', seq) FROM seq_1_to_20000";

    private static readonly Action<CdcOptions> SmallChunks = options => options.Verify.MaximumChunkRows = 1700;

    [Fact]
    public async Task Missing_extra_and_different_rows_are_counted_exactly_repaired_and_then_equal()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Item + Rows, """{ "service": "catalog", "tables": [ { "name": "item", "dirty": [ { "entity": "product", "column": "id" } ] } ] }""", SmallChunks);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("DELETE FROM cdc_dirty_key");
        await sync.AtTargetAsync("DELETE FROM item WHERE id IN (3, 30000) OR id BETWEEN 45000 AND 45030; INSERT INTO item VALUES (-5, 1, 'extra'), (31, 1, NULL), (99999, 1, ''); UPDATE item SET name = 'other' WHERE id = 600");

        var (found, differences) = await sync.VerifyAsync();
        found.ShouldBe("different");
        (found.Tables[0].Missing, found.Tables[0].Extra, found.Tables[0].Different, found.Tables[0].Rows).Should().Be((13, 3, 1, 20000));
        differences.Should().Contain(difference => difference.Kind == DifferenceKind.Different)
            .Which.Columns.Should().Equal(new ColumnDifference("name", "name 200", "other"));

        var (repaired, samples) = await sync.VerifyAsync(repair: true);
        repaired.ShouldBe("repaired");
        repaired.Tables[0].Repaired.Should().Be(17);
        samples.Should().HaveCount(17).And.OnlyContain(difference => difference.Repaired);
        await sync.ShouldMirrorAsync("item");
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_dirty_key WHERE entity = 'product'")).Should().Equal(["17"], "the read model is told of what was repaired");
        (await sync.VerifyAsync()).Run.ShouldBe("equal");
        sync.Service.Verifier.Latest("item")!.State.Should().Be(VerifyState.Equal);
    }

    [Fact]
    public async Task A_uniform_shift_and_an_emptied_mirror_are_no_equality()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Item + Rows, TestSync.Subscribe("item"), SmallChunks);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("UPDATE item SET v = v + 1");
        var shifted = (await sync.VerifyAsync()).Run.Tables[0];
        (shifted.Different, shifted.Missing, shifted.Extra).Should().Be((20000, 0, 0));

        await sync.AtTargetAsync("DELETE FROM item");
        var emptied = (await sync.VerifyAsync()).Run.Tables[0];
        (emptied.Different, emptied.Missing, emptied.Extra).Should().Be((0, 20000, 0));
    }

    [Fact]
    public async Task Keys_are_compared_whatever_they_are_and_however_the_servers_sort_them()
    {
        const string Schema =
            """
            CREATE TABLE words (word varchar(40) COLLATE utf8mb4_0900_ai_ci NOT NULL, place smallint NOT NULL, v int, PRIMARY KEY (word, place)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
            CREATE TABLE pair (a int NOT NULL, b varchar(10) COLLATE utf8mb4_bin NOT NULL, c datetime(3) NOT NULL, v int, PRIMARY KEY (a, b, c)) ENGINE=InnoDB;
            CREATE TABLE digest (id binary(8) PRIMARY KEY, v int) ENGINE=InnoDB;
            SET SESSION cte_max_recursion_depth = 10000;
            INSERT INTO words WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
              SELECT CONCAT(ELT(1 + i % 6, 'a', 'ä', 'z', 'Ö', 'ss', 'ß'), ' ', i, ELT(1 + i % 3, '', '-', ' ')), i % 7, i FROM n;
            INSERT INTO pair SELECT v % 13, word, '2026-01-01 00:00:00.5' + INTERVAL v SECOND, v FROM (SELECT LEFT(word, 10) AS word, v FROM words) x;
            INSERT INTO digest SELECT UNHEX(LEFT(SHA2(v, 256), 16)), v FROM words
            """;
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe("words", "pair", "digest"), options => options.Verify.MaximumChunkRows = 333);
        await sync.StartAsync();
        await sync.StreamingAsync();
        var (clean, _) = await sync.VerifyAsync();
        clean.Tables.Select(table => (table.State, table.Rows)).Distinct().Should().Equal((VerifyState.Equal, 3000L));

        await sync.AtTargetAsync(
            """
            UPDATE words SET word = UPPER(word) WHERE v = 1000; UPDATE words SET v = -v WHERE v = 2000; DELETE FROM words WHERE v = 3000; INSERT INTO words VALUES ('', 0, 0);
            DELETE FROM pair WHERE v = 77; UPDATE pair SET c = c + INTERVAL 1 HOUR WHERE v = 500;
            UPDATE digest SET v = 0 WHERE v IN (5, 6)
            """);
        var (found, _) = await sync.VerifyAsync();
        found.Tables.Select(table => (table.Table, table.Missing, table.Extra, table.Different)).Should().Equal(("words", 2L, 2L, 1L), ("pair", 2L, 1L, 0L), ("digest", 0L, 0L, 2L));
        (await sync.VerifyAsync(repair: true)).Run.ShouldBe("repaired");
        (await sync.VerifyAsync()).Run.ShouldBe("equal");
    }

    [Fact]
    public async Task What_cannot_be_compared_is_said()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Item + "CREATE TABLE other (id int PRIMARY KEY, e enum('a','b')); CREATE TABLE absent (id int PRIMARY KEY)", TestSync.Subscribe("item", "other", "absent"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync("DROP TABLE absent");
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.Copies.Find("absent")?.State == CopyState.Missing), "dropped", TestContext.Current.CancellationToken);
        await sync.AtTargetAsync("ALTER TABLE other MODIFY e enum('b','a')");
        var (run, _) = await sync.VerifyAsync();
        run.ShouldBe("unknown");
        run.Tables.Select(table => (table.Table, table.State)).Should().Equal(("item", VerifyState.Equal), ("other", VerifyState.Skipped), ("absent", VerifyState.Skipped));
        run.Tables[1].Reason.Should().Contain("enum('b','a')");
    }
}
