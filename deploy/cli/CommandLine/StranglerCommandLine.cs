using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Strangler.Cli.Caching;
using Strangler.Cli.Control;
using Strangler.Cli.DeadLetters;
using Strangler.Cli.Doctor;
using Strangler.Cli.Gates;
using Strangler.Cli.Replaying;
using Strangler.Cli.Running;
using Strangler.Cli.Switching;
using Strangler.Cli.Testing;
using Strangler.Cli.Verifying;

namespace Strangler.Cli.CommandLine;

/// <summary>The verbs of <c>./strangler</c>, and what every one of them shares: signals, faults and exit codes.</summary>
internal static class StranglerCommandLine
{
    public static async Task<int> RunAsync(string[] args, CliContext context)
    {
        var root = CreateRoot(context);
        var parsed = root.Parse(args is [] or ["help"] ? ["--help"] : args is ["help", .. var verb] ? [.. verb, "--help"] : args);
        if (parsed.Errors.Count > 0 && parsed.Action is not VerbHelp)
        {
            await WriteUsageAsync(context, root, parsed);
            return ExitCode.Usage;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = context.Output,
                    Error = context.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                stop.Token);
        }
        catch (CliFault fault)
        {
            await context.Error.WriteLineAsync($"strangler: {fault.Message}");
            return ExitCode.Fault;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception fault)
        {
            // A fault of ours: everything that helps to find it.
            await context.Error.WriteLineAsync($"strangler: unexpected: {fault}");
            return ExitCode.Fault;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task WriteUsageAsync(CliContext context, Command root, ParseResult parsed)
    {
        if (parsed.CommandResult.Command == root)
        {
            // The parser would complain of every word that follows as well.
            await context.Error.WriteLineAsync($"strangler: there is no verb '{parsed.Tokens[0].Value}'.\n");
            await root.Parse(["--help"]).InvokeAsync(new InvocationConfiguration { Output = context.Error, Error = context.Error });
            return;
        }

        foreach (var error in parsed.Errors)
        {
            await context.Error.WriteLineAsync($"strangler: {error.Message}");
        }

        await context.Error.WriteLineAsync($"Try: {VerbHelp.NameOf(parsed)} --help");
    }

    // A plain command, not a RootCommand: that one is called after the assembly, ours after what a person types.
    internal static Command CreateRoot(CliContext context)
    {
        Command[] verbs =
        [
            UpCommand.Create(context, context.Http),
            DownCommand.Create(context),
            StatusCommand.Create(context, context.Http),
            LogsCommand.Create(context),
            DoctorCommand.Create(context),
            .. new ControlCommands(context).CreateAll(),
            .. new GateCommands(context).CreateAll(),
            .. new SwitchCommands(context).CreateAll(),
            new CacheCommands(context).Create(),
            VerifyCommand.Create(context),
            ReplayCommand.Create(context),
            DeadLettersCommand.Create(context),
            TestCommand.Create(context),
            BenchCommand.Create(context),
            ChaosCommand.Create(context),
        ];
        var root = new Command("./strangler", "Moves a live Magento 2 store, slice by slice, to C# services.") { new HelpOption { Action = new VerbHelp() } };
        foreach (var verb in verbs)
        {
            root.Subcommands.Add(verb);
        }

        return root;
    }
}
