using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Strangler.Cli.Tests.Replaying;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strangler-replay-").FullName;

    [Fact]
    public async Task Replay_HandsOverTheLogsRequests_NamesWhatIsMalformed_AndTellsWhatDiffers()
    {
        await using var control = await FacadeAsync(different: 1);
        var log = Write("access.log", Line("GET", "/a"), "garbage", Line("GET", "/b"), "", Line("POST", "/c"));

        var run = await Cli.RunAsync("replay", log, "--rate", "1000", "--methods", "get", "--slice", "s", "--store-url", "https://shop.example", "--control", control.Url);

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("4 lines").And.Contain("access.log:2: not the combined format").And.Contain("1 malformed").And.MatchRegex(@"\$\.price\s+value").And.Contain("GET /a");
        Targets(control).Should().Equal("/a", "/b", "/c");
        var begin = JsonNode.Parse(control.Requests.First().Body)!;
        (begin["reason"]!.ToString(), begin["methods"]!.ToJsonString(), begin["slices"]!.ToJsonString(), begin["storeUrl"]!.ToString())
            .Should().Be(("replay of access.log", """["GET"]""", """["s"]""", "https://shop.example/"));
        control.Requests.Last().Method.Should().Be("DELETE");
    }

    [Fact]
    public async Task Replay_AllTheSame_IsExitCode0_AndJsonIsAllThatComesOut()
    {
        await using var control = await FacadeAsync(different: 0);
        var log = Path.Combine(_folder, "access.log.1.gz");
        await using (var file = new GZipStream(File.Create(log), CompressionLevel.Fastest))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(Line("GET", "/a") + "\n" + Line("GET", "/b") + "\n"), TestContext.Current.CancellationToken);
        }

        var run = await Cli.RunAsync("replay", log, Write("more.log", Line("GET", "/c")), "--rate", "1000", "--limit", "2", "--json", "--control", control.Url);

        run.ExitCode.Should().Be(0, run.Error);
        JsonNode.Parse(run.Output)!["replay"]!["slices"]![0]!["compared"]!.GetValue<int>().Should().Be(2);
        Targets(control).Should().Equal("/a", "/b");
    }

    [Fact]
    public async Task Replay_NothingOfASlice_SaysSo()
    {
        await using var control = await FacadeAsync(different: null);

        var run = await Cli.RunAsync("replay", Write("access.log", Line("GET", "/a")), "--control", control.Url);

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("Nothing was compared.").And.Contain("was left out");
    }

    [Fact]
    public async Task Replay_LogThatIsNotThere_IsSaidAndTheRunIsEnded()
    {
        await using var control = await FacadeAsync(different: 0);

        var run = await Cli.RunAsync("replay", Path.Combine(_folder, "none.log"), "--control", control.Url);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("none.log cannot be read");
    }

    [Theory]
    [InlineData("--rate", "0")]
    [InlineData("--rate", "fast")]
    [InlineData("--against", "shop")]
    [InlineData("--concurrency", "1000")]
    public async Task Replay_ImpossibleOptions_AreWrongUse(string option, string value)
    {
        var run = await Cli.RunAsync("replay", "access.log", option, value);

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain($"{option} takes");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Line(string method, string target) => $"""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "{method} {target} HTTP/1.1" 200 5 "-" "curl/8.0" """.TrimEnd();

    private static IEnumerable<string> Targets(FakeServer control) =>
        control.Requests.Where(asked => asked.Target.EndsWith("/requests", StringComparison.Ordinal))
            .SelectMany(asked => JsonNode.Parse(asked.Body)!["requests"]!.AsArray().Select(request => request!["target"]!.ToString()));

    private string Write(string name, params string[] lines)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllLines(file, lines);
        return file;
    }

    // Everything is answered at once; null: nothing is of a slice.
    private static Task<FakeServer> FacadeAsync(int? different)
    {
        var slices = different is null ? "[]" : $$"""
            [{"slice":"s","since":"2026-01-05T10:00:00Z","compared":2,"different":{{different}},"noisy":0,"raced":0,"dropped":0,"uncomparable":0,"noiseCompared":0,"rate":0.5,
              "groups":{{(different == 0 ? "[]" : """
                [{"path":"$.price","kind":"value","count":1,"noiseCount":0,"isNoise":false,"samples":[{"request":"GET /a","magento":"34","service":"43"}]}]
                """)}}}]
            """;
        var asked = different is null ? 0 : 2;
        return FakeServer.StartAsync(201, $$"""{"id":"r1","requests":2,"pending":0,"asked":{{asked}},"ofNoSlice":1,"unsafe":1,"declined":0,"slices":{{slices}}}""");
    }
}
