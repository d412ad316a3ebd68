using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Verify;

/// <summary>What the hash calls equal and what not: every column type, spoilt in every way that looks alike.</summary>
public sealed class RowHashTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE types (
          id int unsigned NOT NULL PRIMARY KEY, a varchar(20), b varchar(20), i int, z int zerofill, bi bigint unsigned, d decimal(20,6), f float, db double, bt bit(12), y year,
          dt date, tm time(3), dtm datetime(6), ts timestamp(3) NULL, lat varchar(50) CHARACTER SET latin1, bn varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, ch char(10),
          vb varbinary(20), bl blob, tx mediumtext, en enum('small','medium'), st set('a','b','c'), js json, pt geometry
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        SET sql_mode = ''; SET time_zone = '+00:00';
        INSERT INTO types VALUES
          (1, 'ab', 'c', 0, 7, 18446744073709551615, 0.1, 0.1, 0.30000000000000004, b'101', 2000, '2026-11-22', '-00:00:01.5', '2026-11-22 01:02:03.000004', '2026-11-22 01:02:03.004', 'naïve', 'Case',
           'x', x'6100', x'00ff', CONCAT(REPEAT('long ', 20000), 'end'), 'small', 'a,c', '{"a": [1, 2.5]}', ST_GeomFromText('POINT(1 2)')),
          (2, '', NULL, NULL, 0, 0, 0, 0, 0, b'0', 0, '0000-00-00', '00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '', '', '', '', '', '', '', '', '[]', NULL),
          (3, NULL, '', 1, NULL, 1, -0.1, -0e0, -0e0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
          (4, 'x', 'y', 1, NULL, NULL, NULL, 16777216, 1e300, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
          (5, 'y', 'x', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
        """;

    private static readonly (string Sql, string Found)[] Spoilt =
    [
        ("a = 'a', b = 'bc' WHERE id = 1", "Different 1: a,b"),
        ("a = 'AB' WHERE id = 1", "Different 1: a"),
        ("a = 'ab ' WHERE id = 1", "Different 1: a"),
        ("a = NULL WHERE id = 2", "Different 2: a"),
        ("a = '0' WHERE id = 2", "Different 2: a"),
        ("b = '' WHERE id = 2", "Different 2: b"),
        ("b = 'N' WHERE id = 2", "Different 2: b"),
        ("b = NULL WHERE id = 3", "Different 3: b"),
        ("a = '0:' WHERE id = 3", "Different 3: a"),
        ("a = NULL, b = 'x' WHERE id = 2", "Different 2: a,b"),
        ("i = NULL WHERE id = 1", "Different 1: i"),
        ("i = 0 WHERE id = 2", "Different 2: i"),
        ("z = 8 WHERE id = 1", "Different 1: z"),
        ("bi = bi - 1 WHERE id = 1", "Different 1: bi"),
        ("d = 0.100001 WHERE id = 1", "Different 1: d"),
        ("d = 0.1 WHERE id = 3", "Different 3: d"),
        ("f = 0.10000001 WHERE id = 1", "Different 1: f"),
        ("f = 16777218 WHERE id = 4", "Different 4: f"),
        ("db = 0.3 WHERE id = 1", "Different 1: db"),
        ("db = -db WHERE id = 4", "Different 4: db"),
        ("bt = b'111' WHERE id = 1", "Different 1: bt"),
        ("y = 2001 WHERE id = 1", "Different 1: y"),
        ("y = NULL WHERE id = 2", "Different 2: y"),
        ("dt = '2026-11-23' WHERE id = 1", "Different 1: dt"),
        ("dt = NULL WHERE id = 2", "Different 2: dt"),
        ("dt = '2026-00-00' WHERE id = 2", "Different 2: dt"),
        ("tm = '00:00:01.5' WHERE id = 1", "Different 1: tm"),
        ("dtm = '2026-11-22 01:02:03.000005' WHERE id = 1", "Different 1: dtm"),
        ("ts = '2026-11-22 02:02:03.004' WHERE id = 1", "Different 1: ts"),
        ("ts = NULL WHERE id = 2", "Different 2: ts"),
        ("lat = CONVERT(CAST(CONVERT('naïve' USING utf8mb4) AS BINARY) USING latin1) WHERE id = 1", "Different 1: lat"),
        ("bn = 'case' WHERE id = 1", "Different 1: bn"),
        ("ch = 'X' WHERE id = 1", "Different 1: ch"),
        ("vb = x'61' WHERE id = 1", "Different 1: vb"),
        ("bl = x'00fe' WHERE id = 1", "Different 1: bl"),
        ("tx = CONCAT(REPEAT('long ', 20000), 'enD') WHERE id = 1", "Different 1: tx"),
        ("en = 'medium' WHERE id = 1", "Different 1: en"),
        ("en = NULL WHERE id = 2", "Different 2: en"),
        ("st = 'a,b' WHERE id = 1", "Different 1: st"),
        ("js = '{\"a\": [1, 2.6]}' WHERE id = 1", "Different 1: js"),
        ("js = NULL WHERE id = 2", "Different 2: js"),
        ("pt = ST_GeomFromText('POINT(2 1)') WHERE id = 1", "Different 1: pt"),
    ];

    [Fact]
    public async Task Equal_is_equal_and_every_spoilt_value_is_found_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("types"));
        await FindAllAsync(sync);
    }

    [Fact]
    public async Task Equal_is_equal_and_every_spoilt_value_is_found_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe("types"));
        await FindAllAsync(sync);
    }

    private static async Task FindAllAsync(TestSync sync)
    {
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.CaughtUpAsync();
        var (clean, _) = await sync.VerifyAsync();
        clean.ShouldBe("equal");
        clean.Tables[0].Rows.Should().Be(5);
        await sync.AtTargetAsync("CREATE TABLE kept AS SELECT * FROM types");
        foreach (var (sql, found) in Spoilt)
        {
            await sync.AtTargetAsync($"SET sql_mode = ''; SET time_zone = '+00:00'; SET NAMES utf8mb4; UPDATE types SET {sql}");
            (await sync.VerifyAsync()).Differences.Words().Should().Equal([found], "the mirror was changed by {0}", sql);
            await sync.AtTargetAsync("SET sql_mode = ''; SET time_zone = '+00:00'; REPLACE INTO types SELECT * FROM kept");
        }

        // Two rows trade their values, and the checksum of each column alone stays what it was.
        await sync.AtTargetAsync("UPDATE types SET a = IF(id = 4, 'y', 'x') WHERE id IN (4, 5)");
        (await sync.VerifyAsync()).Differences.Words().Should().Equal("Different 4: a", "Different 5: a");

        // What differs only in the way it is printed is not different.
        await sync.AtTargetAsync("SET sql_mode = ''; REPLACE INTO types SELECT * FROM kept; ALTER TABLE types MODIFY z int, MODIFY a varchar(40), MODIFY lat varchar(50) CHARACTER SET utf8mb4");
        (await sync.VerifyAsync()).Run.ShouldBe("equal");
    }
}
