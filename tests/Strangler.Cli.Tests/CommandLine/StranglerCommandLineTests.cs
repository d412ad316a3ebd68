namespace Strangler.Cli.Tests.CommandLine;

public class StranglerCommandLineTests
{
    [Theory]
    [InlineData]
    [InlineData("help")]
    [InlineData("--help")]
    public async Task Help_IsTheListOfVerbs(params string[] arguments)
    {
        var run = await Cli.RunAsync(arguments);

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("./strangler").And.Contain("test").And.NotContain("Strangler.Cli");
        run.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task Help_OfAVerb_IsThatVerbs()
    {
        var run = await Cli.RunAsync("help", "test");

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("--filter");
    }

    [Fact]
    public async Task UnknownVerb_IsUsage_AndShowsTheVerbs()
    {
        var run = await Cli.RunAsync("frobnicate");

        run.ExitCode.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.Error.Should().Contain("frobnicate").And.Contain("Commands:");
    }

    [Fact]
    public async Task UnknownOption_IsUsage()
    {
        var run = await Cli.RunAsync("test", "--frobnicate");

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("--frobnicate").And.Contain("test --help");
    }

    [Theory]
    [InlineData("./strangler ramp start --help", "ramp", "start")]
    [InlineData("./strangler switch cancel --help", "switch", "cancel", "cart.items")]
    [InlineData("./strangler cache purge --help", "cache", "purge", "--frobnicate")]
    public async Task WrongUseOfAVerbWithinAVerb_NamesBoth(string hint, params string[] arguments)
    {
        var run = await Cli.RunAsync(arguments);

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain($"Try: {hint}");
    }

    [Theory]
    [InlineData("./strangler switch cancel <SLICE> [options]", "switch", "cancel")]
    [InlineData("./strangler switch status <SLICE> [options]", "switch", "status")]
    [InlineData("./strangler ramp start <SLICE> [options]", "ramp", "start")]
    public async Task Help_OfAVerbWithinAVerb_ShowsWhatIsTyped(string usage, params string[] verb)
    {
        var run = await Cli.RunAsync([.. verb, "--help"]);

        run.ExitCode.Should().Be(0);
        run.Output.Split('\n').Select(line => line.Trim()).Should().Contain(usage);
        (await Cli.RunAsync(["help", .. verb])).Output.Should().Be(run.Output);
    }

    [Fact]
    public async Task UnknownSuite_NamesTheOnesThereAre()
    {
        var run = await Cli.RunAsync("test", "Nonsense", "--no-install", "--no-build");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("Nonsense").And.Contain("Proxy").And.Contain("Cli");
    }
}
