using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Tests;

/// <summary>Runs the command line in this process and keeps what it printed.</summary>
internal sealed record Cli(int ExitCode, string Output, string Error)
{
    public static async Task<Cli> RunAsync(params string[] arguments) => await RunAsync([], arguments);

    public static async Task<Cli> RunAsync(Dictionary<string, string> environment, string[] arguments, string? root = null)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var context = new CliContext(output, error, new RepositoryLayout(root ?? RepositoryPaths.Root), interactive: false)
        {
            Environment = name => environment.GetValueOrDefault(name),
        };
        return new Cli(await StranglerCommandLine.RunAsync(arguments, context), output.ToString(), error.ToString());
    }
}
