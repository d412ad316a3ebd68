using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Gates;

/// <summary>Gates, ramps and evidence in words.</summary>
internal static class GateText
{
    public static void WriteGates(CliContext context, JsonNode answer)
    {
        if (answer["target"] is not JsonObject target)
        {
            context.Output.WriteLine($"{answer["slice"]} is at its end.");
            return;
        }

        WriteTable(context, answer["gates"]!.AsArray());
        context.WriteLine(Verdict(answer["verdict"]?.ToString()), $": {answer["slice"]} to {Step(target)}");
    }

    public static void WriteRamp(CliContext context, JsonNode ramp)
    {
        var steps = ramp["steps"]!.AsArray().Select(step => Step(step!));
        context.WriteLine($"[bold]{Markup.Escape(ramp["slice"]!.ToString())}[/]", $" {ramp["state"]?.ToString() ?? "has no ramp"}; it is at {Step(ramp)}; steps: {string.Join(", ", steps)}");
        Line("next", ramp["next"] is { } next ? Step(next) : null);
        Line("waits for", ramp["waitsFor"]?.ToString() ?? (ramp["state"]?.ToString() == "running" && ramp["next"] is not null ? "the gates (./strangler gates)" : null));
        Line("compared", $"{ramp["compared"]} of {ramp["shadowComparisons"]} that shadow needs, since it stands where it stands");
        Line("rollbacks", ramp["rollbacks"]?.ToString() is "0" or null ? null : ramp["rollbacks"]!.ToString());
        Line("note", ramp["note"]?.ToString());
        Line("judged by", ramp["evaluator"]?.ToString());

        void Line(string name, string? text)
        {
            if (!string.IsNullOrEmpty(text))
            {
                context.WriteLine($"[bold]{name,-10}[/] ", text);
            }
        }
    }

    public static void WritePacks(CliContext context, JsonNode answer)
    {
        var packs = answer["packs"]!.AsArray();
        if (packs.Count == 0)
        {
            context.Output.WriteLine("Nothing was moved yet.");
            return;
        }

        var table = Tables.Create("id", "at", "slice", "kind", "audit");
        foreach (var pack in packs.OfType<JsonNode>())
        {
            table.AddRow(new[] { $"{pack["id"]}", At(pack["at"]), $"{pack["slice"]}", $"{pack["kind"]}", $"{pack["auditId"]}" }.Select(Markup.Escape).ToArray());
        }

        context.Console.Write(table);
    }

    public static void WritePack(CliContext context, JsonNode pack)
    {
        var document = pack["document"]!;
        context.WriteLine($"[bold]{Markup.Escape(document["kind"]!.ToString())}[/]",
            $" of {document["slice"]} from {Step(document["from"]!)} to {Step(document["to"]!)}, {At(document["at"])}, by {document["who"]} (audit {document["audit"]?["id"]})");
        context.Output.WriteLine(document["reason"]!.ToString());
        WriteTable(context, document["gates"]!.AsArray());
        foreach (var group in document["parity"]?["groups"]?.AsArray().OfType<JsonNode>().Take(5) ?? [])
        {
            context.Output.WriteLine($"{group["path"]} ({group["kind"]}) differs in {group["count"]}: {string.Join(", ", group["samples"]!.AsArray().Select(sample => sample!["target"]))}");
        }

        context.Output.WriteLine($"Declarations {document["configuration"]?["catalogHash"]}; signed with key {pack["signature"]?["keyId"]}. Whole: --json.");
    }

    public static void WriteCheck(CliContext context, JsonNode answer) =>
        context.WriteLine(answer["valid"]!.GetValue<bool>() ? "[green]valid[/]" : "[red]not valid[/]", $": {answer["detail"]}");

    private static void WriteTable(CliContext context, JsonArray gates)
    {
        if (gates.Count == 0)
        {
            return;
        }

        var table = Tables.Create("gate", "verdict", "value", "wanted", "samples", "");
        foreach (var gate in gates.OfType<JsonNode>())
        {
            table.AddRow(
                Markup.Escape(gate["metric"]!.ToString()),
                Verdict(gate["verdict"]?.ToString()) + (gate["stale"]?.GetValue<bool>() == true ? " (stale)" : ""),
                Number(gate["value"]), Wanted(gate), $"{gate["samples"]}", Markup.Escape(gate["detail"]!.ToString()));
        }

        context.Console.Write(table);
    }

    private static string Wanted(JsonNode gate) =>
        gate["min"] is { } min ? $"≥ {Number(min)}" : gate["max"] is { } max ? $"≤ {Number(max)}" : "-";

    private static string Verdict(string? verdict) => verdict switch
    {
        "pass" => "[green]pass[/]",
        "fail" => "[red]fail[/]",
        _ => "[yellow]inconclusive[/]",
    };

    private static string Step(JsonNode step)
    {
        var stage = step["stage"]!.ToString().ToLowerInvariant();
        return stage == "canary" ? string.Create(CultureInfo.InvariantCulture, $"canary {step["percent"]!.GetValue<double>():0.###} %") : stage;
    }

    private static string Number(JsonNode? value) => value is null ? "-" : value.GetValue<double>().ToString("0.#####", CultureInfo.InvariantCulture);

    private static string At(JsonNode? value) =>
        value is null ? "-" : value.GetValue<DateTimeOffset>().ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
