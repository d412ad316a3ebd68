using System.Collections.Concurrent;
using System.Diagnostics;

namespace Strangler.TestKit;

/// <summary>A program of ours as a process of its own, with its last lines of output. Ends on dispose, by its own pid.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 200;

    // Processes log every time they are asked and are not ready.
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(100);

    private readonly string _name;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private ChildProcess(string name, Process process)
    {
        _name = name;
        _process = process;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines it printed.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts the built assembly of a project.</summary>
    public static ChildProcess Start(string project, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [BuiltProgram.AssemblyOf(project), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What the test's own process was told about addresses is not meant for its children.
        foreach (var variable in (string[])["ASPNETCORE_URLS", "DOTNET_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"])
        {
            start.Environment.Remove(variable);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        var child = new ChildProcess(project, process);
        process.OutputDataReceived += (_, line) => child.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until the address answers with success; a process that ends before shows what it printed.</summary>
    public async Task ReadyAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        var ended = false;
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    if (_process.HasExited)
                    {
                        return ended = true;
                    }

                    await Task.Delay(BetweenQuestions, TimeProvider.System, cancellationToken);
                    using var response = await client.GetAsync(address, cancellationToken);
                    return response.IsSuccessStatusCode;
                },
                $"{_name} is ready at {address}", cancellationToken, TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException fault)
        {
            throw new InvalidOperationException($"{fault.Message}\n{Output}", fault);
        }

        if (ended)
        {
            throw new InvalidOperationException($"{_name} ended with {_process.ExitCode} before it was ready:\n{Output}");
        }
    }

    /// <summary>Ends it as a crash would (SIGKILL), and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>Stops it where it stands (SIGSTOP), as a machine does that swaps or is moved: its connections stay, nothing answers.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => SignalAsync("STOP", cancellationToken);

    /// <summary>Lets it go on after <see cref="PauseAsync"/>.</summary>
    public Task ContinueAsync(CancellationToken cancellationToken) => SignalAsync("CONT", cancellationToken);

    private async Task SignalAsync(string signal, CancellationToken cancellationToken) =>
        await ProcessRunner.RunAsync("kill", ["-s", signal, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > KeptLines)
        {
            _ = _lines.TryDequeue(out _);
        }
    }
}
