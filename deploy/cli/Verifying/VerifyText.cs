using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Verifying;

/// <summary>A comparison in words.</summary>
internal static class VerifyText
{
    private const int ShownDifferences = 20;

    private static readonly string[] Counts = ["rows", "missing", "extra", "different", "repaired", "unsettled"];

    /// <summary>Where it is now, in one line.</summary>
    public static string Progress(JsonNode run)
    {
        var tables = run["tables"]!.AsArray();
        var done = tables.Count(table => table!["state"]!.GetValue<string>() is not ("pending" or "running"));
        var running = tables.FirstOrDefault(table => table!["state"]!.GetValue<string>() == "running");
        var waits = run["waitsFor"]?.GetValue<string>() is { } reason ? $"; waits: {reason}" : "";
        var now = running is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; {running["name"]}: {Number(running, "rows")} of about {Number(running, "estimate")} rows");
        return string.Create(CultureInfo.InvariantCulture, $"{done} of {tables.Count} tables{now}{waits}");
    }

    public static void Write(CliContext context, JsonNode run)
    {
        var table = Tables.Create("table", "result", "rows", "missing", "extra", "different", "repaired", "unsettled", "");
        foreach (var line in run["tables"]!.AsArray())
        {
            var state = line!["state"]!.GetValue<string>();
            var colour = state is "equal" or "repaired" ? "green" : state == "different" ? "red" : "yellow";
            table.AddRow(
                [Markup.Escape(line["name"]!.GetValue<string>()), $"[{colour}]{Markup.Escape(state)}[/]",
                .. Counts.Select(name => Number(line, name).ToString(CultureInfo.InvariantCulture)),
                Markup.Escape(line["reason"]?.GetValue<string>() ?? "")]);
        }

        context.Console.Write(table);
        var differences = run["differences"]?.AsArray() ?? [];
        foreach (var difference in differences.Take(ShownDifferences))
        {
            foreach (var line in Lines(difference!))
            {
                context.WriteLine(difference!["repaired"]!.GetValue<bool>() ? "[green]repaired[/] " : "[red]differs[/]  ", line);
            }
        }

        if (differences.Count > ShownDifferences)
        {
            context.Output.WriteLine($"… and {differences.Count - ShownDifferences} more that are kept: --json shows them.");
        }

        var result = run["result"]!.GetValue<string>();
        var rows = run["tables"]!.AsArray().Sum(line => Number(line!, "rows"));
        context.WriteLine(
            result is "equal" or "repaired" ? $"[green]{result}[/]" : result == "different" ? "[red]different[/]" : "[yellow]not known[/]",
            string.Create(CultureInfo.InvariantCulture, $": {rows} rows of {run["tables"]!.AsArray().Count} tables ({run["id"]!.GetValue<string>()}, {run["finishedAt"]?.GetValue<string>()})"));
        if (result == "different" && !run["repair"]!.GetValue<bool>())
        {
            context.Output.WriteLine("Read those rows again from the source: add --repair.");
        }
    }

    private static IEnumerable<string> Lines(JsonNode difference)
    {
        if (difference["meaning"] is JsonArray { Count: > 0 } meaning)
        {
            return meaning.Select(line => line!.GetValue<string>());
        }

        var row = $"{difference["table"]} {string.Join(", ", difference["key"]!.AsObject().Select(part => $"{part.Key} {part.Value}"))}";
        return difference["kind"]!.GetValue<string>() switch
        {
            "missing" => [$"{row}: the row is missing here"],
            "extra" => [$"{row}: the row is here and not at the source"],
            _ => difference["columns"]!.AsArray().Select(column => $"{row}: {column!["column"]} is {Quoted(column["mirror"])} here, {Quoted(column["source"])} at the source"),
        };
    }

    private static string Quoted(JsonNode? value) => value is null ? "NULL" : $"'{value.GetValue<string>()}'";

    private static long Number(JsonNode node, string name) => node[name] is { } value ? value.GetValue<long>() : 0;
}
