using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

/// <summary>The process itself, over HTTP, with a stand-in projector.</summary>
public sealed class ProcessTests(SharedServers servers)
{
    private const string Schema = "CREATE TABLE item (id int PRIMARY KEY, v varchar(20)) ENGINE=InnoDB; INSERT INTO item VALUES (1, 'a'), (2, 'b')";

    [Fact]
    public async Task Positions_await_and_resync_tell_the_truth()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item"));
        await using var process = await CdcProcess.StartAsync(sync);
        await Eventually.TrueAsync(async () => (await process.Client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).IsSuccessStatusCode, "ready", TestContext.Current.CancellationToken);

        var service = await ServiceAsync(process);
        service["state"]!.GetValue<string>().Should().Be("streaming");
        service["tables"]!.ToJsonString().Should().Be("""[{"name":"item","state":"streaming","rows":2,"reason":null}]""");
        service["projected"].Should().BeNull();
        service["lag"]!["milliseconds"].Should().BeNull("no projection is there");
        (await AwaitAsync(process, 100)).Should().Be(HttpStatusCode.GatewayTimeout);

        await sync.AtTargetAsync("CREATE TABLE projection_checkpoint (name varchar(64) PRIMARY KEY, sequence bigint, position json, projected_at datetime(6)); INSERT INTO projection_checkpoint SELECT 'p', sequence, position, NOW(6) FROM cdc_checkpoint");
        await Eventually.TrueAsync(async () => (await ServiceAsync(process))["lag"]!["milliseconds"] is not null, "the lag is known", TestContext.Current.CancellationToken);
        (await AwaitAsync(process, 5000)).Should().Be(HttpStatusCode.OK);

        await sync.AtSourceAsync("INSERT INTO item VALUES (3, 'c')");
        (await AwaitAsync(process, 200)).Should().Be(HttpStatusCode.GatewayTimeout, "it is applied but not projected");
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM item")).Should().Equal("3");
        await sync.AtTargetAsync("UPDATE projection_checkpoint SET sequence = (SELECT sequence FROM cdc_checkpoint)");
        (await AwaitAsync(process, 5000)).Should().Be(HttpStatusCode.OK);

        await sync.AtTargetAsync("DELETE FROM item WHERE id = 1; UPDATE item SET v = 'spoilt' WHERE id = 2");
        (await process.Client.PostAsJsonAsync("/resync", new { service = "catalog" }, TestContext.Current.CancellationToken)).StatusCode.Should().Be(HttpStatusCode.Accepted);
        await Eventually.TrueAsync(
            async () => (await TestSync.RowsAsync(sync.Target, "SELECT id, v FROM item ORDER BY id")).SequenceEqual(["1 | a", "2 | b", "3 | c"]), "mended", TestContext.Current.CancellationToken);
        (await process.Client.PostAsJsonAsync("/resync", new { service = "nobody" }, TestContext.Current.CancellationToken)).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_purged_log_stops_the_target_until_it_is_copied_again()
    {
        await using var server = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken);
        await using var sync = await TestSync.CreateAsync(server.ConnectionString, server.ConnectionString, Schema, TestSync.Subscribe("item"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.StopAsync();
        await sync.AtSourceAsync("INSERT INTO item VALUES (3, 'c'); FLUSH BINARY LOGS");
        await sync.AtSourceAsync("INSERT INTO item VALUES (4, 'd'); FLUSH BINARY LOGS");
        // The server keeps a file while the old connection's thread still has it open.
        await Eventually.TrueAsync(
            async () =>
            {
                await sync.AtSourceAsync("PURGE BINARY LOGS TO 'mysql-bin.000003'");
                return (await TestSync.RowsAsync(sync.Source, "SHOW BINARY LOGS"))[0].StartsWith("mysql-bin.000003", StringComparison.Ordinal);
            },
            "the log is purged", TestContext.Current.CancellationToken);
        await sync.StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.State == "stopped"), "stopped", TestContext.Current.CancellationToken);
        sync.Context.Progress.Reason.Should().Contain("cannot give its log from");

        sync.Service.Pipeline.Resync();
        await sync.StreamingAsync();
        await sync.ShouldMirrorAsync("item");
    }

    [Fact]
    public async Task A_source_that_crashes_and_comes_back_is_followed_on()
    {
        await using var server = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken);
        await using var sync = await TestSync.CreateAsync(server.ConnectionString, server.ConnectionString, Schema, TestSync.Subscribe("item"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await server.CrashAndRestartAsync(TestContext.Current.CancellationToken);
        await sync.AtSourceAsync("INSERT INTO item VALUES (5, 'after')");
        await Eventually.TrueAsync(
            async () => (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM item")) is ["3"], "followed on", TestContext.Current.CancellationToken);
        await sync.ShouldMirrorAsync("item");
    }

    private static async Task<JsonNode> ServiceAsync(CdcProcess process) =>
        (await process.Client.GetFromJsonAsync<JsonNode>("/positions", TestContext.Current.CancellationToken))!["services"]![0]!;

    private static async Task<HttpStatusCode> AwaitAsync(CdcProcess process, int milliseconds) =>
        (await process.Client.PostAsJsonAsync("/await", new { service = "catalog", timeoutMs = milliseconds }, TestContext.Current.CancellationToken)).StatusCode;
}
