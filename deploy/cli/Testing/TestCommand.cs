using System.CommandLine;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Testing;

internal static class TestCommand
{
    public static Command Create(CliContext context)
    {
        var suites = new Argument<string[]>("SUITE")
        {
            Description = "Only these test projects, such as Proxy or Cli; all when none is named.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        suites.Validators.Add(result =>
        {
            // An option that does not exist would otherwise be taken for a project.
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is { } unknown)
            {
                result.AddError($"Unrecognized option '{unknown.Value}'.");
            }
        });
        var filter = new Option<string?>("--filter") { Description = "Only tests whose full name has this text.", HelpName = "TEXT" };
        var noBuild = new Option<bool>("--no-build") { Description = "Run what the last build made." };
        var noInstall = new Option<bool>("--no-install") { Description = "Install nothing; tests whose programs are missing are skipped." };
        var command = new Command("test", "Builds the solution and runs every test; the last line is the sum.") { suites, filter, noBuild, noInstall };
        command.SetAction((parsed, cancellationToken) => new TestRun(context).RunAsync(
            parsed.GetValue(suites) ?? [],
            parsed.GetValue(filter),
            build: !parsed.GetValue(noBuild),
            install: !parsed.GetValue(noInstall),
            cancellationToken));
        return command;
    }
}
