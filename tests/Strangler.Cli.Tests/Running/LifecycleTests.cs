using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Strangler.Cli.Processes;
using Strangler.Cli.Running;

namespace Strangler.Cli.Tests.Running;

/// <summary>What a person meets when something is in the way.</summary>
public class LifecycleTests
{
    [Fact]
    public async Task Up_WithPortsTaken_NamesThePortTheProcessAndTheOption()
    {
        using var clone = new EmptyClone();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var run = await Cli.RunAsync([], ["up", "--no-build", "--control-port", $"{port}", .. OtherPorts()], clone.Root);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain($"Port {port}").And.Contain($"({Environment.ProcessId})").And.Contain("--control-port");
        File.Exists(clone.Run("state.json")).Should().BeFalse();
    }

    [Fact]
    public async Task Up_WithADamagedState_SaysWhatToDo_AndDownMendsIt()
    {
        using var clone = new EmptyClone();
        await File.WriteAllTextAsync(clone.Run("state.json"), "{\"startedAt", TestContext.Current.CancellationToken);

        var up = await Cli.RunAsync([], ["up", "--no-build"], clone.Root);
        var down = await Cli.RunAsync([], ["down"], clone.Root);

        up.ExitCode.Should().Be(1);
        up.Error.Should().Contain("state.json is damaged").And.Contain("./strangler down");
        down.ExitCode.Should().Be(0);
        File.Exists(clone.Run("state.json")).Should().BeFalse();
    }

    [Fact]
    public async Task Up_Twice_SaysWhereItRuns()
    {
        using var clone = new EmptyClone();
        Write(clone, ProcessIdentity.Of(Environment.ProcessId)!);

        var run = await Cli.RunAsync([], ["up", "--no-build"], clone.Root);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("Already running").And.Contain("http://127.0.0.1:8080/").And.Contain("./strangler down");
    }

    [Fact]
    public async Task Up_WhileAnotherIsAtWork_SaysSo()
    {
        using var clone = new EmptyClone();
        using var other = new RunStateStore(new Strangler.Cli.CommandLine.RepositoryLayout(clone.Root)).Lock();

        var run = await Cli.RunAsync([], ["up", "--no-build"], clone.Root);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("Another ./strangler up or down");
    }

    [Fact]
    public async Task Status_OfAPidThatIsAnotherProcessNow_IsEnded()
    {
        using var clone = new EmptyClone();
        Write(clone, ProcessIdentity.Of(Environment.ProcessId)! with { StartTicks = 1 });

        var run = await Cli.RunAsync([], ["status", "--json"], clone.Root);

        run.ExitCode.Should().Be(1);
        using var report = JsonDocument.Parse(run.Output);
        var process = report.RootElement.GetProperty("processes")[0];
        process.GetProperty("running").GetBoolean().Should().BeFalse();
        process.GetProperty("fault").GetString().Should().Be("has ended");
    }

    [Fact]
    public async Task Status_OfNothing_SaysSo()
    {
        using var clone = new EmptyClone();

        var text = await Cli.RunAsync([], ["status"], clone.Root);
        var json = await Cli.RunAsync([], ["status", "--json"], clone.Root);

        text.ExitCode.Should().Be(1);
        text.Output.Should().Contain("./strangler up");
        JsonDocument.Parse(json.Output).RootElement.GetProperty("up").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task Status_HasEveryProcessAndEveryLag()
    {
        using var clone = new EmptyClone();
        await using var process = await FakeServer.StartAsync(request => request.Path == "/positions"
            ? (200, "application/json", """{"services":[{"service":"catalog","state":"streaming","lag":{"bytes":0,"transactions":0,"milliseconds":3.2},"tables":[{"name":"a","state":"streaming","rows":5}]}]}""")
            : (200, "application/json", "{}"));
        Write(clone, ProcessIdentity.Of(Environment.ProcessId)!, process.Url);

        var run = await Cli.RunAsync([], ["status"], clone.Root);

        run.ExitCode.Should().Be(0, run.Error);
        run.Output.Should().MatchRegex($@"proxy\s+{process.Url}\s+yes\s+{Environment.ProcessId}").And.MatchRegex(@"catalog\s+streaming\s+3\.2 ms\s+0 bytes, 0 transactions\s+1 of 1");
    }

    [Fact]
    public async Task Status_ThatIsNotReady_SaysWhy()
    {
        using var clone = new EmptyClone();
        await using var process = await FakeServer.StartAsync(503, """{"status":"Unhealthy","checks":[{"name":"db","status":"Unhealthy","description":"the database is away"}]}""");
        Write(clone, ProcessIdentity.Of(Environment.ProcessId)!, process.Url);

        var run = await Cli.RunAsync([], ["status"], clone.Root);

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("the database is away");
    }

    [Fact]
    public async Task Logs_OfOneProcess_AreItsLastLines()
    {
        using var clone = new EmptyClone();
        await File.WriteAllLinesAsync(clone.Run("logs", "proxy.log"), ["one", "two", "three"], TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(clone.Run("logs", "demo.log"), ["[four]"], TestContext.Current.CancellationToken);

        (await Cli.RunAsync([], ["logs", "proxy", "-n", "2"], clone.Root)).Output.Should().Be("two\nthree\n");
        (await Cli.RunAsync([], ["logs", "-n", "1"], clone.Root)).Output.Should().Be("demo  [four]\nproxy three\n");
        (await Cli.RunAsync([], ["logs", "nobody"], clone.Root)).Error.Should().Contain("demo, proxy");
    }

    private static void Write(EmptyClone clone, ProcessIdentity identity, string url = "http://127.0.0.1:1/")
    {
        var store = new RunStateStore(new Strangler.Cli.CommandLine.RepositoryLayout(clone.Root));
        var ports = Ports.Default with { CdcSync = new Uri(url).Port };
        store.Write(new RunState(DateTimeOffset.UnixEpoch, ports, "http://127.0.0.1:8081/", true,
            [new RunningProcess("proxy", url, $"{url}health/ready", identity.Pid, identity.StartTicks, "/dev/null")]));
    }

    private static string[] OtherPorts() =>
    [
        "--storefront-port", $"{FreePort.Next()}", "--store-port", $"{FreePort.Next()}", "--catalog-port", $"{FreePort.Next()}",
        "--cdc-port", $"{FreePort.Next()}", "--database-port", $"{FreePort.Next()}",
    ];
}
