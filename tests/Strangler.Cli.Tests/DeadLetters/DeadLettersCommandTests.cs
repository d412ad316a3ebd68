using System.Text.Json.Nodes;

namespace Strangler.Cli.Tests.DeadLetters;

public sealed class DeadLettersCommandTests
{
    private const string Letter =
        """
        { "id": 7, "service": "catalog", "table": "catalog_product_entity_varchar", "key": ["4711"], "position": { "server": "mariadb", "file": "b.000001", "offset": 4, "gtid": null },
          "reason": "Data too long for column 'value' at row 1", "row": { "value": "x" }, "attempts": 2, "createdAt": "2026-11-22T00:00:00+00:00", "lastAt": "2026-11-22T00:00:05+00:00" }
        """;

    [Fact]
    public async Task ListTellsThemAndThatThereAreSome()
    {
        await using var cdc = await FakeServer.StartAsync(200, $$"""{ "deadLetters": [ {{Letter}} ] }""");

        var run = await Cli.RunAsync("dead-letters", "list", "--service", "catalog", "--table", "a&b", "--cdc-sync", cdc.Url);

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("7").And.Contain("catalog_product_entity_varchar").And.Contain("4711").And.Contain("Data too long");
        cdc.Requests.Should().ContainSingle().Which.Target.Should().Be("/dead-letters?service=catalog&table=a%26b");
    }

    [Fact]
    public async Task NoneIsDone()
    {
        await using var cdc = await FakeServer.StartAsync(200, """{ "deadLetters": [] }""");

        var run = await Cli.RunAsync("dead-letters", "list", "--cdc-sync", cdc.Url);

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("No row is held back");
        JsonNode.Parse((await Cli.RunAsync("dead-letters", "list", "--json", "--cdc-sync", cdc.Url)).Output)!["deadLetters"]!.AsArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData("replay", "read again")]
    [InlineData("skip", "forgotten")]
    public async Task OneIsReplayedOrSkipped(string verb, string said)
    {
        await using var cdc = await FakeServer.StartAsync(202, Letter);

        var run = await Cli.RunAsync("dead-letters", verb, "7", "--service", "catalog", "--cdc-sync", cdc.Url);

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain(said).And.Contain("4711");
        var asked = cdc.Requests.Should().ContainSingle().Subject;
        (asked.Method, asked.Target).Should().Be(("POST", $"/dead-letters/7/{verb}?service=catalog"));
    }

    [Fact]
    public async Task WhatCdcSyncRefusesIsSaidInItsWords()
    {
        await using var cdc = await FakeServer.StartAsync(404, """{ "detail": "'catalog' has no dead letter 9." }""");

        var run = await Cli.RunAsync("dead-letters", "skip", "9", "--cdc-sync", cdc.Url);

        run.ExitCode.Should().NotBe(0);
        run.Error.Should().Contain("'catalog' has no dead letter 9.");
    }
}
