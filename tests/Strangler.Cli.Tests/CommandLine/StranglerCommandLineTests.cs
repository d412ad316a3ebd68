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

    [Fact]
    public async Task UnknownSuite_NamesTheOnesThereAre()
    {
        var run = await Cli.RunAsync("test", "Nonsense", "--no-install", "--no-build");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("Nonsense").And.Contain("Proxy").And.Contain("Cli");
    }
}
