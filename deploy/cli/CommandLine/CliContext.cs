using Spectre.Console;

namespace Strangler.Cli.CommandLine;

/// <summary>What every verb works with: where to write, where the repository lies, what time it is. Tests give their own.</summary>
internal sealed class CliContext(TextWriter output, TextWriter error, RepositoryLayout repository, bool interactive)
{
    /// <summary>Results; with <c>--json</c> nothing else goes here.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Progress and faults, so that a pipe gets results alone.</summary>
    public TextWriter Error { get; } = error;

    public RepositoryLayout Repository { get; } = repository;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>For calls to our own processes; no proxy in between, no redirects.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Colours, tables and moving progress; plain lines when the output is a file or a pipe.</summary>
    public IAnsiConsole Console { get; } = CreateConsole(output, interactive);

    public Progress Progress { get; } = new(CreateConsole(error, interactive));

    /// <summary>A line with a coloured beginning. The rest is left to the terminal to wrap, so that a command in it can be copied whole.</summary>
    public void WriteLine(string markup, string text)
    {
        Console.Markup(markup);
        Output.WriteLine(text);
    }

    public static CliContext ForThisProcess() => new(
        System.Console.Out,
        System.Console.Error,
        RepositoryLayout.Find(System.Environment.GetEnvironmentVariable("STRANGLER_ROOT")),
        interactive: !System.Console.IsOutputRedirected && !System.Console.IsErrorRedirected
            && System.Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"));

    private static IAnsiConsole CreateConsole(TextWriter writer, bool interactive)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = interactive ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!interactive)
        {
            // Without a terminal there is no width to wrap at: a line stays a line.
            console.Profile.Width = 10_000;
            console.Profile.Capabilities.Unicode = true;
        }

        return console;
    }
}
