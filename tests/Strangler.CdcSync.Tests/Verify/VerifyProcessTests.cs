using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Verify;

/// <summary>Verification over HTTP, by a process that is killed in the middle of it.</summary>
public sealed class VerifyProcessTests(SharedServers servers)
{
    private const string Schema =
        "CREATE TABLE item (id int PRIMARY KEY, v int) ENGINE=InnoDB; INSERT INTO item SELECT seq, seq FROM seq_1_to_5000; CREATE TABLE small (id int PRIMARY KEY) ENGINE=InnoDB";

    [Fact]
    public async Task A_run_goes_on_at_its_last_chunk_after_a_kill_and_its_result_is_in_the_positions()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item", "small"));
        await using var process = await CdcProcess.StartAsync(sync, new("Cdc__Verify__MaximumChunkRows", "100"), new("Cdc__Verify__RowsPerSecond", "2000"));
        await process.ReadyAsync();
        await sync.AtTargetAsync("UPDATE item SET v = 0 WHERE id IN (50, 4900)");

        using var ordered = await process.Client.PostAsJsonAsync("/verify", new { service = "catalog" }, TestContext.Current.CancellationToken);
        ordered.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var address = ordered.Headers.Location!.ToString();
        using var second = await process.Client.PostAsJsonAsync("/verify", new { service = "catalog" }, TestContext.Current.CancellationToken);
        second.StatusCode.Should().Be(HttpStatusCode.Conflict);
        await Eventually.TrueAsync(
            async () => (await TestSync.RowsAsync(sync.Target, "SELECT JSON_VALUE(progress, '$.rows') >= 500 FROM cdc_verify_table WHERE table_name = 'item'")) is ["1"],
            "some chunks are done", TestContext.Current.CancellationToken);
        await process.CrashAndRestartAsync();
        await process.ReadyAsync();

        JsonNode run = null!;
        await Eventually.TrueAsync(
            async () => (run = (await process.Client.GetFromJsonAsync<JsonNode>(address, TestContext.Current.CancellationToken))!)["state"]!.GetValue<string>() == "done",
            "the run is done", TestContext.Current.CancellationToken);
        run["result"]!.GetValue<string>().Should().Be("different");
        var item = run["tables"]![0]!;
        (item["rows"]!.GetValue<long>(), item["different"]!.GetValue<long>()).Should().Be((5000, 2), "no chunk was compared twice, and none left out");
        run["differences"]!.AsArray().Select(difference => difference!["key"]!["id"]!.GetValue<string>()).Should().Equal("50", "4900");

        var tables = (await process.Client.GetFromJsonAsync<JsonNode>("/positions", TestContext.Current.CancellationToken))!["services"]![0]!["tables"]!.AsArray();
        var verified = tables.First(table => table!["name"]!.GetValue<string>() == "item")!["verify"]!;
        (verified["state"]!.GetValue<string>(), verified["differences"]!.GetValue<long>(), verified["stale"]!.GetValue<bool>()).Should().Be(("different", 2, false));
    }

    [Fact]
    public async Task A_run_is_cancelled_and_orders_that_mean_nothing_are_refused()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item", "small"));
        await using var process = await CdcProcess.StartAsync(sync, new("Cdc__Verify__MaximumChunkRows", "50"), new("Cdc__Verify__RowsPerSecond", "100"));
        await process.ReadyAsync();
        (await StatusAsync(process, new { service = "nobody" })).Should().Be(HttpStatusCode.NotFound);
        (await StatusAsync(process, new { tables = new[] { "stranger" } })).Should().Be(HttpStatusCode.NotFound);
        (await StatusAsync(process, new { entity = "product" })).Should().Be(HttpStatusCode.NotFound);
        (await StatusAsync(process, new { key = "24-MB01" })).Should().Be(HttpStatusCode.BadRequest);
        (await process.Client.GetAsync("/verify/catalog-99", TestContext.Current.CancellationToken)).StatusCode.Should().Be(HttpStatusCode.NotFound);

        using var ordered = await process.Client.PostAsJsonAsync("/verify", new { tables = new[] { "item" } }, TestContext.Current.CancellationToken);
        var address = ordered.Headers.Location!.ToString();
        (await process.Client.PostAsync($"{address}/cancel", null, TestContext.Current.CancellationToken)).StatusCode.Should().Be(HttpStatusCode.Accepted);
        await Eventually.TrueAsync(
            async () => (await process.Client.GetFromJsonAsync<JsonNode>(address, TestContext.Current.CancellationToken))!["state"]!.GetValue<string>() == "cancelled",
            "cancelled", TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> StatusAsync(CdcProcess process, object body) =>
        (await process.Client.PostAsJsonAsync("/verify", body, TestContext.Current.CancellationToken)).StatusCode;
}
