using System.Diagnostics;
using System.Text;

namespace Strangler.Cli.Processes;

/// <summary>
/// Processes that carry a mark in their environment. Children inherit it, also those that leave their group or outlive
/// their parent, so that everything a run has started can be found again and nothing else is ever touched.
/// </summary>
internal static class MarkedProcesses
{
    public const string Variable = "STRANGLER_RUN_MARK";

    /// <summary>Ends what still carries the mark, all at once, by force where the limit passes; returns the names of what it found.</summary>
    public static async Task<IReadOnlyList<string>> StopAsync(string mark, TimeSpan limit, TimeProvider time)
    {
        var found = Find(mark);
        await Task.WhenAll(found.Select(process => process.Identity.StopAsync(limit, time)));
        return [.. found.Select(process => $"{process.Name} ({process.Identity.Pid})")];
    }

    private static List<(string Name, ProcessIdentity Identity)> Find(string mark)
    {
        var entry = Encoding.UTF8.GetBytes($"{Variable}={mark}");
        var found = new List<(string, ProcessIdentity)>();
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (process.Id != Environment.ProcessId && ProcessIdentity.Of(process.Id) is { } identity && Carries(process.Id, entry))
                {
                    found.Add((process.ProcessName, identity));
                }
            }
        }

        return found;
    }

    private static bool Carries(int pid, ReadOnlySpan<byte> entry)
    {
        try
        {
            var environment = File.ReadAllBytes($"/proc/{pid}/environ").AsSpan();
            foreach (var range in environment.Split((byte)0))
            {
                if (environment[range].SequenceEqual(entry))
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
