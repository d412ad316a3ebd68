using Strangler.Cli.CommandLine;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Running;

/// <summary>Ends what was started, the last one first, each in its own time.</summary>
internal sealed class Shutdown(CliContext context, RunStateStore store)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public Task StopAsync(IReadOnlyList<RunningProcess> processes) => context.Progress.StepAsync("stop everything", async report =>
    {
        foreach (var process in processes.Reverse())
        {
            report(process.Name);
            await process.Identity.StopAsync(Limit, context.Time);
        }

        store.Clear();
    });

    /// <summary>Whatever still carries this clone's mark, known or not; returns whether there was anything.</summary>
    public async Task<bool> StopRestAsync()
    {
        var stopped = await MarkedProcesses.StopAsync(store.Mark, Limit, context.Time);
        if (stopped.Count > 0)
        {
            context.Progress.Warn($"ended also: {string.Join(", ", stopped)}");
        }

        return stopped.Count > 0;
    }
}
