using System.Globalization;
using MySqlConnector;
using Strangler.CdcSync.Tests.Support;
using Strangler.CdcSync.Tests.Verify;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Tests.Snapshot;

/// <summary>Copying and comparing wait while a real server is busy, or its replica behind, and go on by themselves.</summary>
public sealed class ThrottleTests(SharedServers servers)
{
    private const int Sleepers = 12;
    private const int Limit = 8;

    private const string Schema =
        """
        CREATE TABLE item (id int PRIMARY KEY, v varchar(40)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        INSERT INTO item SELECT seq, CONCAT('row ', seq) FROM seq_1_to_500;
        """;

    [Fact]
    public async Task Copying_waits_until_the_sources_threads_have_ended()
    {
        await using var source = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken);
        await using var sync = await CreateAsync(source, options => options.Snapshot.MaxThreadsRunning = Limit);
        var sleepers = await SleepAsync(source);
        await sync.StartAsync();
        await PausedAsync(sync, $"threads running (MaxThreadsRunning {Limit})");
        (await CopiedAsync(sync)).Should().Be("0");

        await WakeAsync(source, sleepers);
        await sync.StreamingAsync();
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("item");
        sync.Context.Meter.Paused.Should().BeNull();
    }

    [Fact]
    public async Task Copying_waits_until_a_replica_has_caught_up()
    {
        await using var source = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken);
        await using var replica = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken, "--server-id=77");
        await using var sync = await CreateAsync(source, options => (options.Snapshot.Replicas, options.Snapshot.MaxReplicaLagSeconds) = ([replica.RootConnectionString], 1));
        await replica.ExecuteAsync(
            null, $"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={source.Port}, MASTER_USER='root', MASTER_USE_GTID=slave_pos, MASTER_DELAY=100000; START SLAVE", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => await SecondsBehindAsync(replica) > 1, "the replica is behind", TestContext.Current.CancellationToken);
        await sync.StartAsync();
        await PausedAsync(sync, "s behind (MaxReplicaLagSeconds 1)");
        (await CopiedAsync(sync)).Should().Be("0");

        await replica.ExecuteAsync(null, "STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=0; START SLAVE", TestContext.Current.CancellationToken);
        await sync.StreamingAsync();
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("item");
    }

    [Fact]
    public async Task Comparing_waits_until_the_sources_threads_have_ended()
    {
        await using var source = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken);
        await using var sync = await CreateAsync(source, options => options.Verify.MaximumThreadsRunning = Limit);
        await sync.StartAsync();
        await sync.StreamingAsync();
        var sleepers = await SleepAsync(source);
        var run = await sync.Service.Verifier.OrderAsync(new VerifyOrder(["item"], Repair: false), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            () => Task.FromResult(run.WaitsFor?.Contains("threads are running at the source", StringComparison.Ordinal) == true), "comparing pauses", TestContext.Current.CancellationToken);
        run.IsDone.Should().BeFalse();

        await WakeAsync(source, sleepers);
        await Eventually.TrueAsync(() => Task.FromResult(run.IsDone), "it is compared", TestContext.Current.CancellationToken);
        run.ShouldBe("equal");
        run.WaitsFor.Should().BeNull();
    }

    private async Task<TestSync> CreateAsync(MariaDbServer source, Action<CdcOptions> configure)
    {
        var target = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
        return await TestSync.CreateAsync(source.ConnectionString, target.ConnectionString, Schema, TestSync.Subscribe("item"), configure);
    }

    private static Task PausedAsync(TestSync sync, string reason) => Eventually.TrueAsync(
        () => Task.FromResult(sync.Context.Meter.Paused?.Contains(reason, StringComparison.Ordinal) == true), $"copying pauses: {reason}", TestContext.Current.CancellationToken);

    private static async Task<long> SecondsBehindAsync(MariaDbServer replica)
    {
        await using var connection = new MySqlConnection(replica.RootConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new MySqlCommand("SHOW SLAVE STATUS", connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        return await reader.ReadAsync(TestContext.Current.CancellationToken) && reader["Seconds_Behind_Master"] is not DBNull and var seconds
            ? Convert.ToInt64(seconds, CultureInfo.InvariantCulture)
            : 0;
    }

    private static async Task<string> CopiedAsync(TestSync sync) => (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM item"))[0];

    private static async Task<List<Task>> SleepAsync(MariaDbServer server)
    {
        var sleepers = Enumerable.Range(0, Sleepers).Select(_ => SleepOnceAsync(server.RootConnectionString)).ToList();
        await Eventually.TrueAsync(async () => (await SleepingAsync(server)).Count == Sleepers, "queries run", TestContext.Current.CancellationToken);
        return sleepers;
    }

    private static async Task SleepOnceAsync(string connectionString)
    {
        await using var connection = new MySqlConnection(new MySqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new MySqlCommand("SELECT SLEEP(100000)", connection) { CommandTimeout = 0 };
        try
        {
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }
        catch (MySqlException)
        {
            // It is killed.
        }
    }

    private static async Task WakeAsync(MariaDbServer server, List<Task> sleepers)
    {
        foreach (var id in await SleepingAsync(server))
        {
            await server.ExecuteAsync(null, $"KILL {id}", TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(sleepers);
    }

    private static Task<List<string>> SleepingAsync(MariaDbServer server) =>
        TestSync.RowsAsync(server.RootConnectionString, "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(100000)'");
}
