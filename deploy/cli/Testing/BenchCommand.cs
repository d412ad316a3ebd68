using System.CommandLine;
using Strangler.Cli.Building;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Testing;

/// <summary><c>bench</c>: builds the benchmarks and hands everything after the name to them.</summary>
internal static class BenchCommand
{
    public static Command Create(CliContext context)
    {
        var arguments = new Argument<string[]>("NAME") { Description = "Which bench, and its own options such as --json; without a name they are listed.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("bench", "Measures, side by side with others.") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await new SolutionBuild(context).BuildAsync("build the benchmarks", context.Repository.In("tests", "Strangler.Benchmarks"), cancellationToken);
            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
                SolutionBuild.Dotnet, [context.Repository.BuiltAssembly("Strangler.Benchmarks"), .. parsed.Tokens.Skip(1).Select(token => token.Value)]))
                ?? throw new CliFault("The benchmarks did not start.");
            // Ctrl-C in the terminal reaches it as well; a signal to us alone is passed on as a kill.
            try
            {
                await process.WaitForExitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                await new Processes.ProcessIdentity(process.Id, Processes.ProcessIdentity.Of(process.Id)?.StartTicks ?? 0).StopAsync(TimeSpan.FromSeconds(20), context.Time);
                return ExitCode.Interrupted;
            }

            return process.ExitCode;
        });
        return command;
    }
}
