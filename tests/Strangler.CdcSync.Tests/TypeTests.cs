using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

/// <summary>Every column type with its extremes, copied and streamed, from both servers.</summary>
public sealed class TypeTests(SharedServers servers)
{
    private const string Common =
        """
        CREATE TABLE types (
          id int unsigned NOT NULL PRIMARY KEY, label varchar(40) NOT NULL, y year,
          ti tinyint, tiu tinyint unsigned, b1 tinyint(1), si smallint, siu smallint unsigned, mi mediumint, miu mediumint unsigned,
          i int, iu int unsigned, bi bigint, biu bigint unsigned,
          d104 decimal(10,4), d206 decimal(20,6) unsigned, d6530 decimal(65,30), d10 decimal(10,0), f float, db double,
          bit1 bit(1), bit12 bit(12), bit64 bit(64),
          dt date, tm time, tm3 time(3), tm6 time(6), dtm datetime, dtm3 datetime(3), dtm6 datetime(6), ts timestamp NULL, ts3 timestamp(3) NULL, ts6 timestamp(6) NULL,
          c10 char(10), c200 char(200), vc255 varchar(255), vc1000 varchar(1000), lat varchar(50) CHARACTER SET latin1, gr varchar(20) CHARACTER SET greek, u3 varchar(50) CHARACTER SET utf8mb3,
          bn varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, bin4 binary(4), vb varbinary(300), tb tinyblob, bl blob, mb mediumblob, lb longblob, tt tinytext, tx text, mt mediumtext, lt longtext,
          en enum('small','medium','large ''quoted'' é'), st set('a','b','c','d'), js json, pt point, z int zerofill
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
        """;

    private static readonly string[] Rows =
    [
        "INSERT INTO types (id, label) VALUES ({0}, 'all null')",
        """
        INSERT INTO types VALUES ({0}, 'max', 2155, 127, 255, 1, 32767, 65535, 8388607, 16777215, 2147483647, 4294967295, 9223372036854775807, 18446744073709551615,
          999999.9999, 99999999999999.999999, 99999999999999999999999999999999999.999999999999999999999999999999, 9999999999, 3.402823e38, 1.7976931348623157e308,
          b'1', b'111111111111', b'1111111111111111111111111111111111111111111111111111111111111111',
          '9999-12-31', '838:59:59', '838:59:58.999', '838:59:58.999999', '9999-12-31 23:59:59', '9999-12-31 23:59:59.999', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07', '2038-01-19 03:14:07.999', '2038-01-19 03:14:07.999999',
          'tenletters', repeat('é', 200), repeat('é', 255), repeat('ü', 1000), 'façade ß €', 'αβγ', 'naïve ☃', 'Case 😀 𝄞', x'00ff00ff', repeat(x'00ff', 150), repeat(x'01', 255), repeat(x'fe', 1000), repeat(x'ab', 70000), x'00', repeat('t', 255), repeat('日本', 500), repeat('€', 30000), repeat('l', 200000),
          'large ''quoted'' é', 'a,b,c,d', '{{"a": [1, 2.5, true, null, "é😀", {{"deep": {{"er": [[]]}}}}], "big": 18446744073709551615, "neg": -9223372036854775808, "date": "2026-01-01"}}', ST_GeomFromText('POINT(1.5 -2.25)'), 42)
        """,
        """
        INSERT INTO types VALUES ({0}, 'min', 1901, -128, 0, 0, -32768, 0, -8388608, 0, -2147483648, 0, -9223372036854775808, 0,
          -999999.9999, 0.000001, -99999999999999999999999999999999999.999999999999999999999999999999, -9999999999, -3.402823e38, -1.7976931348623157e308, b'0', b'0', b'0',
          '1000-01-01', '-838:59:59', '-838:59:58.999', '-838:59:58.999999', '1000-01-01 00:00:00', '1000-01-01 00:00:00.001', '1000-01-01 00:00:00.000001', '1970-01-01 00:00:01', '1970-01-01 00:00:01.001', '1970-01-01 00:00:01.000001',
          '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 'small', '', '{{}}', ST_GeomFromText('POINT(0 0)'), 0)
        """,
        """
        INSERT INTO types (id, label, ti, d104, d206, f, db, y, dt, tm, tm3, tm6, dtm, dtm3, dtm6, ts, ts3, ts6, c10, vc255, bin4, vb, en, st, js) VALUES
          ({0}, 'zero dates', 0, 0, 0, 0, 0, 0, '0000-00-00', '00:00:00', '00:00:00.000', '00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00.000', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '  lead', 'trail  ', x'00000000', x'6100', '', '', '[]')
        """,
        """
        INSERT INTO types (id, label, ti, d104, d206, f, db, y, dt, tm, tm3, tm6, dtm, dtm3, dtm6, ts, ts3, ts6, c10, vc255, bin4, vb, en, st, js) VALUES
          ({0}, 'partial', -1, -0.0001, 0.1, 0.1, 0.1, 2000, '2026-00-00', '-00:00:01', '-00:00:00.001', '-00:00:00.000001', '2026-11-00 00:00:00', '2026-11-22 12:34:56.789', '2026-11-22 12:34:56.789012', '2026-11-22 12:34:56', '2026-11-22 12:34:56.789', '2026-11-22 12:34:56.789012', 'x', 'back\\slash "q" ''s''\nline\ttab\0nul', x'61626300', x'', 2, 3, '"a string"')
        """,
        """
        INSERT INTO types (id, label, f, db, lat, vb, js) VALUES ({0}, 'odd', 1.5e-45, 5e-324, _latin1 x'81808d8f909d', x'c328', '[1.0, 1e300, 0.1, -0, 12345678901234567890123, 1e15, 1e16, 1e-14, 123456789012345.6, 1.5e-7, "\\u0001\\b\\"\\\\/", 65535, 32768, -32769, 4294967295]')
        """,
        "INSERT INTO types (id, label, f, db) VALUES ({0}, 'floats', 16777217, 0.30000000000000004)",
    ];

    private const string Changes =
        """
        UPDATE types SET label = concat(label, ' 2'), js = JSON_SET(coalesce(js, '{}'), '$.k', 'v'), ts = ts, d104 = d104 / 3, en = 3, st = 'd';
        UPDATE types SET id = id + 1000 WHERE id = 103;
        DELETE FROM types WHERE id IN (2, 104)
        """;

    [Fact]
    public async Task Values_are_exact_from_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Common, TestSync.Subscribe("types"));
        await CopyAndStreamAsync(sync);
        await sync.ShouldMirrorAsync("types");
        (await FloatsAsync(sync.Target)).Should().Equal(await FloatsAsync(sync.Source));
    }

    [Fact]
    public async Task Values_are_exact_from_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Common, TestSync.Subscribe("types"));
        await CopyAndStreamAsync(sync);
        await sync.ShouldMirrorAsync("types");
        (await FloatsAsync(sync.Target)).Should().Equal(await FloatsAsync(sync.Source));
    }

    [Fact]
    public async Task Opaque_JSON_values_of_MySql_print_as_the_server_prints_them()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, "CREATE TABLE doc (id int PRIMARY KEY, j json)", TestSync.Subscribe("doc"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync(
            """
            INSERT INTO doc VALUES
              (1, JSON_OBJECT('d', CAST(12.3400 AS DECIMAL(10,4)), 'n', CAST(-5 AS DECIMAL(5,0)), 't', CAST('2026-11-22 01:02:03.000004' AS DATETIME(6)), 'dt', CAST('2026-11-22' AS DATE), 'tm', CAST('-12:34:56.5' AS TIME(1)), 'b', x'00ff')),
              (2, JSON_ARRAY(1e-300, 3.0e0, -0.0e0, 1e15, 999999999999999.9, 1e100)), (3, JSON_ARRAY(REPEAT('x', 70000), 1, -1, 70000, -70000, 18446744073709551615)), (4, 'null'), (5, NULL)
            """);
        await sync.CaughtUpAsync();

        await sync.ShouldMirrorAsync("doc");
    }

    private static async Task CopyAndStreamAsync(TestSync sync)
    {
        await InsertAsync(sync, 1);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.ShouldMirrorAsync("types");
        await InsertAsync(sync, 101);
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("types");
        await sync.AtSourceAsync("SET sql_mode = ''; " + Changes);
        await sync.CaughtUpAsync();
    }

    private static async Task InsertAsync(TestSync sync, int first)
    {
        var statements = Rows.Select((row, index) => row.Replace("{0}", $"{first + index}", StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal));
        await sync.AtSourceAsync("SET sql_mode = ''; SET time_zone = '+00:00'; " + string.Join(";\n", statements));
    }

    // Plain text rounds a FLOAT; this shows all of it.
    private static Task<List<string>> FloatsAsync(string connectionString) => TestSync.RowsAsync(connectionString, "SELECT id, f + 0e0, db FROM types ORDER BY id");
}
