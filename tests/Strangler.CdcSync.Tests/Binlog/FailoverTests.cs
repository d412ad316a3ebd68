using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Binlog;

/// <summary>The source fails over to its replica: files and offsets are others, the GTIDs go on.</summary>
public sealed class FailoverTests
{
    private const string Schema = "CREATE TABLE t (id int PRIMARY KEY, v varchar(20)) ENGINE=InnoDB; INSERT INTO t VALUES (1, 'a'), (2, 'b')";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MariaDb_goes_on_at_the_replica_by_GTID()
    {
        await using var first = await MariaDbServer.StartAsync(Cancellation);
        await using var second = await MariaDbServer.StartAsync(Cancellation, "--server-id=2", "--log-slave-updates=ON");
        await second.ExecuteAsync(
            null, $"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={first.Port}, MASTER_USER='root', MASTER_PASSWORD='', MASTER_USE_GTID=slave_pos; START SLAVE", Cancellation);
        await FailOverAsync(
            first.ConnectionString, second.ConnectionString,
            promote: "STOP SLAVE; RESET SLAVE ALL", executed: "SELECT @@gtid_binlog_pos", replicated: "SELECT @@gtid_slave_pos");
    }

    [Fact]
    public async Task MySql_goes_on_at_the_replica_by_GTID()
    {
        await using var target = await MariaDbServer.StartAsync(Cancellation);
        await using var first = await MySqlServer.StartAsync(Cancellation);
        await using var second = await MySqlServer.StartAsync(Cancellation, "--server-id=8");
        // What a new server's own start logged is no part of the cluster's story.
        await second.ExecuteAsync(null, "RESET BINARY LOGS AND GTIDS", Cancellation);
        await second.ExecuteAsync(
            null, $"CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT={first.Port}, SOURCE_USER='root', SOURCE_PASSWORD='', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1; START REPLICA", Cancellation);
        await FailOverAsync(
            first.ConnectionString, second.ConnectionString,
            promote: "STOP REPLICA; RESET REPLICA ALL", executed: "SELECT @@gtid_executed", replicated: "SELECT @@gtid_executed", target.ConnectionString);
    }

    [Fact]
    public async Task An_empty_set_of_GTIDs_is_no_error()
    {
        await using var target = await MariaDbServer.StartAsync(Cancellation);
        await using var server = await MySqlServer.StartAsync(Cancellation);
        await using var sync = await TestSync.CreateAsync(server.ConnectionString, target.ConnectionString, Schema, TestSync.Subscribe("t"));
        await server.ExecuteAsync(null, "RESET BINARY LOGS AND GTIDS", Cancellation);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.StopAsync();
        await sync.StartAsync();
        await sync.AtSourceAsync("INSERT INTO t VALUES (3, 'first of all')");
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("t");
    }

    private static async Task FailOverAsync(
        Func<string?, string> first, Func<string?, string> second, string promote, string executed, string replicated, Func<string?, string>? target = null)
    {
        await using var sync = await TestSync.CreateAsync(first, target ?? first, Schema, TestSync.Subscribe("t"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync("INSERT INTO t VALUES (3, 'c'); UPDATE t SET v = 'bb' WHERE id = 2");
        await sync.CaughtUpAsync();
        var old = sync.Context.Progress.Applied!;
        await sync.StopAsync();

        // Written while nobody follows; the replica has it, under other files and offsets.
        await sync.AtSourceAsync("FLUSH BINARY LOGS; INSERT INTO t VALUES (4, 'd'); DELETE FROM t WHERE id = 1");
        var done = await TestSync.RowsAsync(first(null), executed);
        await Eventually.TrueAsync(async () => (await TestSync.RowsAsync(second(null), replicated)).SequenceEqual(done), "the replica has all", Cancellation);
        await TestSync.ExecuteAsync(second(null), promote);
        sync.Source = second(new MySqlConnectionStringBuilder(sync.Source).Database);
        await sync.StartAsync();
        await sync.AtSourceAsync("INSERT INTO t VALUES (5, 'e')");
        await sync.StreamingAsync();
        await sync.CaughtUpAsync();

        await sync.ShouldMirrorAsync("t");
        (await TestSync.RowsAsync(sync.Target, "SELECT id, v FROM t ORDER BY id")).Should().Equal("2 | bb", "3 | c", "4 | d", "5 | e");
        var position = sync.Context.Progress.Applied!;
        position.Origin.Should().NotBeNull().And.NotBe(old.Origin);
        position.HasReached(old).Should().BeTrue("the GTIDs say so");
        old.HasReached(position).Should().BeFalse("whatever the files are called");
        sync.Context.State.Should().Be(CheckpointStore.Streaming);
        sync.Context.Copies.All.Should().OnlyContain(copy => copy.Generation == 0, "nothing had to be copied again");

        // And a restart there goes on there.
        await sync.StopAsync();
        await sync.AtSourceAsync("UPDATE t SET v = 'end' WHERE id = 5");
        await sync.StartAsync();
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("t");
    }
}
