using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Control;

/// <summary>The control API's answers for people.</summary>
internal static class ControlText
{
    public static void WriteSlices(CliContext context, JsonNode answer)
    {
        if (answer["killSwitch"]?.GetValue<bool>() == true)
        {
            context.Console.MarkupLine("[red]The kill switch is on: everything goes to Magento.[/]");
        }

        var table = Tables.Create("slice", "stage", "service", "requests", "extracted", "errors", "fallbacks", "p95 Magento", "p95 service", "lag", "version");
        foreach (var slice in Need(answer, "slices").AsArray())
        {
            var (magento, extracted) = (slice!["stats"]?["magento"], slice["stats"]?["extracted"]);
            table.AddRow(
                Text(slice["id"]),
                Stage(slice),
                Text(slice["service"]),
                Number(Count(magento) + Count(extracted)),
                Number(Count(extracted)),
                Number(magento?["errors"]?.GetValue<double>() + extracted?["errors"]?.GetValue<double>()),
                Number((slice["stats"]?["fallbacks"] as JsonObject)?.Sum(reason => reason.Value!.GetValue<double>())),
                Milliseconds(magento?["p95"]),
                Milliseconds(extracted?["p95"]),
                Milliseconds(slice["lag"]?["milliseconds"]),
                Text(slice["version"]));
        }

        context.Console.Write(table);
    }

    public static void WriteSlice(CliContext context, JsonNode slice)
    {
        foreach (var (name, value) in slice.AsObject())
        {
            if (name is "matches" or "except")
            {
                foreach (var match in value!.AsArray())
                {
                    Line(context, name, $"{string.Join(",", Need(match, "methods").AsArray().Select(method => method!.ToString()))} {Need(match, "path")}");
                }
            }
            else if (name == "losses")
            {
                foreach (var loss in value!.AsArray())
                {
                    Line(context, "lost", $"{loss}");
                }
            }
            else if (name == "tables")
            {
                Line(context, name, string.Join(" ", value!.AsArray()));
            }
            else
            {
                Line(context, name, value switch { null => "-", JsonObject or JsonArray => value.ToJsonString(), _ => value.ToString() });
            }
        }
    }

    public static void WriteMoved(CliContext context, JsonNode slice) =>
        context.Console.MarkupLine($"{Text(slice["id"])} is {Stage(slice)} (version {Text(slice["version"])}).");

    public static void WriteKillSwitch(CliContext context, JsonNode answer)
    {
        var on = Need(answer, "on").GetValue<bool>();
        var changed = answer["changed"]?.GetValue<bool>() ?? true;
        context.Console.MarkupLine((on ? "[red]The kill switch is on: everything goes to Magento.[/]" : "The kill switch is off: the stages decide.") + (changed ? "" : " (It was so already.)"));
    }

    public static void WriteExplain(CliContext context, JsonNode answer)
    {
        var slice = answer["slice"]?.ToString();
        context.Console.MarkupLine($"[bold]{Text(answer["side"])}[/] answers ({Text(answer["reason"])}){(slice is null ? ", no slice matches" : $", slice {Markup.Escape(slice)}")}");
        var table = Tables.Create("", "rule", "finding");
        foreach (var step in Need(answer, "steps").AsArray())
        {
            table.AddRow(step!["decides"]?.GetValue<bool>() == true ? "[green]=>[/]" : "", Text(step["rule"]), Text(step["finding"]));
        }

        context.Console.Write(table);
    }

    public static void WriteAudit(CliContext context, JsonNode answer)
    {
        var table = Tables.Create("id", "at", "who", "action", "slice", "from", "to", "reason");
        foreach (var entry in (answer as JsonArray ?? Need(answer, "entries").AsArray()).OfType<JsonNode>())
        {
            table.AddRow(
                Text(entry["id"]), At(entry["at"]), Text(entry["who"]), Text(entry["action"]), Text(entry["slice"]),
                State(entry["from"]), State(entry["to"]), Text(entry["reason"]));
        }

        context.Console.Write(table);
    }

    private static string Stage(JsonNode slice)
    {
        var stage = Need(slice, "stage").ToString().ToLowerInvariant();
        var text = stage == "canary" ? string.Create(CultureInfo.InvariantCulture, $"canary {slice["percent"]?.GetValue<double>() ?? 0:0.##} %") : stage;
        return stage switch
        {
            "legacy" => text,
            "shadow" or "canary" => $"[yellow]{text}[/]",
            _ => $"[green]{Markup.Escape(text)}[/]",
        };
    }

    // What stood before and after: the stage in a word, other things as they are.
    private static string State(JsonNode? state) => state switch
    {
        null => "-",
        JsonObject value when value["stage"] is { } stage && stage.ToString().Equals("canary", StringComparison.OrdinalIgnoreCase) => Markup.Escape($"canary {value["percent"]} %"),
        JsonObject value when value["stage"] is { } stage && value["rules"] is null or JsonObject { Count: 0 } => Text(stage),
        JsonObject => Markup.Escape(state.ToJsonString()),
        _ => Text(state),
    };

    private static JsonNode Need(JsonNode? node, string name) => node?[name] ?? throw new InvalidOperationException($"it has no '{name}'.");

    private static double Count(JsonNode? side) => side?["requests"]?.GetValue<double>() ?? 0;

    private static string Number(double? value) => value is null ? "-" : value.Value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Milliseconds(JsonNode? value) =>
        value is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{value.GetValue<double>():0.#} ms");

    private static string At(JsonNode? value) =>
        DateTimeOffset.TryParse(value?.ToString(), CultureInfo.InvariantCulture, out var at) ? at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-";

    private static string Text(JsonNode? value) => Markup.Escape(value?.ToString() ?? "-");

    private static void Line(CliContext context, string name, string value) => context.Console.MarkupLine($"[bold]{Markup.Escape(name),-12}[/] {Markup.Escape(value)}");
}
