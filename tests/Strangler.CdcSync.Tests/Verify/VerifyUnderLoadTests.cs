using System.Globalization;
using MySqlConnector;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Verify;

/// <summary>The comparison while everything moves: nothing invented, everything found.</summary>
public sealed class VerifyUnderLoadTests(SharedServers servers)
{
    private const int Corruptions = 40;

    private const string Schema =
        """
        CREATE TABLE item (id int PRIMARY KEY, v int NOT NULL, name varchar(40), price decimal(12,4), changed datetime(3), note text) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE child (id int PRIMARY KEY, item_id int NOT NULL, v int, FOREIGN KEY (item_id) REFERENCES item (id) ON DELETE CASCADE) ENGINE=InnoDB
        """;

    [Fact]
    public async Task Writers_make_no_difference_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item", "child"), options => options.Verify.MaximumChunkRows = 400);
        await WriteAndVerifyAsync(sync);
    }

    [Fact]
    public async Task Writers_make_no_difference_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe("item", "child"), options => options.Verify.MaximumChunkRows = 400);
        await WriteAndVerifyAsync(sync);
    }

    private static async Task WriteAndVerifyAsync(TestSync sync)
    {
        await FillAsync(sync);
        await sync.StartAsync();
        await sync.StreamingAsync();
        var random = new Random(20261122);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var writers = Enumerable.Range(0, 3).Select(writer => WriteAsync(sync, new Random(writer), stop.Token)).ToList();
        try
        {
            for (var round = 0; round < 3; round++)
            {
                var (run, differences) = await sync.VerifyAsync();
                differences.Words().Should().BeEmpty("the mirror is right, however much is written");
                run.ShouldBe("equal");
            }

            // Rows that nobody writes to: whoever writes to a spoilt row mends it.
            var spoilt = await SpoilAsync(sync, random);
            var (found, all) = await sync.VerifyAsync();
            all.Words().Should().Equal(spoilt.Order(StringComparer.Ordinal));
            found.ShouldBe("different");

            (await sync.VerifyAsync(repair: true)).Run.ShouldBe("repaired");
            (await sync.VerifyAsync()).Run.ShouldBe("equal");
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }

        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("item");
        await sync.ShouldMirrorAsync("child");
    }

    private static async Task FillAsync(TestSync sync)
    {
        foreach (var part in Enumerable.Range(1, 4000).Chunk(1000))
        {
            await sync.AtSourceAsync("INSERT INTO item VALUES " + string.Join(',', part.Select(id => FormattableString.Invariant($"({id}, {id}, 'name {id}', {id}.5, '2026-01-01 00:00:00.125', 'note')"))));
            await sync.AtSourceAsync("INSERT INTO child VALUES " + string.Join(',', part.Select(id => FormattableString.Invariant($"({id}, {id}, {id})"))));
        }
    }

    private static async Task<List<string>> SpoilAsync(TestSync sync, Random random)
    {
        var words = new List<string>();
        var ids = Enumerable.Range(0, 400).Select(part => (part * 10) + 5).OrderBy(_ => random.Next()).Take(Corruptions).ToList();
        foreach (var id in ids)
        {
            var (sql, word) = random.Next(8) switch
            {
                0 => ("UPDATE item SET v = v + 1 WHERE id = {0}", "Different {0}: v"),
                1 => ("UPDATE item SET name = UPPER(name) WHERE id = {0}", "Different {0}: name"),
                2 => ("UPDATE item SET price = NULL, note = '' WHERE id = {0}", "Different {0}: price,note"),
                3 => ("UPDATE item SET changed = changed + INTERVAL 1000 MICROSECOND WHERE id = {0}", "Different {0}: changed"),
                4 => ("DELETE FROM item WHERE id = {0}", "Missing {0}: id,v,name,price,changed,note"),
                5 => ("INSERT INTO child VALUES (-{0}, {0}, {0})", "Extra -{0}: id,item_id,v"),
                6 => ("UPDATE child SET v = NULL WHERE id = {0}", "Different {0}: v"),
                _ => ("DELETE FROM child WHERE id = {0}", "Missing {0}: id,item_id,v"),
            };
            await sync.AtTargetAsync(string.Format(CultureInfo.InvariantCulture, sql, id));
            words.Add(string.Format(CultureInfo.InvariantCulture, word, id));
        }

        return words;
    }

    private static async Task WriteAsync(TestSync sync, Random random, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(sync.Source);
        await connection.OpenAsync(CancellationToken.None);
        while (!cancellationToken.IsCancellationRequested)
        {
            // Every fifth row is left alone; a few are written all the time, back and forth.
            var (hot, any) = (random.Next(1, 5), (random.Next(0, 800) * 5) + random.Next(1, 5));
            var sql = FormattableString.Invariant(random.Next(6) switch
            {
                0 => (FormattableString)$"UPDATE item SET v = 1 - v WHERE id = {hot}",
                1 => $"UPDATE item SET name = CONCAT('w', {random.Next(3)}), price = price + 1 WHERE id BETWEEN {any} AND {any} + 20 AND id % 5 > 0",
                2 => $"DELETE FROM item WHERE id = {any}",
                3 => $"INSERT INTO item VALUES ({any}, {any}, 'again', 1, NOW(3), NULL) ON DUPLICATE KEY UPDATE v = v + 1",
                4 => $"INSERT INTO child SELECT {any}, {any}, 0 FROM item WHERE id = {any} ON DUPLICATE KEY UPDATE v = child.v + 1",
                _ => $"UPDATE item SET id = id + 100000 WHERE id = {any} AND NOT EXISTS (SELECT 1 FROM child WHERE item_id = {any})",
            });
            try
            {
                await using var command = new MySqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (MySqlException)
            {
                // Deadlocks and duplicate keys belong to a random workload.
            }
        }
    }
}
