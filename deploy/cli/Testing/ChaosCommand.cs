using System.CommandLine;
using System.Globalization;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Packages;

namespace Strangler.Cli.Testing;

/// <summary><c>chaos</c>: the failure suite for as long as one likes; <c>test</c> runs a short one.</summary>
internal static class ChaosCommand
{
    private static readonly Requirement[] Needs = [Requirement.MariaDb, Requirement.MariaDbClient, Requirement.FakeTime, Requirement.Redis];

    public static Command Create(CliContext context)
    {
        var pairs = new Option<int>("--pairs") { Description = "How many pairs of faults at once.", DefaultValueFactory = _ => 40 };
        var seconds = new Option<int>("--seconds") { Description = "How long each fault lasts.", DefaultValueFactory = _ => 10 };
        var seed = new Option<int?>("--seed") { Description = "Which pairs, so that a run can be had again. Default: another each time, and said." };
        var install = new Option<bool>("--no-install") { Description = "Do not install missing system packages." };
        var command = new Command("chaos", "Breaks every part of a private copy of the system under load, alone and in pairs, and watches the shoppers.") { pairs, seconds, seed, install };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!parsed.GetValue(install))
            {
                await new SystemPackages(context).EnsureAsync(Needs, cancellationToken);
            }

            var chosen = parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000);
            context.Output.WriteLine($"seed {chosen}: the same again with --seed {chosen}");
            var environment = new Dictionary<string, string>
            {
                ["STRANGLER_CHAOS_PAIRS"] = Text(parsed.GetValue(pairs)),
                ["STRANGLER_CHAOS_SECONDS"] = Text(parsed.GetValue(seconds)),
                ["STRANGLER_CHAOS_SEED"] = Text(chosen),
            };
            return await BuiltTool.RunAsync(context, "the failure suite", "Strangler.Chaos.Tests", ["-showLiveOutput"], environment, cancellationToken);
        });
        return command;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
