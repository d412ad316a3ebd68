using System.Globalization;
using System.Text.RegularExpressions;
using MySqlConnector;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Apply;

/// <summary>
/// Whatever a target's server does in the middle of a batch: nothing is lost, nothing is done twice, and it goes on by itself. A trigger writes
/// down each row that comes into the mirror, so that one that came twice would show.
/// </summary>
public sealed partial class RetryTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE first (id int PRIMARY KEY, v int) ENGINE=InnoDB;
        CREATE TABLE second (id int PRIMARY KEY, v int) ENGINE=InnoDB;
        INSERT INTO first VALUES (1, 0), (2, 0);
        INSERT INTO second VALUES (1, 0), (2, 0);
        """;

    private const int Transactions = 300;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_servers_end_in_the_middle_of_the_stream()
    {
        await using var target = await MariaDbServer.StartAsync(Cancelled);
        await using var sync = await StartAsync(target.ConnectionString);
        var writing = WriteAsync(sync);
        for (var round = 0; round < 3; round++)
        {
            var sequence = sync.Context.Progress.Sequence;
            await Eventually.TrueAsync(() => Task.FromResult(sync.Context.Progress.Sequence > sequence || writing.IsCompleted), "it goes on", Cancelled);
            await target.CrashAndRestartAsync(Cancelled);
        }

        await writing;
        await OnceAsync(sync);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_cut_before_and_after_each_of_the_next_packets(bool passed)
    {
        var server = await servers.MariaDbAsync(Cancelled);
        await using var relay = new TcpRelay(server.Port);
        await using var sync = await StartAsync(database => new MySqlConnectionStringBuilder(server.ConnectionString(database)) { Port = (uint)relay.Port }.ConnectionString);
        for (var packet = 1; packet <= 6; packet++)
        {
            var reached = relay.AtPacketAsync(packet, passed);
            await sync.AtSourceAsync(string.Create(CultureInfo.InvariantCulture, $"BEGIN; INSERT INTO first VALUES ({1000 + packet}, 1); INSERT INTO second VALUES ({1000 + packet}, 1); UPDATE first SET v = {packet} WHERE id < 3; COMMIT"));
            // A batch may take fewer packets; then there is nothing to cut.
            await Task.WhenAny(reached, sync.CaughtUpAsync());
            relay.Cut();
            relay.Release();
            await sync.CaughtUpAsync();
        }

        await OnceAsync(sync);
    }

    [Fact]
    public async Task A_lock_that_somebody_else_keeps_for_longer_than_the_server_waits()
    {
        await using var target = await MariaDbServer.StartAsync(Cancelled, "--innodb-lock-wait-timeout=1");
        await using var sync = await StartAsync(target.ConnectionString);
        await using var other = await SessionAsync(sync, "BEGIN; SELECT * FROM second WHERE id = 1 FOR UPDATE");
        await sync.AtSourceAsync("BEGIN; INSERT INTO first VALUES (50, 1); UPDATE first SET v = 5; UPDATE second SET v = 5; COMMIT");
        var attempts = new HashSet<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                attempts.UnionWith(await WaitingAsync(sync));
                return attempts.Count > 1;
            },
            "the batch is tried more than once", Cancelled);
        sync.Context.State.Should().Be("streaming", "a batch that is taken back is no interruption");
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM first WHERE v = 5")).Should().Equal("0");
        await ExecuteAsync(other, "COMMIT");
        await sync.CaughtUpAsync();
        await OnceAsync(sync);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deadlock_that_the_batch_loses(bool intoMySql)
    {
        Func<string?, string> target = intoMySql ? (await servers.MySqlAsync(Cancelled)).ConnectionString : (await servers.MariaDbAsync(Cancelled)).ConnectionString;
        await using var sync = await StartAsync(target);
        // The lighter one of the two has to give way.
        await sync.AtTargetAsync("CREATE TABLE own (id int PRIMARY KEY AUTO_INCREMENT, v int)");
        await using var other = await SessionAsync(
            sync, "BEGIN; INSERT INTO own (v) VALUES (1), (2), (3), (4), (5), (6), (7), (8); INSERT INTO own (v) SELECT v FROM own; INSERT INTO own (v) SELECT v FROM own; SELECT * FROM second WHERE id = 1 FOR UPDATE");
        await sync.AtSourceAsync("BEGIN; INSERT INTO first VALUES (50, 1); UPDATE first SET v = 5; UPDATE second SET v = 5; COMMIT");
        await Eventually.TrueAsync(async () => (await WaitingAsync(sync)).Count > 0, "the batch waits for the lock", Cancelled);
        await ExecuteAsync(other, "SELECT * FROM first WHERE id = 1 FOR UPDATE");
        await ExecuteAsync(other, "COMMIT");
        await sync.CaughtUpAsync();
        sync.Context.State.Should().Be("streaming");
        await OnceAsync(sync);
    }

    private async Task<TestSync> StartAsync(Func<string?, string> target)
    {
        var source = await servers.MariaDbAsync(Cancelled);
        var sync = await TestSync.CreateAsync(source.ConnectionString, target, Schema, TestSync.Subscribe("first", "second"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("CREATE TABLE came (seen int AUTO_INCREMENT PRIMARY KEY, name varchar(20), id int) ENGINE=InnoDB");
        foreach (var table in new[] { "first", "second" })
        {
            await sync.AtTargetAsync($"CREATE TRIGGER {table}_came AFTER INSERT ON {table} FOR EACH ROW INSERT INTO came (name, id) VALUES ('{table}', NEW.id)");
        }

        return sync;
    }

    private static async Task WriteAsync(TestSync sync)
    {
        await using var connection = new MySqlConnection(sync.Source);
        await connection.OpenAsync(Cancelled);
        for (var i = 0; i < Transactions; i++)
        {
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"BEGIN; INSERT INTO first VALUES ({100 + i}, {i}); INSERT INTO second VALUES ({100 + i}, {i}); UPDATE first SET v = {i} WHERE id < 3; DELETE FROM second WHERE id = {95 + i}; COMMIT"));
        }
    }

    private static async Task OnceAsync(TestSync sync)
    {
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("first");
        await sync.ShouldMirrorAsync("second");
        (await TestSync.RowsAsync(sync.Target, "SELECT name, id, COUNT(*) FROM came GROUP BY name, id HAVING COUNT(*) > 1")).Should().BeEmpty("no row came twice");
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_dead_letter")).Should().Equal("0");
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_checkpoint WHERE state = 'streaming'")).Should().Equal("1");
    }

    private static async Task<MySqlConnection> SessionAsync(TestSync sync, string sql)
    {
        var connection = new MySqlConnection(sync.Target);
        await connection.OpenAsync(Cancelled);
        await ExecuteAsync(connection, sql);
        return connection;
    }

    /// <summary>The target's transactions that wait for a lock. Asked of the engine itself: its table of transactions stands still for who asks often.</summary>
    private static async Task<List<string>> WaitingAsync(TestSync sync)
    {
        var sessions = await TestSync.RowsAsync(sync.Target, "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE()");
        var status = (await TestSync.RowsAsync(sync.Target, "SHOW ENGINE INNODB STATUS"))[0];
        return [.. status.Split("---TRANSACTION ").Skip(1)
            .Where(transaction => transaction.Contains("LOCK WAIT", StringComparison.Ordinal) && sessions.Contains(Thread().Match(transaction).Groups[1].Value))
            .Select(transaction => transaction[..transaction.IndexOf(',', StringComparison.Ordinal)])];
    }

    [GeneratedRegex(@"thread id (\d+)")]
    private static partial Regex Thread();

    private static async Task ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancelled);
    }
}
