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

    /// <summary>Kills what still carries the mark; returns the names of what it found.</summary>
    public static IReadOnlyList<string> Kill(string mark)
    {
        var entry = Encoding.UTF8.GetBytes($"{Variable}={mark}");
        var killed = new List<string>();
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (process.Id == Environment.ProcessId || !Carries(process.Id, entry))
                {
                    continue;
                }

                try
                {
                    killed.Add($"{process.ProcessName} ({process.Id})");
                    process.Kill();
                }
                catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
                {
                    // It ended by itself in between.
                }
            }
        }

        return killed;
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
