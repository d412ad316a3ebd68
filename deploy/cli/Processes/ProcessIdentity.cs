using System.Globalization;
using System.Runtime.InteropServices;

namespace Strangler.Cli.Processes;

/// <summary>A process beyond doubt: a pid may be given to another process after the first one ended, but not with the same start time.</summary>
internal sealed partial record ProcessIdentity(int Pid, long StartTicks)
{
    private const int Terminate = 15;
    private const int KillNow = 9;
    private const long TicksPerSecond = 100;

    // After the command's name, which may hold blanks and brackets itself: state is field 3, the start time field 22.
    private const int StartTimeAfterName = 22 - 3;

    public bool IsRunning => StartOf(Pid) == StartTicks;

    /// <summary>How long it has been running, by the machine's own clock.</summary>
    public TimeSpan Uptime
    {
        get
        {
            var sinceBoot = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds(Math.Max(0, sinceBoot - ((double)StartTicks / TicksPerSecond)));
        }
    }

    /// <summary>The identity of a running process, or null when there is none with this pid.</summary>
    public static ProcessIdentity? Of(int pid) => StartOf(pid) is { } start ? new ProcessIdentity(pid, start) : null;

    /// <summary>Asks it to end, waits, and kills it when it does not within the limit.</summary>
    public async Task StopAsync(TimeSpan limit, TimeProvider time)
    {
        if (!IsRunning)
        {
            return;
        }

        _ = Signal(Pid, Terminate);
        var started = time.GetTimestamp();
        while (IsRunning && time.GetElapsedTime(started) < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        }

        if (IsRunning)
        {
            _ = Signal(Pid, KillNow);
        }
    }

    private static long? StartOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[StartTimeAfterName], CultureInfo.InvariantCulture);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);
}
