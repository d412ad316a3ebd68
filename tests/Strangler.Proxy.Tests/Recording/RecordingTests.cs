using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Strangler.Proxy.Recording;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Recording;

public sealed class RecordingTests(ControlDatabase database) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strangler-recording-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "new", "requests.ndjson");

    [Fact]
    public async Task Recording_WritesWhatAStoresAnswersDependOn_Masked()
    {
        await using var facade = await StartAsync("--Recording:SampleRate=1");

        await facade.AskAsync("/rest/V1/guest-carts/0123456789abcdef0123456789abcdef/items?email=jane%40example.com&x=1", Cancelled, headers: [
            ("Authorization", "Bearer secret-token"), ("Cookie", "PHPSESSID=abc; X-Magento-Vary=v1; store=de"), ("Store", "de"), ("X-Custom", "no")]);

        var line = (await LinesAsync(1))[0];
        line.Should().NotContain("jane").And.NotContain("secret").And.NotContain("0123456789abcdef").And.NotContain("abc;");
        using var request = JsonDocument.Parse(line);
        request.RootElement.GetProperty("method").GetString().Should().Be("GET");
        request.RootElement.GetProperty("target").GetString().Should().Be("/rest/V1/guest-carts/***/items?email=***&x=1");
        var fields = request.RootElement.GetProperty("headers").EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString());
        fields.Should().Contain("Cookie", "PHPSESSID=***; X-Magento-Vary=v1; store=de").And.Contain("Store", "de").And.Contain("Authorization", "Bearer ***").And.NotContainKey("X-Custom");
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.GetUnixFileMode(File).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Recording_BeginsANewFile_AndKeepsSoMany()
    {
        await using var facade = await StartAsync("--Recording:SampleRate=1", "--Recording:MaxFileBytes=1024", "--Recording:MaxFiles=3");

        for (var i = 0; i < 60; i++)
        {
            await facade.AskAsync($"/page/{i}", Cancelled);
        }

        await Eventually.TrueAsync(() => Task.FromResult(System.IO.File.Exists(File) && Read(File).Contains("/page/59", StringComparison.Ordinal)), "the last one is written", Cancelled);
        Directory.GetFiles(Path.GetDirectoryName(File)!).Select(Path.GetFileName).Should().BeEquivalentTo("requests.ndjson", "requests.ndjson.1", "requests.ndjson.2");
        Directory.GetFiles(Path.GetDirectoryName(File)!).Should().AllSatisfy(file => new FileInfo(file).Length.Should().BeLessThanOrEqualTo(1024));
    }

    [Fact]
    public async Task Recording_DiskThatTakesNothing_IsNoMatterForShoppers()
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, "new"), "a file where a folder should be", Cancelled);
        await using var facade = await StartAsync("--Recording:SampleRate=1");

        (await facade.AskAsync("/any", Cancelled)).Status.Should().Be(System.Net.HttpStatusCode.OK);

        var recorder = facade.Services.GetRequiredService<RequestRecorder>();
        await Eventually.TrueAsync(() => Task.FromResult(recorder.Dropped > 0), "it is counted", Cancelled);
    }

    [Theory]
    [InlineData("--Recording:SampleRate=0")]
    [InlineData("--Recording:MaxFiles=0")]
    public async Task Recording_ImpossibleSettings_AreRefusedAtStart(string setting)
    {
        var start = async () => await StartAsync(setting);

        await start.Should().ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<FacadeUnderTest> StartAsync(params string[] settings) =>
        await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled, null, [$"--Recording:File={File}", .. settings]);

    private async Task<string[]> LinesAsync(int count)
    {
        string[] lines = [];
        await Eventually.TrueAsync(() => Task.FromResult(System.IO.File.Exists(File) && (lines = Read(File).Split('\n', StringSplitOptions.RemoveEmptyEntries)).Length >= count), "it is written", Cancelled);
        return lines;
    }

    private static string Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
