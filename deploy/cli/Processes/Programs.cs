using System.Diagnostics;
using System.Text;

namespace Strangler.Cli.Processes;

/// <summary>Finding and running other programs.</summary>
internal static class Programs
{
    // Server programs live in sbin, which is not on the path of every user.
    private static readonly string[] ServerFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

    /// <summary>The full path of the first of these programs that is installed, or null.</summary>
    public static string? Find(params ReadOnlySpan<string> names)
    {
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var name in names)
        {
            foreach (var folder in path.Concat(ServerFolders))
            {
                var candidate = Path.Combine(folder, name);
                if (File.Exists(candidate))
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    /// <summary>Runs a program to its end. Each line it prints, on either stream, goes to <paramref name="line"/>; killed, with its children, when cancelled.</summary>
    public static async Task<int> RunAsync(
        string program,
        IEnumerable<string> arguments,
        Action<string> line,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = new Process { StartInfo = start };
        var gate = new Lock();
        process.OutputDataReceived += (_, data) => Forward(data.Data);
        process.ErrorDataReceived += (_, data) => Forward(data.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;

        void Forward(string? text)
        {
            if (text is not null)
            {
                lock (gate)
                {
                    line(text);
                }
            }
        }
    }
}
