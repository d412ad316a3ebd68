using System.CommandLine;
using Strangler.Demo.Commands;

var root = new RootCommand("The stand-in store: a small shop on Magento's tables.");
var load = LoadCommand.Create(TimeProvider.System);
root.Subcommands.Add(load);
return await root.Parse(args).InvokeAsync();
