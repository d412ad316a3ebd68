using System.Diagnostics;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Processes;

/// <summary>A program that goes on by itself: its own session, so that Ctrl-C in our terminal does not reach it, and its output in a file, begun anew.</summary>
internal static class BackgroundProcess
{
    // setsid runs the program in its own place, so the pid that we start is the program's.
    private const string Script = "exec setsid \"$@\" >>\"$STRANGLER_LOG\" 2>&1 </dev/null";

    private static readonly string[] NotInherited = ["ASPNETCORE_URLS", "DOTNET_URLS", "HTTP_PORTS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    public static ProcessIdentity Start(string name, IReadOnlyList<string> command, string log, string folder, IReadOnlyDictionary<string, string> environment)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        File.Delete(log);
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", .. command]) { WorkingDirectory = folder };
        foreach (var variable in NotInherited)
        {
            start.Environment.Remove(variable);
        }

        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        start.Environment["STRANGLER_LOG"] = log;
        using var process = Process.Start(start) ?? throw new CliFault($"{name} did not start.");
        return ProcessIdentity.Of(process.Id) ?? throw new CliFault($"{name} ended at once; see {log}");
    }

    /// <summary>The end of a log file, for the message about a process that died.</summary>
    public static string Tail(string log, int lines)
    {
        try
        {
            return string.Join('\n', File.ReadLines(log).TakeLast(lines));
        }
        catch (IOException)
        {
            return "(no log)";
        }
    }
}
