using System.CommandLine;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Running;

internal static class LogsCommand
{
    public static Command Create(CliContext context)
    {
        var process = new Argument<string?>("PROCESS") { Description = "Only this one, such as proxy or cdc-sync.", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as lines come, until Ctrl-C." };
        var lines = new Option<int>("--lines", "-n") { Description = "How many lines of each log to begin with.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var command = new Command("logs", "What the processes have logged.") { process, follow, lines };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(process), parsed.GetValue(follow), parsed.GetValue(lines), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string? name, bool follow, int lines, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(context.Repository.RunFolder, "logs");
        var logs = (Directory.Exists(folder) ? Directory.GetFiles(folder, "*.log") : [])
            .Order(StringComparer.Ordinal).Select(file => (Name: Path.GetFileNameWithoutExtension(file), File: file)).ToList();
        if (logs.Count == 0)
        {
            throw new CliFault("There are no logs: nothing was started yet. Start it: ./strangler up");
        }

        if (name is not null && !logs.Exists(log => log.Name == name))
        {
            throw new CliFault($"There is no log of {name}. There are: {string.Join(", ", logs.Select(log => log.Name))}");
        }

        var follower = new LogFollower(context, [.. logs.Where(log => name is null || log.Name == name)], prefix: name is null);
        follower.PrintTail(lines);
        if (follow)
        {
            try
            {
                await follower.FollowAsync(() => true, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how one ends this.
            }
        }

        return ExitCode.Done;
    }
}
