using System.Text.Json.Nodes;

namespace Strangler.Cli.Tests.Control;

public class GateCommandsTests
{
    private const string Gates = """
        {"slice":"catalog.product.get","stage":"shadow","percent":0,"target":{"stage":"canary","percent":1},"verdict":"fail",
         "gates":[{"metric":"parityField","verdict":"fail","value":0.001,"max":0.0003,"min":null,"samples":5000,"stale":false,"detail":"$.price (value) in 5 of 5000"},
                  {"metric":"dataDifferences","verdict":"inconclusive","value":0,"max":0,"min":null,"samples":1,"stale":true,"detail":"30 hours ago"}]}
        """;

    [Fact]
    public async Task Gates_OneFails_IsTold_AndTheExitCodeIs1()
    {
        await using var control = await FakeServer.StartAsync(200, Gates);

        var run = await Cli.RunAsync("gates", "catalog.product.get", "--to", "canary", "--control", control.Url);

        run.ExitCode.Should().Be(1);
        run.Output.Should().MatchRegex(@"parityField\s+fail\s+0\.001\s+≤ 0\.0003\s+5000\s+\$\.price").And.Contain("inconclusive (stale)").And.Contain("to canary 1 %");
        control.Requests.Should().ContainSingle().Which.Target.Should().Be("/api/slices/catalog.product.get/gates?to=canary");
    }

    [Fact]
    public async Task Gates_AllPass_IsExitCode0()
    {
        await using var control = await FakeServer.StartAsync(200, Gates.Replace("\"fail\"", "\"pass\"", StringComparison.Ordinal));

        (await Cli.RunAsync("gates", "catalog.product.get", "--control", control.Url)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Ramp_Start_SendsTheReason_AndTellsWhatItWaitsFor()
    {
        await using var control = await FakeServer.StartAsync(200, """
            {"slice":"catalog.product.get","state":"running","steps":[{"stage":"shadow","percent":0},{"stage":"canary","percent":5},{"stage":"live","percent":0}],
             "stage":"shadow","percent":0,"next":{"stage":"canary","percent":5},"waitsFor":"900 more comparisons","compared":100,"shadowComparisons":1000,"rollbacks":0,"note":"go","evaluator":"a:1"}
            """);

        var run = await Cli.RunAsync("ramp", "start", "catalog.product.get", "--reason", "go", "--control", control.Url);

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("running").And.Contain("canary 5 %").And.Contain("900 more comparisons");
        var asked = control.Requests.Should().ContainSingle().Subject;
        asked.Target.Should().Be("/api/slices/catalog.product.get/ramp");
        JsonNode.DeepEquals(JsonNode.Parse(asked.Body), JsonNode.Parse("""{"action":"start","reason":"go"}""")).Should().BeTrue();
    }

    [Fact]
    public async Task Evidence_CheckOfAFile_SendsIt_AndATamperedOneIsExitCode1()
    {
        await using var control = await FakeServer.StartAsync(200, """{"valid":false,"detail":"not as it was signed"}""");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"id":1,"document":{"who":"ada"},"signature":{"algorithm":"HMAC-SHA256","keyId":"k","value":"v"}}""", TestContext.Current.CancellationToken);

        var run = await Cli.RunAsync("evidence", "check", file, "--control", control.Url);
        File.Delete(file);

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("not valid");
        JsonNode.Parse(control.Requests.Should().ContainSingle().Subject.Body)!["document"]!["who"]!.ToString().Should().Be("ada");
    }

    [Fact]
    public async Task Promote_Refused_NamesTheGate_AndOverrideIsSent()
    {
        await using var control = await FakeServer.StartAsync(409, """{"title":"Gate parity does not pass","detail":"parity is inconclusive","gates":[]}""");

        var run = await Cli.RunAsync("promote", "catalog.product.get", "--to", "live", "--override", "--reason", "now", "--control", control.Url);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("Gate parity does not pass");
        JsonNode.Parse(control.Requests.Should().ContainSingle().Subject.Body)!["override"]!.GetValue<bool>().Should().BeTrue();
    }
}
