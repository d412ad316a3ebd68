using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Binlog;

/// <summary>Servers that log rows without their columns' names (the default of both): the catalogue's names are right only while nothing was altered.</summary>
public sealed class UnnamedColumnsTests
{
    private const string Schema =
        """
        CREATE TABLE t (id int unsigned PRIMARY KEY, a varchar(20), b varchar(20) CHARACTER SET latin1, n bigint unsigned, s smallint, d decimal(12,4), ts timestamp(3) NULL, en enum('x','y'), bi bit(9), bin binary(4)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        INSERT INTO t VALUES (1, 'a', 'é', 18446744073709551615, -1, 1.5, NULL, 'y', b'101', x'0100');
        """;

    // Each ends in rows of another meaning under the same number of columns, which nobody may take for the columns of now.
    private static readonly string[] Steps =
    [
        "INSERT INTO t VALUES (2, 'b', 'ß', 9223372036854775808, -32768, -0.0001, '2026-11-22 01:02:03.004', 'x', b'111111111', x'ff')",
        "UPDATE t SET a = 'A', b = 'B' WHERE id = 1; ALTER TABLE t CHANGE a c varchar(20), CHANGE b a varchar(20) CHARACTER SET latin1; UPDATE t SET a = 'latin', c = 'was a' WHERE id = 2",
        "UPDATE t SET n = n - 1; ALTER TABLE t DROP COLUMN s, ADD COLUMN note varchar(50) DEFAULT 'new' AFTER id; UPDATE t SET note = 'é' WHERE id = 1",
        "INSERT INTO t (id, note) VALUES (4, 'four'); ALTER TABLE t MODIFY n int, ADD COLUMN e int, DROP COLUMN bi; UPDATE t SET n = 5, e = 6",
        "DELETE FROM t WHERE id = 2; ALTER TABLE t RENAME COLUMN a TO c, RENAME COLUMN c TO a; INSERT INTO t (id, a, c) VALUES (7, 'is a', 'is c')",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_get_the_names_of_their_time_MariaDb()
    {
        await using var server = await MariaDbServer.StartAsync(Cancellation, "--binlog-row-metadata=NO_LOG", "--sql-mode=");
        await FollowAsync(server.ConnectionString, server.ConnectionString);
    }

    [Fact]
    public async Task Rows_get_the_names_of_their_time_MySql()
    {
        await using var target = await MariaDbServer.StartAsync(Cancellation);
        await using var server = await MySqlServer.StartAsync(Cancellation, "--binlog-row-metadata=MINIMAL", "--sql-mode=");
        await FollowAsync(server.ConnectionString, target.ConnectionString);
        await PurgeAsync(server, target);
    }

    private static async Task FollowAsync(Func<string?, string> source, Func<string?, string> target)
    {
        foreach (var away in new[] { false, true })
        {
            await using var sync = await TestSync.CreateAsync(source, target, Schema, TestSync.Subscribe("t"));
            await sync.StartAsync();
            await sync.StreamingAsync();
            foreach (var step in Steps)
            {
                // While away, rows are read when the catalogue knows only what they became.
                await (away ? sync.StopAsync() : Task.CompletedTask);
                await sync.AtSourceAsync(step);
                await (away ? sync.StartAsync() : Task.CompletedTask);
                await sync.CaughtUpAsync();
                await sync.StreamingAsync();
                TestContext.Current.TestOutputHelper!.WriteLine($"after {step}, {(away ? "away" : "streaming")}");
                await sync.ShouldMirrorAsync("t");
            }
        }
    }

    // On the same server, as it is there: a log that was purged while nobody followed.
    private static async Task PurgeAsync(MySqlServer server, MariaDbServer target)
    {
        await using var sync = await TestSync.CreateAsync(server.ConnectionString, target.ConnectionString, Schema, TestSync.Subscribe("t"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.StopAsync();
        await sync.AtSourceAsync("UPDATE t SET a = 'missed'; FLUSH BINARY LOGS");
        var last = (await TestSync.RowsAsync(sync.Source, "SHOW BINARY LOGS"))[^1].Split(' ')[0];
        await Eventually.TrueAsync(
            async () =>
            {
                await sync.AtSourceAsync($"PURGE BINARY LOGS TO '{last}'");
                return (await TestSync.RowsAsync(sync.Source, "SHOW BINARY LOGS")).Count == 1;
            },
            "the logs are purged", Cancellation);
        await sync.StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.State == "stopped"), "it stops", Cancellation);
        sync.Context.Progress.Reason.Should().Contain("cannot give its log from").And.Contain($"oldest file that it still has is {last}");

        sync.Service.Pipeline.Resync();
        await sync.StreamingAsync();
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("t");
    }
}
