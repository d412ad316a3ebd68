using System.Text.Json.Nodes;

namespace Strangler.Cli.Tests.Control;

public class ControlCommandsTests
{
    private const string Slice = """
        {"id":"catalog.product.get","title":"Product","service":"catalog","stage":"canary","percent":12.5,"version":4,"matches":[{"methods":["GET"],"path":"/rest/{storeCode?}/V1/products/{sku}"}],
         "tables":["catalog_product_entity"],"lag":{"milliseconds":3.25,"state":"streaming"},
         "stats":{"magento":{"requests":80,"errors":1,"p95":101.5},"extracted":{"requests":20,"errors":0,"p95":2.5},"fallbacks":{"timeout":2,"refused":1},"reasons":{}}}
        """;

    [Fact]
    public async Task Slices_AreATable()
    {
        await using var control = await FakeServer.StartAsync(200, $$"""{"version":4,"killSwitch":false,"slices":[{{Slice}}]}""");

        var run = await Cli.RunAsync("slices", "--control", control.Url);

        run.ExitCode.Should().Be(0);
        run.Output.Should().MatchRegex(@"catalog\.product\.get\s+canary 12\.5 %\s+catalog\s+100\s+20\s+1\s+3\s+101\.5 ms\s+2\.5 ms\s+3\.\d ms\s+4");
        control.Requests.Should().ContainSingle().Which.Target.Should().Be("/api/slices");
    }

    [Fact]
    public async Task Slices_SayThatTheKillSwitchIsOn()
    {
        await using var control = await FakeServer.StartAsync(200, """{"version":4,"killSwitch":true,"slices":[]}""");

        (await Cli.RunAsync("slices", "--control", control.Url)).Output.Should().Contain("kill switch is on");
    }

    [Fact]
    public async Task Json_IsWhatTheApiGave()
    {
        await using var control = await FakeServer.StartAsync(200, Slice);

        var run = await Cli.RunAsync("slices", "catalog.product.get", "--json", "--control", control.Url);

        JsonNode.DeepEquals(JsonNode.Parse(run.Output), JsonNode.Parse(Slice)).Should().BeTrue();
        run.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task Slice_NamesWhatIsLostOnTheWay()
    {
        await using var control = await FakeServer.StartAsync(200, Slice.Replace("\"stats\"", "\"losses\":[\"a.price: 15 digits\",\"a.at: zero dates\"],\"stats\"", StringComparison.Ordinal));

        var run = await Cli.RunAsync("slices", "catalog.product.get", "--control", control.Url);

        run.Output.Should().MatchRegex(@"lost\s+a\.price: 15 digits").And.MatchRegex(@"lost\s+a\.at: zero dates");
    }

    [Fact]
    public async Task Promote_SendsStagePercentReasonAndVersion()
    {
        await using var control = await FakeServer.StartAsync(200, Slice);

        var run = await Cli.RunAsync(
            "promote", "catalog.product.get", "--to", "canary", "--percent", "12.5", "--reason", "a first look", "--expected-version", "3", "--control", control.Url, "--key", "secret");

        run.ExitCode.Should().Be(0);
        run.Output.Trim().Should().Be("catalog.product.get is canary 12.5 % (version 4).");
        var asked = control.Requests.Should().ContainSingle().Subject;
        (asked.Method, asked.Target, asked.Authorization).Should().Be(("POST", "/api/slices/catalog.product.get/stage", "Bearer secret"));
        JsonNode.DeepEquals(JsonNode.Parse(asked.Body), JsonNode.Parse("""{"stage":"canary","reason":"a first look","expectedVersion":3,"percent":12.5}""")).Should().BeTrue();
    }

    [Fact]
    public async Task Rollback_GoesToLegacy()
    {
        await using var control = await FakeServer.StartAsync(200, Slice);

        await Cli.RunAsync("rollback", "catalog.product.get", "--reason", "prices differ", "--control", control.Url);

        JsonNode.Parse(control.Requests.Should().ContainSingle().Subject.Body)!["stage"]!.ToString().Should().Be("legacy");
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("off", false)]
    public async Task Kill_TurnsTheSwitch(string state, bool on)
    {
        await using var control = await FakeServer.StartAsync(200, $$"""{"on":{{(on ? "true" : "false")}},"changed":true}""");

        var run = await Cli.RunAsync("kill", state, "--reason", "test", "--control", control.Url);

        run.ExitCode.Should().Be(0);
        JsonNode.Parse(control.Requests.Should().ContainSingle().Subject.Body)!["on"]!.GetValue<bool>().Should().Be(on);
    }

    [Fact]
    public async Task Explain_SendsTheRequest_AndShowsWhatDecided()
    {
        await using var control = await FakeServer.StartAsync(
            200, """{"slice":"catalog.product.get","side":"magento","reason":"notInCohort","steps":[{"rule":"killSwitch","finding":"off","decides":false},{"rule":"cohort","finding":"not in","decides":true}]}""");

        var run = await Cli.RunAsync(
            "explain", "get", "/rest/V1/products/a%2Fb", "-H", "Cookie: a=1", "-H", "Cookie: b=2", "-H", "X-T: 2026-01-01T10:00:00", "--client", "10.0.0.1", "--control", control.Url);

        run.Output.Should().Contain("magento answers (notInCohort)").And.MatchRegex(@"=>\s+cohort\s+not in");
        var body = JsonNode.Parse(control.Requests.Should().ContainSingle().Subject.Body)!;
        body["method"]!.ToString().Should().Be("GET");
        body["url"]!.ToString().Should().Be("/rest/V1/products/a%2Fb");
        body["headers"]!["Cookie"]!.ToString().Should().Be("a=1; b=2");
        body["headers"]!["X-T"]!.ToString().Should().Be("2026-01-01T10:00:00");
        body["clientAddress"]!.ToString().Should().Be("10.0.0.1");
    }

    [Fact]
    public async Task Audit_IsATable()
    {
        await using var control = await FakeServer.StartAsync(
            200, """{"entries":[{"id":7,"at":"2026-01-31T10:00:00.5+00:00","who":"anna","action":"stage","slice":"catalog.product.get","from":{"stage":"legacy"},"to":{"stage":"canary","percent":5},"reason":"first"}]}""");

        var run = await Cli.RunAsync("audit", "--limit", "5", "--control", control.Url);

        run.Output.Should().MatchRegex(@"7\s+2026-01-31 10:00:00Z\s+anna\s+stage\s+catalog\.product\.get\s+legacy\s+canary 5 %\s+first");
        control.Requests.Should().ContainSingle().Which.Target.Should().Be("/api/audit?limit=5");
    }

    [Theory]
    [InlineData(409, """{"title":"Somebody was faster","detail":"It is at version 5."}""", "Somebody was faster. It is at version 5. (409)")]
    [InlineData(401, """{"title":"Who are you?"}""", "Who are you? Give the key by --key KEY or STRANGLER_KEY. (401)")]
    [InlineData(400, """{"title":"Bad","errors":{"percent":["Not a number."]}}""", "Bad. percent: Not a number. (400)")]
    [InlineData(502, "<html>", "answered 502")]
    public async Task Refusal_IsReadable_AndExitCode1(int status, string body, string message)
    {
        await using var control = await FakeServer.StartAsync(status, body, "application/problem+json");

        var run = await Cli.RunAsync("rollback", "catalog.product.get", "--reason", "x", "--control", control.Url);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain(message);
        run.Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("hello")]
    [InlineData("{}")]
    public async Task AnotherServer_IsSaidToBeOne(string body)
    {
        await using var other = await FakeServer.StartAsync(200, body);

        var run = await Cli.RunAsync("kill", "on", "--reason", "x", "--control", other.Url);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("not").And.Contain("control API").And.NotContain("unexpected");
    }

    [Fact]
    public async Task Nobody_IsSaidToBeNobody()
    {
        var run = await Cli.RunAsync("slices", "--control", $"http://127.0.0.1:{FreePort.Next()}");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("does not answer").And.Contain("--control");
    }

    [Fact]
    public async Task AddressAndKey_ComeFromTheEnvironment()
    {
        await using var control = await FakeServer.StartAsync(200, """{"version":0,"killSwitch":false,"slices":[]}""");

        var run = await Cli.RunAsync(new Dictionary<string, string> { ["STRANGLER_CONTROL"] = control.Url, ["STRANGLER_KEY"] = "secret" }, ["slices"]);

        run.ExitCode.Should().Be(0);
        control.Requests.Should().ContainSingle().Which.Authorization.Should().Be("Bearer secret");
    }

    [Theory]
    [InlineData("promote", "a.b", "--to", "moon", "--reason", "x")]
    [InlineData("promote", "a.b", "--reason", "x")]
    [InlineData("promote", "a.b", "--to", "live")]
    [InlineData("promote", "a.b", "--to", "canary", "--percent", "101", "--reason", "x")]
    [InlineData("rollback", "--reason", "x")]
    [InlineData("kill", "maybe", "--reason", "x")]
    [InlineData("explain", "GET")]
    [InlineData("explain", "GET", "/", "-H", "nocolon")]
    [InlineData("audit", "--limit", "0")]
    [InlineData("slices", "--control", "not-an-address")]
    public async Task BadUse_IsExitCode2(params string[] arguments)
    {
        var run = await Cli.RunAsync(arguments);

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain($"{arguments[0]} --help");
    }
}
