using System.CommandLine;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Testing;

/// <summary><c>bench</c>: builds the benchmarks and hands everything after the name to them.</summary>
internal static class BenchCommand
{
    private static readonly Dictionary<string, string> Nothing = [];

    public static Command Create(CliContext context)
    {
        var arguments = new Argument<string[]>("NAME") { Description = "Which bench, and its own options such as --json; without a name they are listed.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("bench", "Measures, side by side with others.") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellationToken) => BuiltTool.RunAsync(
            context, "the benchmarks", "Strangler.Benchmarks", parsed.Tokens.Skip(1).Select(token => token.Value), Nothing, cancellationToken));
        return command;
    }
}
