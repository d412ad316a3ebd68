using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

/// <summary>Column types, character sets and ways of logging that only one of the servers has, copied and streamed.</summary>
public sealed class ServerTypeTests(SharedServers servers)
{
    private const string CharacterSets =
        """
        CREATE TABLE texts (id int PRIMARY KEY,
          lat varchar(50) CHARACTER SET latin1, lat2 text CHARACTER SET latin2, uc varchar(50) CHARACTER SET ucs2, u16 char(20) CHARACTER SET utf16, u32 varchar(20) CHARACTER SET utf32,
          sj varchar(50) CHARACTER SET sjis, cp char(30) CHARACTER SET cp932, uj varchar(50) CHARACTER SET ujis, gb varchar(50) CHARACTER SET gbk, b5 text CHARACTER SET big5, kr varchar(20) CHARACTER SET euckr,
          cyr varchar(50) CHARACTER SET cp1251, koi varchar(50) CHARACTER SET koi8r, gr varchar(20) CHARACTER SET greek, heb varchar(20) CHARACTER SET hebrew, bin varchar(50) CHARACTER SET binary, asc1 varchar(20) CHARACTER SET ascii,
          en enum('ä','ö','日本') CHARACTER SET utf8mb4, gen varchar(20) CHARACTER SET latin1 COLLATE latin1_german2_ci) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE keyed (k varchar(20) CHARACTER SET latin1 COLLATE latin1_general_cs, n binary(4), v varchar(10), PRIMARY KEY (k, n)) ENGINE=InnoDB;
        """;

    private const string CharacterRows =
        """
        INSERT INTO texts VALUES ({0}, 'façade ß €', 'Łódź ž', 'naïve ☃ 日本', 'é😀𝄞', '😀', '日本語ｶﾅ', '日本①', '日本語', '中文汉字', '中文漢字', '한국어', 'Привет', 'Привет', 'αβγ', 'שלום', 'bytes é', 'ascii', 'ö', 'Müller');
        INSERT INTO texts (id, lat, uc, sj) VALUES ({1}, '', '', ''), ({2}, NULL, NULL, NULL);
        INSERT INTO keyed VALUES ('é{0}', x'0001', 'a'), ('É{0}', x'00010000', 'b'), ('ß{0}', x'ff', 'c');
        """;

    private const string Spatial =
        """
        CREATE TABLE shapes (id int PRIMARY KEY, p point, l linestring, a polygon, m multipoint, c geometrycollection, g geometry NOT NULL) ENGINE=InnoDB;
        """;

    private const string Shapes =
        """
        INSERT INTO shapes VALUES ({0}, ST_GeomFromText('POINT(1.5 -2.25)'), ST_GeomFromText('LINESTRING(0 0,1 1,2 2)'), ST_GeomFromText('POLYGON((0 0,10 0,10 10,0 10,0 0),(5 5,7 5,7 7,5 7,5 5))'),
          ST_GeomFromText('MULTIPOINT(1 1,2 2)'), ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))'), ST_GeomFromText('POINT(4 5)', 4326)), ({1}, NULL, NULL, NULL, NULL, NULL, ST_GeomFromText('POINT(0 0)'));
        """;

    [Fact]
    public async Task Character_sets_keep_their_bytes_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, CharacterSets, TestSync.Subscribe("texts", "keyed"));
        await CopyAndStreamAsync(sync, CharacterRows, "UPDATE texts SET sj = '日', uc = '本' WHERE id > 10; UPDATE keyed SET v = 'z'; DELETE FROM keyed WHERE k = 'É11'", "texts", "keyed");
    }

    [Fact]
    public async Task Character_sets_keep_their_bytes_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, CharacterSets, TestSync.Subscribe("texts", "keyed"));
        await CopyAndStreamAsync(sync, CharacterRows, "UPDATE texts SET sj = '日', uc = '本' WHERE id > 10; UPDATE keyed SET v = 'z'; DELETE FROM keyed WHERE k = 'É11'", "texts", "keyed");
    }

    [Fact]
    public async Task Geometries_pass_through_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Spatial, TestSync.Subscribe("shapes"));
        await CopyAndStreamAsync(sync, Shapes, "UPDATE shapes SET p = ST_GeomFromText('POINT(9 9)') WHERE id = 11", "shapes");
    }

    [Fact]
    public async Task Geometries_pass_through_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Spatial, TestSync.Subscribe("shapes"));
        await CopyAndStreamAsync(sync, Shapes, "UPDATE shapes SET p = ST_GeomFromText('POINT(9 9)') WHERE id = 11", "shapes");
    }

    [Fact]
    public async Task What_only_MariaDb_has()
    {
        await using var sync = await TestSync.FromMariaDbAsync(
            servers,
            """
            CREATE TABLE maria (id int PRIMARY KEY, u uuid, a4 inet4, a6 inet6, v int AS (id * 2) VIRTUAL, p int AS (id * 3) PERSISTENT, inv int INVISIBLE DEFAULT 9,
              t text COMPRESSED, vc varchar(5000) COMPRESSED, b mediumblob COMPRESSED, lat varchar(200) CHARACTER SET latin1 COMPRESSED, j json) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
            CREATE TABLE by_uuid (u uuid PRIMARY KEY, v int) ENGINE=InnoDB;
            CREATE TABLE by_inet (a6 inet6, a4 inet4, v int, PRIMARY KEY (a6, a4)) ENGINE=InnoDB;
            CREATE TABLE versioned (id int PRIMARY KEY, v int) ENGINE=InnoDB WITH SYSTEM VERSIONING;
            CREATE SEQUENCE numbers; SELECT NEXT VALUE FOR numbers;
            """,
            TestSync.Subscribe("maria", "by_uuid", "by_inet"));
        await CopyAndStreamAsync(
            sync,
            """
            INSERT INTO maria (id, u, a4, a6, t, vc, b, lat, j) VALUES ({0}, '6ccd780c-baba-1026-9564-5b8c656024db', '192.0.2.7', '2001:db8::7', repeat('compressed é', 100), repeat('v', 4000), repeat(x'00ff', 3000), repeat('ü', 200), '{"a":1}');
            INSERT INTO maria (id) VALUES ({1}); INSERT INTO maria (id, inv, t, vc, b) VALUES ({2}, 5, '', 'a', 'b');
            INSERT INTO by_uuid VALUES (UUID(), {0}), (CONCAT('00000000-0000-0000-0000-', LPAD('{0}', 12, '0')), 1);
            INSERT INTO by_inet VALUES ('::{0}', '10.0.0.{0}', 1), ('::ffff:192.0.2.{0}', '0.0.0.0', 2);
            SELECT NEXT VALUE FOR numbers; SELECT SETVAL(numbers, 100{0});
            INSERT INTO versioned VALUES ({0}, NEXT VALUE FOR numbers);
            """,
            """
            UPDATE maria SET t = 'short', a4 = NULL WHERE id = 11; SET SESSION binlog_row_image = MINIMAL; UPDATE maria SET vc = 'w' WHERE id = 11; SET SESSION binlog_row_image = FULL;
            UPDATE by_uuid SET v = v + 1; DELETE FROM by_uuid WHERE u = '00000000-0000-0000-0000-000000000001'; UPDATE by_inet SET v = 7 WHERE a6 = '::11'; DELETE FROM by_inet WHERE a4 = '10.0.0.1';
            ALTER SEQUENCE numbers RESTART 5; DROP SEQUENCE numbers
            """,
            "maria", "by_uuid", "by_inet");
    }

    [Fact]
    public async Task Compressed_events_of_MariaDb()
    {
        await using var server = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken, "--log-bin-compress=ON", "--log-bin-compress-min-len=10", "--binlog-row-metadata=NO_LOG");
        await using var sync = await TestSync.CreateAsync(
            server.ConnectionString, server.ConnectionString, "CREATE TABLE t (id int unsigned PRIMARY KEY, v varchar(200), n bigint unsigned, d decimal(12,4)) ENGINE=InnoDB", TestSync.Subscribe("t"));
        await CopyAndStreamAsync(
            sync, "INSERT INTO t SELECT seq + {0} * 1000, REPEAT('long ', 30), 18446744073709551615 - seq, seq / 7 FROM seq_1_to_500", "UPDATE t SET v = CONCAT(v, 'é'), n = n - 1; DELETE FROM t WHERE id % 3 = 0; ALTER TABLE t ADD COLUMN e int DEFAULT 5 AFTER id; UPDATE t SET d = -d", "t");
    }

    [Fact]
    public async Task What_only_MySql_has()
    {
        await using var sync = await TestSync.FromMySqlAsync(
            servers,
            """
            CREATE TABLE my (id int PRIMARY KEY, j json, v int AS (id * 2) VIRTUAL, s int AS (id * 3) STORED, inv int INVISIBLE DEFAULT 9, vec vector(3), e varchar(20) DEFAULT (CONCAT('x', 'y')),
              t varchar(100), KEY fn ((UPPER(t))), KEY mv ((CAST(j->'$.tags' AS UNSIGNED ARRAY)))) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
            CREATE TABLE keyless (v int) ENGINE=InnoDB;
            """,
            TestSync.Subscribe("my"));
        await CopyAndStreamAsync(
            sync,
            """
            INSERT INTO my (id, j, vec, t) VALUES ({0}, '{"a": 1, "b": [1, 2, 3], "tags": [1, 2, {0}], "long": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}', STRING_TO_VECTOR('[1,2,3.5]'), 'text');
            INSERT INTO my (id, inv) VALUES ({1}, 5), ({2}, NULL);
            """,
            """
            SET SESSION binlog_transaction_compression = ON; BEGIN; INSERT INTO my (id, j) SELECT id + 100, j FROM my; UPDATE my SET t = REPEAT('z', 90); COMMIT; SET SESSION binlog_transaction_compression = OFF;
            UPDATE my SET j = JSON_SET(j, '$.tags', JSON_ARRAY(7)) WHERE id = 11
            """,
            "my");
    }

    [Fact]
    public async Task Partial_JSON_updates_of_MySql_are_applied_to_the_document_before()
    {
        await using var sync = await TestSync.FromMySqlAsync(
            servers,
            "CREATE TABLE doc (id int PRIMARY KEY, j json, k json, v int) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            TestSync.Subscribe("doc"));
        await CopyAndStreamAsync(
            sync,
            """
            INSERT INTO doc VALUES ({0}, '{"a": 1, "b": [1, 2, {"c": "d"}], "long": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "é \\"q\\"": {"deep": [[1.0]]}}', '["a", "b", "cccccccccccccccccccccccccccccccccccccccccccccc"]', 1),
              ({1}, NULL, '{}', 2), ({2}, '[]', '1', 3)
            """,
            """
            SET SESSION binlog_row_value_options = PARTIAL_JSON;
            UPDATE doc SET j = JSON_SET(j, '$.a', 3, '$.b[1]', 20.50, '$.b[2].c', 'ü') WHERE id IN (1, 11);
            UPDATE doc SET j = JSON_REMOVE(j, '$.b[0]'), k = JSON_REPLACE(k, '$[0]', JSON_OBJECT('x', NULL)) WHERE id IN (1, 11);
            UPDATE doc SET j = JSON_SET(j, '$.new', CAST('2026-01-01' AS DATE), '$.zz', TRUE), v = 5 WHERE id = 11;
            UPDATE doc SET j = JSON_REPLACE(j, '$."é \\"q\\"".deep[0][0]', -0.5e0) WHERE id = 11;
            UPDATE doc SET k = JSON_SET(k, '$[7]', 'end') WHERE id IN (1, 11, 12, 13);
            UPDATE doc SET j = JSON_SET(j, '$.q', 1), v = 9 WHERE id IN (12, 13);
            UPDATE doc SET v = v + 1;
            SET SESSION binlog_transaction_compression = ON; UPDATE doc SET j = JSON_REMOVE(j, '$.long') WHERE id = 1; SET SESSION binlog_transaction_compression = OFF;
            SET SESSION binlog_row_image = MINIMAL; UPDATE doc SET j = JSON_SET(j, '$.a', 4) WHERE id = 11;
            SET SESSION binlog_row_image = NOBLOB; UPDATE doc SET j = JSON_SET(j, '$.a', 5) WHERE id = 1;
            """,
            "doc");
    }

    private static async Task CopyAndStreamAsync(TestSync sync, string rows, string changes, params string[] tables)
    {
        await sync.AtSourceAsync(Numbered(rows, 1));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await AllMirroredAsync(sync, tables);
        await sync.AtSourceAsync(Numbered(rows, 11));
        await sync.CaughtUpAsync();
        await AllMirroredAsync(sync, tables);
        var copies = sync.Context.Copies.All.Sum(copy => copy.Generation);
        await sync.AtSourceAsync(changes);
        await sync.CaughtUpAsync();
        // Rows of which the log holds a part only are read again a moment later.
        await Eventually.TrueAsync(
            async () =>
            {
                await AllMirroredAsync(sync, tables);
                return true;
            },
            "the mirrors are the source", TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine($"copied again: {sync.Context.Copies.All.Sum(copy => copy.Generation) - copies}");
    }

    private static string Numbered(string rows, int first) => rows
        .Replace("{0}", $"{first}", StringComparison.Ordinal).Replace("{1}", $"{first + 1}", StringComparison.Ordinal).Replace("{2}", $"{first + 2}", StringComparison.Ordinal);

    private static async Task AllMirroredAsync(TestSync sync, string[] tables)
    {
        foreach (var table in tables)
        {
            await sync.ShouldMirrorAsync(table);
        }
    }
}
