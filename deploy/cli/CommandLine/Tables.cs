using Spectre.Console;

namespace Strangler.Cli.CommandLine;

/// <summary>Tables in one look: no frames, which a pipe or a search would trip over.</summary>
internal static class Tables
{
    public static Table Create(params ReadOnlySpan<string> columns)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(column)}[/]").NoWrap().PadRight(2));
        }

        return table;
    }
}
