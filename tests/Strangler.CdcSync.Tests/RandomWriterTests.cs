using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

/// <summary>
/// Several connections write at random while the tables are copied and after, and cdc-sync's loops are stopped and started at any
/// moment; in the end both sides are the same, row by row.
/// </summary>
public sealed class RandomWriterTests(SharedServers servers)
{
    private const int Writers = 3;
    private const int TransactionsPerWriter = 150;
    private const int Restarts = 6;

    private const string Schema =
        """
        CREATE TABLE parent (id int PRIMARY KEY, name varchar(20)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE child (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, parent_id int NULL, v decimal(12,4), note text, FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE grandchild (code varchar(20) NOT NULL, child_id bigint unsigned NOT NULL, n int, PRIMARY KEY (code, child_id), FOREIGN KEY (child_id) REFERENCES child (id) ON DELETE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        INSERT INTO parent SELECT seq, CONCAT('parent ', seq) FROM (WITH RECURSIVE s (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM s WHERE seq < 200) SELECT seq FROM s) AS numbers;
        INSERT INTO child (parent_id, v, note) SELECT p.id, p.id * q.id / 7, REPEAT('n', q.id % 50) FROM parent p JOIN parent q ON q.id <= 25;
        INSERT INTO grandchild SELECT CONCAT('Code', id % 300), id, id FROM child;
        """;

    private static readonly string[] Tables = ["parent", "child", "grandchild"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Source_and_mirror_are_the_same_in_the_end_MariaDb(int seed)
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe(Tables), Small);
        await RunAsync(sync, seed);
    }

    [Theory]
    [InlineData(3)]
    public async Task Source_and_mirror_are_the_same_in_the_end_MySql(int seed)
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe(Tables), Small);
        await RunAsync(sync, seed);
    }

    [Fact]
    public async Task Source_and_mirror_are_the_same_in_the_end_MySql_without_gtids()
    {
        await using var source = await MySqlServer.StartAsync(TestContext.Current.CancellationToken, "--gtid-mode=OFF", "--enforce-gtid-consistency=OFF");
        var target = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
        await using var sync = await TestSync.CreateAsync(source.ConnectionString, target.ConnectionString, Schema, TestSync.Subscribe(Tables), Small);
        await RunAsync(sync, seed: 4);
    }

    // Many chunks and batches, so that there are many places to be interrupted at.
    private static void Small(CdcOptions options) => (options.ChunkRows, options.BatchRows) = (60, 40);

    private static async Task RunAsync(TestSync sync, int seed)
    {
        await sync.StartAsync();
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(sync, new Random((seed * 100) + writer), writer)).ToList();
        var random = new Random(seed);
        for (var restart = 0; restart < Restarts; restart++)
        {
            // Interrupted after a random amount of progress, not of time.
            await Eventually.TrueAsync(() => Task.FromResult(sync.Context.Progress.Applied is not null), "the checkpoint is read", TestContext.Current.CancellationToken);
            var sequence = sync.Context.Progress.Sequence + random.Next(1, 60);
            await Eventually.TrueAsync(
                () => Task.FromResult(sync.Context.Progress.Sequence >= sequence || writers.TrueForAll(writer => writer.IsCompleted)), "some progress", TestContext.Current.CancellationToken);
            await sync.StopAsync();
            await sync.StartAsync();
            if (restart == Restarts / 2)
            {
                sync.Service.Pipeline.Resync();
            }
        }

        await Task.WhenAll(writers);
        await sync.StreamingAsync();
        await sync.CaughtUpAsync();
        foreach (var table in Tables)
        {
            await sync.ShouldMirrorAsync(table);
        }
    }

    private static Task WriteAsync(TestSync sync, Random random, int writer) =>
        RandomTransactions.WriteAsync(sync.Source, random, TransactionsPerWriter, round => Statement(random, writer, round));

    private static string Statement(Random random, int writer, int round)
    {
        var (parent, child) = (random.Next(1, 260), random.Next(1, 6000));
        return FormattableString.Invariant(random.Next(11) switch
        {
            0 => (FormattableString)$"INSERT INTO parent VALUES ({parent}, 'new {round}')",
            1 => $"DELETE FROM parent WHERE id = {parent}",
            2 => $"UPDATE parent SET id = id + 1000 WHERE id = {parent}",
            3 => $"UPDATE parent SET name = '{round}' WHERE id BETWEEN {parent} AND {parent + 5}",
            4 or 5 => $"INSERT INTO child (parent_id, v, note) SELECT MIN(id), {child} / 3, 'w{writer}' FROM parent WHERE id >= {parent}",
            6 => $"UPDATE child SET v = v + 1, note = CONCAT(note, 'é') WHERE id BETWEEN {child} AND {child + 20}",
            7 => $"DELETE FROM child WHERE id BETWEEN {child} AND {child + 3}",
            8 => $"UPDATE grandchild SET code = UPPER(code) WHERE child_id BETWEEN {child} AND {child + 5}",
            9 => $"REPLACE INTO grandchild SELECT 'again', id, {round} FROM child WHERE id BETWEEN {child} AND {child + 3}",
            _ => $"UPDATE child SET id = id + 100000 WHERE id = {child} AND NOT EXISTS (SELECT 1 FROM grandchild WHERE child_id = {child})",
        });
    }
}
