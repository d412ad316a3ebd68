using System.CommandLine;
using Strangler.Demo.Commands;

// Without a command the store serves; ASP.NET Core's own options (--Urls=…) are then not ours to parse.
if (args.Length == 0 || args[0] is not ("load" or "serve" or "--help" or "-h" or "-?" or "--version"))
{
    return await ServeCommand.RunAsync(args, CancellationToken.None);
}

var root = new RootCommand("The stand-in store: a small shop on Magento's tables.") { LoadCommand.Create(TimeProvider.System), ServeCommand.Create(args) };
return await root.Parse(args).InvokeAsync();
