using System.Diagnostics;
using Strangler.Cli.Building;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Testing;

/// <summary>Builds a project of <c>tests/</c> and runs it in the foreground, on this terminal.</summary>
internal static class BuiltTool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(
        CliContext context, string what, string project, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        await new SolutionBuild(context).BuildAsync($"build {what}", context.Repository.In("tests", project), cancellationToken);
        var start = new ProcessStartInfo(SolutionBuild.Dotnet, [context.Repository.BuiltAssembly(project), .. arguments]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new CliFault($"{project} did not start.");
        // Ctrl-C in the terminal reaches it as well; a signal to us alone is passed on as a kill.
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await new ProcessIdentity(process.Id, ProcessIdentity.Of(process.Id)?.StartTicks ?? 0).StopAsync(Patience, context.Time);
            return ExitCode.Interrupted;
        }

        return process.ExitCode;
    }
}
