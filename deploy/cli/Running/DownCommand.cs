using System.CommandLine;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Running;

internal static class DownCommand
{
    public static Command Create(CliContext context)
    {
        var delete = new Option<bool>("--delete-data") { Description = "Remove .run/ as well: databases, logs, stages. The next up begins anew." };
        var command = new Command("down", "Stops everything that up has started.") { delete };
        command.SetAction(async (parsed, _) =>
        {
            await RunAsync(context, parsed.GetValue(delete));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, bool delete)
    {
        var store = new RunStateStore(context.Repository);
        using (store.Lock())
        {
            var shutdown = new Shutdown(context, store);
            var state = store.TryRead();
            if (state is not null)
            {
                store.Write(state with { Stopping = true });
                await shutdown.StopAsync(state.Processes);
            }

            var rest = await shutdown.StopRestAsync();
            store.Clear();
            if (state is null && !rest)
            {
                context.Progress.Line("Nothing was running.");
            }
        }

        if (delete && Directory.Exists(context.Repository.RunFolder))
        {
            Directory.Delete(context.Repository.RunFolder, recursive: true);
            context.Progress.Line($"Removed {context.Repository.RunFolder}");
        }
    }
}
