using System.Text.Json.Nodes;

namespace Strangler.Cli.Tests.Verifying;

public sealed class VerifyCommandTests
{
    [Theory]
    [InlineData("equal", 0)]
    [InlineData("repaired", 0)]
    [InlineData("different", 1)]
    [InlineData("unknown", 2)]
    public async Task TheResultIsTheExitCode(string result, int code)
    {
        await using var cdc = await FakeServer.StartAsync(200, Run(result));

        var run = await Cli.RunAsync("verify", "item", "--service", "catalog", "--repair", "--cdc-sync", cdc.Url);

        run.ExitCode.Should().Be(code);
        run.Output.Should().Contain("SKU 24-MB01, store view de, attribute name: value is 'a' here, 'b' at the source").And.Contain("catalog-7");
        var asked = cdc.Requests.Should().ContainSingle().Subject;
        (asked.Method, asked.Target).Should().Be(("POST", "/verify"));
        JsonNode.DeepEquals(JsonNode.Parse(asked.Body), JsonNode.Parse("""{"repair":true,"service":"catalog","tables":["item"]}""")).Should().BeTrue();
    }

    [Fact]
    public async Task ASliceStandsForItsTablesAndService()
    {
        await using var cdc = await FakeServer.StartAsync(200, Run("equal"));

        await Cli.RunAsync("verify", "catalog.product.get", "--cdc-sync", cdc.Url);

        var body = JsonNode.Parse(cdc.Requests.Should().ContainSingle().Subject.Body)!;
        body["service"]!.ToString().Should().Be("catalog");
        body["tables"]!.AsArray().Select(table => table!.ToString()).Should().Contain("catalog_product_entity").And.HaveCountGreaterThan(40);
    }

    [Fact]
    public async Task JsonIsWhatCdcSyncGave()
    {
        await using var cdc = await FakeServer.StartAsync(200, Run("different"));

        var run = await Cli.RunAsync("verify", "--entities", "product", "--key", "24-MB01", "--json", "--cdc-sync", cdc.Url);

        run.ExitCode.Should().Be(1);
        JsonNode.DeepEquals(JsonNode.Parse(run.Output), JsonNode.Parse(Run("different"))).Should().BeTrue();
    }

    [Fact]
    public async Task NobodyThereIsCouldNot()
    {
        var run = await Cli.RunAsync("verify", "--cdc-sync", "http://127.0.0.1:1/");

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("does not answer").And.Contain("--cdc-sync");
    }

    private static string Run(string result) =>
        $$"""
        { "id": "catalog-7", "service": "catalog", "state": "done", "result": "{{result}}", "repair": false, "orderedAt": "2026-11-22T00:00:00Z", "finishedAt": "2026-11-22T00:00:01Z",
          "tables": [ { "name": "item", "state": "equal", "rows": 3, "estimate": 3, "chunks": 1, "missing": 0, "extra": 0, "different": 1, "repaired": 0, "unsettled": 0 } ],
          "differences": [ { "table": "item", "kind": "different", "key": { "id": "1" }, "columns": [], "repaired": false,
            "meaning": [ "SKU 24-MB01, store view de, attribute name: value is 'a' here, 'b' at the source" ] } ] }
        """;
}
