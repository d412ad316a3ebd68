using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Positions;

/// <summary>What a running process says of how far it is.</summary>
public sealed class PositionsTests(SharedServers servers)
{
    private const string Schema = "CREATE TABLE item (id int PRIMARY KEY, v varchar(20)) ENGINE=InnoDB; INSERT INTO item VALUES (1, 'a')";

    [Fact]
    public async Task Lags_and_retention_are_told_apart_MariaDb()
    {
        var server = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item"));
        await TellAsync(sync, server.RootConnectionString);
    }

    [Fact]
    public async Task Lags_and_retention_are_told_apart_MySql()
    {
        var server = await servers.MySqlAsync(TestContext.Current.CancellationToken);
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, TestSync.Subscribe("item"));
        await TellAsync(sync, server.ConnectionString(null));
    }

    private static async Task TellAsync(TestSync sync, string root)
    {
        var before = (await TestSync.RowsAsync(root, "SELECT @@GLOBAL.binlog_expire_logs_seconds"))[0];
        await TestSync.ExecuteAsync(root, "SET GLOBAL binlog_expire_logs_seconds = 7200");
        try
        {
            await using var process = await CdcProcess.StartAsync(
                sync, new("Cdc__Heartbeat__Table", "strangler_heartbeat"), new("Cdc__Heartbeat__Milliseconds", "50"), new("Cdc__Retention__CheckSeconds", "1"));
            await process.ReadyAsync();
            await sync.AtTargetAsync("CREATE TABLE projection_checkpoint (name varchar(64) PRIMARY KEY, sequence bigint, position json, projected_at datetime(6)); INSERT INTO projection_checkpoint SELECT 'p', sequence + 1000, position, NOW(6) FROM cdc_checkpoint");
            await sync.AtSourceAsync("UPDATE item SET v = 'b'");

            JsonNode positions = null!, service = null!;
            await Eventually.TrueAsync(
                async () =>
                {
                    positions = (await process.Client.GetFromJsonAsync<JsonNode>("/positions", TestContext.Current.CancellationToken))!;
                    service = positions["services"]![0]!;
                    return service["lag"]!["visible"] is not null && service["lag"]!["eventMilliseconds"] is not null && positions["retention"]?["oldestAt"] is not null
                        && service["lag"]!["bytes"]!.GetValue<long>() == 0 && service["lag"]!["transactions"]!.GetValue<long>() == 0;
                },
                "all lags are known", TestContext.Current.CancellationToken);
            var lag = service["lag"]!;
            lag["heartbeatMilliseconds"]!.GetValue<double>().Should().BePositive();
            lag["mirrorMilliseconds"]!.GetValue<double>().Should().BePositive();
            lag["visible"]!["by"]!.GetValue<string>().Should().Be("heartbeat");
            lag["visible"]!["p50"]!.GetValue<double>().Should().BePositive().And.BeLessThanOrEqualTo(lag["visible"]!["p99"]!.GetValue<double>());
            service["tables"]![0]!["appliedAt"].Should().NotBeNull();
            (await TestSync.RowsAsync(sync.Source, "SELECT beat > 0 FROM strangler_heartbeat")).Should().Equal("1");

            var retention = positions["retention"]!;
            retention["expireHours"]!.GetValue<double>().Should().Be(2);
            retention["hoursLeft"]!.GetValue<double>().Should().BeInRange(1.5, 2);
            retention["neededFile"]!.GetValue<string>().Should().Be(service["applied"]!["file"]!.GetValue<string>());
            (await process.Client.GetStringAsync("/health/ready", TestContext.Current.CancellationToken)).Should().Contain("Degraded", "two hours are less than twelve");

            await AwaitAsync(process, service["applied"]!);
        }
        finally
        {
            await TestSync.ExecuteAsync(root, $"SET GLOBAL binlog_expire_logs_seconds = {before}");
        }
    }

    private static async Task AwaitAsync(CdcProcess process, JsonNode applied)
    {
        (await StatusAsync(new { service = "catalog", until = "applied" })).Should().Be(HttpStatusCode.OK);
        (await StatusAsync(new { service = "catalog", tables = new[] { "item" } })).Should().Be(HttpStatusCode.OK);
        (await StatusAsync(new { service = "catalog", tables = new[] { "stranger" } })).Should().Be(HttpStatusCode.NotFound);
        (await StatusAsync(new { service = "catalog", until = "whenever" })).Should().Be(HttpStatusCode.BadRequest);
        (await StatusAsync(new { service = "catalog", position = applied })).Should().Be(HttpStatusCode.OK);
        var future = applied.DeepClone();
        // Beyond any file that other tests over the same server may begin meanwhile.
        future["file"] = applied["file"]!.GetValue<string>().Split('.')[0] + ".999999";
        future["gtid"] = null;
        (await StatusAsync(new { service = "catalog", position = future, timeoutMs = 100 })).Should().Be(HttpStatusCode.GatewayTimeout);

        async Task<HttpStatusCode> StatusAsync(object body) => (await process.Client.PostAsJsonAsync("/await", body, TestContext.Current.CancellationToken)).StatusCode;
    }
}
