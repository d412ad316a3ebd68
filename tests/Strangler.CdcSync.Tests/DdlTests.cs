using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

public sealed class DdlTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE t (id int PRIMARY KEY, name varchar(10), price decimal(12,4)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE t_replica LIKE t;
        INSERT INTO t VALUES (1, 'one', 1.1), (2, 'two', 2.2);
        """;

    private static readonly string[] Steps =
    [
        "ALTER TABLE t ADD COLUMN qty int NOT NULL DEFAULT 7 AFTER id; INSERT INTO t VALUES (3, 3, 'three', 3.3)",
        "ALTER TABLE t ADD COLUMN seen datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6); UPDATE t SET name = 'uno' WHERE id = 1",
        "ALTER TABLE t MODIFY COLUMN price decimal(20,6), CHANGE COLUMN name title varchar(255); UPDATE t SET title = 'ONE' WHERE id = 1",
        "ALTER TABLE t DROP COLUMN qty; INSERT INTO t (id, title, price) VALUES (4, 'four', 4.4)",
        "TRUNCATE TABLE t; INSERT INTO t (id, title) VALUES (6, 'six')",
        "CREATE OR REPLACE VIEW v AS SELECT 1; DROP VIEW v; DROP TABLE t_replica; CREATE TABLE t_replica LIKE t; INSERT INTO t_replica (id, title) VALUES (6, 'SIX'), (7, 'seven'); RENAME TABLE t TO t_outdated, t_replica TO t, t_outdated TO t_replica; INSERT INTO t (id, title) VALUES (8, 'eight')",
        "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, title); INSERT INTO t (id, title) VALUES (8, 'acht')",
        "DROP TABLE t; CREATE TABLE t (id bigint PRIMARY KEY, other text); INSERT INTO t VALUES (1, 'new')",
        "SET binlog_format = STATEMENT; UPDATE t SET other = 'by statement' WHERE id = 1",
        "INSERT INTO t VALUES (2, 'with rows'), (3, 'too'); SET binlog_row_image = MINIMAL; UPDATE t SET other = 'minimal' WHERE id = 2; DELETE FROM t WHERE id = 3; INSERT INTO t (id) VALUES (4); UPDATE t SET id = 5 WHERE id = 2",
    ];

    [Fact]
    public async Task The_mirror_follows_DDL_of_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("t"));
        await FollowAsync(sync, restart: false);
    }

    [Fact]
    public async Task The_mirror_follows_DDL_of_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe("t"));
        await FollowAsync(sync, restart: false);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mirror_in_MySql_follows_DDL(bool fromMySql)
    {
        await using var sync = await TestSync.IntoMySqlAsync(servers, fromMySql, Schema, TestSync.Subscribe("t"));
        await FollowAsync(sync, restart: false);
    }

    [Fact]
    public async Task The_mirror_follows_DDL_that_happened_while_nobody_was_there()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("t"));
        await FollowAsync(sync, restart: true);
    }

    [Fact]
    public async Task Indexes_follow_those_of_the_source_and_a_service_keeps_its_own()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("t"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("ALTER TABLE t ADD INDEX own (price, name)");
        await sync.AtSourceAsync("ALTER TABLE t ADD INDEX by_name (name), ADD UNIQUE INDEX by_price (price)");
        await sync.CaughtUpAsync();
        (await IndexesAsync(sync)).Should().BeEquivalentTo("PRIMARY id", "by_name name", "by_price price", "own price,name");
        await sync.AtSourceAsync("ALTER TABLE t DROP INDEX by_name, DROP INDEX by_price, ADD INDEX by_price (name(4), price)");
        await sync.CaughtUpAsync();
        (await IndexesAsync(sync)).Should().BeEquivalentTo("PRIMARY id", "by_price name,price", "own price,name");
        await sync.ShouldMirrorAsync("t");
    }

    [Fact]
    public async Task Rows_changed_by_a_statement_stop_the_target_where_that_is_wished()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("t"), options => options.OnStatement = StatementPolicy.Stop);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync("SET binlog_format = STATEMENT; UPDATE t SET name = 'by text' WHERE id = 1");
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.State == "stopped"), "it stops", TestContext.Current.CancellationToken);
        sync.Context.Progress.Reason.Should().Contain("by text");
        sync.Service.Pipeline.Resync();
        await sync.StreamingAsync();
        await sync.ShouldMirrorAsync("t");
    }

    private static Task<List<string>> IndexesAsync(TestSync sync) => TestSync.RowsAsync(
        sync.Target, "SELECT CONCAT(INDEX_NAME, ' ', GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX)) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' GROUP BY INDEX_NAME ORDER BY INDEX_NAME");

    private static async Task FollowAsync(TestSync sync, bool restart)
    {
        await sync.StartAsync();
        await sync.StreamingAsync();
        foreach (var step in Steps)
        {
            if (restart)
            {
                await sync.StopAsync();
            }

            await sync.AtSourceAsync(step);
            if (restart)
            {
                await sync.StartAsync();
            }

            await sync.CaughtUpAsync();
            TestContext.Current.TestOutputHelper!.WriteLine("after " + step);
            await sync.ShouldMirrorAsync("t");
        }
    }
}
