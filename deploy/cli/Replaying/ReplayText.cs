using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Replaying;

/// <summary>What a replay has found, in words.</summary>
internal static class ReplayText
{
    private const int Groups = 20;
    private const int ShownLength = 60;

    /// <summary>Whether something was compared, and all of it was the same.</summary>
    public static bool IsSame(JsonNode answer) => Sum(answer, "compared") > 0 && Sum(answer, "different") == 0 && Sum(answer, "uncomparable") == 0;

    public static void Write(CliContext context, JsonNode answer)
    {
        var replay = answer["replay"]!;
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Number(answer, "lines"):N0} lines, {Number(replay, "asked"):N0} requests asked of both sides."));
        LeftOut(context, answer, replay);
        foreach (var line in answer["firstMalformed"]!.AsArray())
        {
            context.WriteLine("[yellow]malformed[/]", $" {line!["file"]}:{line["line"]}: {line["why"]}: {line["text"]}");
        }

        var slices = replay["slices"]!.AsArray();
        if (Sum(answer, "compared") == 0)
        {
            context.WriteLine("[red]Nothing was compared.[/]", Number(replay, "asked") == 0
                ? " Every request of the log was left out (./strangler slices SLICE shows what belongs to a slice)."
                : " The sides gave no answers that can be compared: are both up?");
        }

        if (slices.Count > 0)
        {
            WriteSlices(context, slices);
        }

        foreach (var slice in slices.OfType<JsonNode>().Where(slice => slice["groups"]!.AsArray().Count > 0))
        {
            WriteGroups(context, slice);
        }
    }

    private static void LeftOut(CliContext context, JsonNode answer, JsonNode replay)
    {
        List<string> parts = [];
        Part(Number(replay, "ofNoSlice"), "of no slice asked for");
        Part(Number(replay, "unsafe"), "of other methods (--methods)");
        Part(Number(answer, "masked"), "masked in the recording");
        Part(Number(answer, "malformed"), "malformed");
        Part(Number(replay, "declined"), "left to Magento by the service");
        if (parts.Count > 0)
        {
            context.Output.WriteLine($"Left out: {string.Join(", ", parts)}.");
        }

        void Part(long count, string what)
        {
            if (count > 0)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}"));
            }
        }
    }

    private static void WriteSlices(CliContext context, JsonArray slices)
    {
        var table = Tables.Create("slice", "compared", "different", "noise only", "raced", "not comparable", "the same");
        foreach (var slice in slices.OfType<JsonNode>())
        {
            table.AddRow(
                Markup.Escape($"{slice["slice"]}"), $"{slice["compared"]}", Number(slice, "different") > 0 ? $"[red]{slice["different"]}[/]" : "0",
                $"{slice["noisy"]}", $"{slice["raced"]}", $"{slice["uncomparable"]}",
                slice["rate"] is { } rate ? rate.GetValue<double>().ToString("0.###%", CultureInfo.InvariantCulture) : "-");
        }

        context.Console.Write(table);
    }

    private static void WriteGroups(CliContext context, JsonNode slice)
    {
        context.WriteLine($"[bold]{Markup.Escape($"{slice["slice"]}")}[/]", " differs in");
        var groups = slice["groups"]!.AsArray();
        var table = Tables.Create("where", "kind", "pairs", "request", "Magento", "service");
        foreach (var group in groups.OfType<JsonNode>().Take(Groups))
        {
            var sample = group["samples"]!.AsArray().FirstOrDefault();
            table.AddRow(
                Short(group["path"]), $"{group["kind"]}{(group["isNoise"]!.GetValue<bool>() ? " (noise)" : "")}", $"{group["count"]}",
                Markup.Escape($"{sample?["request"]}"), Short(sample?["magento"]), Short(sample?["service"]));
        }

        context.Console.Write(table);
        if (groups.Count > Groups)
        {
            context.Output.WriteLine($"… and {groups.Count - Groups} more (--json).");
        }
    }

    private static string Short(JsonNode? value)
    {
        var text = value?.ToString() ?? "-";
        return Markup.Escape(text.Length <= ShownLength ? text : text[..ShownLength] + "…");
    }

    private static long Sum(JsonNode answer, string name) => answer["replay"]!["slices"]!.AsArray().Sum(slice => Number(slice!, name));

    private static long Number(JsonNode node, string name) => node[name]!.GetValue<long>();
}
