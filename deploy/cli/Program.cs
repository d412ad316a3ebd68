using Strangler.Cli.CommandLine;

return await StranglerCommandLine.RunAsync(args, CliContext.ForThisProcess());
