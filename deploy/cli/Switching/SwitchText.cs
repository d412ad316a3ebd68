using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Switching;

/// <summary>Switches, rehearsals and replicas in words.</summary>
internal static class SwitchText
{
    private static readonly string[] ReplicaFields = ["replica", "gate", "inFlight", "held", "refused", "version"];

    public static string Step(JsonNode step) => $"{step["step"],-10} {(step["ok"]?.GetValue<bool>() == false ? "NO: " : "")}{step["text"]}";

    public static void WriteSwitch(CliContext context, JsonNode view)
    {
        var outcome = view["outcome"]?.ToString() ?? "under way";
        var colour = outcome is "switched" or "wouldSwitch" ? "green" : outcome == "refused" ? "red" : "yellow";
        var frozen = view["frozenMilliseconds"] is { } milliseconds ? $", requests waited {Number(milliseconds)} ms at most" : "";
        context.WriteLine($"[{colour}]{Markup.Escape(outcome)}[/]", $": switch {view["id"]} of {view["slice"]} from {Side(view["from"])} to {Side(view["to"])}{frozen}");
        if (view["detail"]?.ToString() is { Length: > 0 } detail)
        {
            context.Output.WriteLine(detail);
        }

        if (view["replicas"]?.AsArray() is { Count: > 0 } replicas)
        {
            var table = Tables.Create("replica", "gate", "under way", "waited", "refused", "version");
            foreach (var replica in replicas)
            {
                table.AddRow([.. ReplicaFields.Select(name => Markup.Escape(replica![name]?.ToString() ?? "-"))]);
            }

            context.Console.Write(table);
        }
    }

    public static void WriteStatus(CliContext context, JsonNode view)
    {
        context.Output.WriteLine($"{Side(view["record"])} owns the data; unsafe requests: {view["gate"]}");
        foreach (var one in view["switches"]?.AsArray() ?? [])
        {
            context.Output.WriteLine($"switch {one!["id"]} {one["startedAt"]} {one["scope"]} to {Side(one["to"])}: {one["outcome"]?.ToString() ?? one["step"]!.ToString()} by {one["who"]}: {one["reason"]}");
        }

        context.Output.WriteLine(view["rehearsalAgeHours"] is { } age ? $"last rehearsal that passed: {Number(age)} hours ago" : "no rehearsal has passed yet");
        if (view["rehearsals"]?.AsArray() is [{ } newest, ..])
        {
            WriteRehearsal(context, newest);
        }
    }

    public static void WriteRehearsal(CliContext context, JsonNode view)
    {
        var passed = view["passed"]!.GetValue<bool>();
        context.WriteLine(passed ? "[green]rehearsal passed[/]" : "[red]rehearsal failed[/]", $": {view["detail"]}");
        context.Output.WriteLine($"switch {Number(view["forwardMilliseconds"])} ms (waited {Number(view["forwardFrozenMilliseconds"])}), way back {Number(view["reverseMilliseconds"])} ms (waited {Number(view["reverseFrozenMilliseconds"])}), {view["requests"]} requests, {view["failed"]} failed");
    }

    public static void WriteReplicas(CliContext context, JsonNode view)
    {
        var table = Tables.Create("replica", "state", "version", "heard", "declarations");
        foreach (var replica in view["replicas"]!.AsArray())
        {
            var state = replica!["state"]!.ToString();
            var colour = state == "current" ? "green" : state is "lost" or "fenced" ? "red" : "yellow";
            table.AddRow(
                Markup.Escape(replica["id"]!.ToString()), $"[{colour}]{state}[/]", Markup.Escape(replica["version"]!.ToString()),
                $"{Number(replica["silentMilliseconds"])} ms ago", Markup.Escape(replica["catalogHash"]!.ToString() is { Length: > 12 } hash ? hash[..12] : "-"));
        }

        context.Console.Write(table);
        context.Output.WriteLine($"newest version {view["version"]}");
    }

    private static string Side(JsonNode? side) => side?.ToString() == "extracted" ? "the service" : "Magento";

    private static string Number(JsonNode? value) => value is null ? "-" : value.GetValue<double>().ToString("0.#", CultureInfo.InvariantCulture);
}
