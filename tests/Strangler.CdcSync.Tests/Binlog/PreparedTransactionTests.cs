using MySqlConnector;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Binlog;

/// <summary>Distributed transactions that were prepared before cdc-sync was restarted, and end after.</summary>
public sealed class PreparedTransactionTests(SharedServers servers)
{
    private const string Schema = "CREATE TABLE t (id int PRIMARY KEY, v varchar(1000)) ENGINE=InnoDB; INSERT INTO t VALUES (1, 'a'), (2, 'b')";

    [Fact]
    public async Task It_is_applied_when_it_is_committed_after_a_restart_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("t"), Small);
        await PrepareAndRestartAsync(sync, "x");
    }

    [Fact]
    public async Task It_is_applied_when_it_is_committed_after_a_restart_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe("t"), Small);
        await PrepareAndRestartAsync(sync, "y");
    }

    [Fact]
    public async Task One_that_was_prepared_before_the_first_copy_is_copied_when_it_is_committed()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe("t"));
        await PrepareAsync(sync, "early", "INSERT INTO t VALUES (50, 'prepared before anything')");
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync("XA COMMIT 'early'");
        await sync.CaughtUpAsync();
        await sync.StreamingAsync();
        await sync.ShouldMirrorAsync("t");
    }

    // So that the spool is used too.
    private static void Small(CdcOptions options) => options.TransactionMemoryBytes = 100_000;

    private static async Task PrepareAndRestartAsync(TestSync sync, string name)
    {
        await sync.StartAsync();
        await sync.StreamingAsync();
        await PrepareAsync(sync, name + "1", "INSERT INTO t WITH RECURSIVE s(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM s WHERE n < 1000) SELECT n, REPEAT('x', 900) FROM s; UPDATE t SET v = 'changed' WHERE id = 1");
        await PrepareAsync(sync, name + "2", "INSERT INTO t VALUES (5000, 'never')");
        await PrepareAsync(sync, name + "3", "DELETE FROM t WHERE id = 2");
        await sync.AtSourceAsync("INSERT INTO t VALUES (3, 'between')");
        await sync.CaughtUpAsync();
        (await TestSync.RowsAsync(sync.Target, "SELECT id FROM t ORDER BY id")).Should().Equal("1", "2", "3");
        sync.Context.Progress.Applied!.Prepared.Should().HaveCount(3);

        await sync.StopAsync();
        (await TestSync.RowsAsync(sync.Target, "SELECT JSON_LENGTH(position, '$.prepared') FROM cdc_checkpoint")).Should().Equal("3");
        await sync.AtSourceAsync("FLUSH BINARY LOGS; INSERT INTO t VALUES (4, 'while away'); XA COMMIT '" + name + "3'");
        await sync.StartAsync();
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("t");

        await sync.StopAsync();
        await sync.StartAsync();
        await sync.AtSourceAsync($"XA ROLLBACK '{name}2'; INSERT INTO t VALUES (6, 'six'); XA COMMIT '{name}1'");
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("t");
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*), MAX(id) FROM t")).Should().Equal("905 | 1000");
        sync.Context.Progress.Applied!.Prepared.Should().BeNull();
        sync.Context.Copies.All.Should().OnlyContain(copy => copy.Generation == 0, "nothing had to be copied again");
    }

    private static async Task PrepareAsync(TestSync sync, string xid, string statements)
    {
        // Without a pool the connection ends, and leaves the transaction prepared.
        await TestSync.ExecuteAsync(
            new MySqlConnectionStringBuilder(sync.Source) { Pooling = false }.ConnectionString, $"XA START '{xid}'; {statements}; XA END '{xid}'; XA PREPARE '{xid}'");
    }
}
