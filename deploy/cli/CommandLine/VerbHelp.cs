using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Strangler.Cli.CommandLine;

/// <summary>The parser's own help, save that the usage of a verb within a verb does not show the outer one's arguments between the two names: they are not typed there.</summary>
internal sealed class VerbHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    /// <summary>What a person types for the verb that was found, such as <c>./strangler switch cancel</c>.</summary>
    public static string NameOf(ParseResult parsed) => string.Join(' ', Names(parsed));

    public override int Invoke(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        using var text = new StringWriter();
        configuration.Output = text;
        try
        {
            return _help.Invoke(parseResult);
        }
        finally
        {
            configuration.Output = output;
            output.Write(WithUsage(text.ToString(), Names(parseResult)));
        }
    }

    private static string WithUsage(string help, IReadOnlyList<string> names)
    {
        var between = string.Join("(?: [^\\n]*?)? ", names.Select(Regex.Escape));
        return new Regex($@"(?<=^\s+){between}(?=\s|$)", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Replace(help, _ => string.Join(' ', names), 1);
    }

    private static List<string> Names(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
        {
            if (result is CommandResult command)
            {
                names.Insert(0, command.Command.Name);
            }
        }

        return names;
    }
}
