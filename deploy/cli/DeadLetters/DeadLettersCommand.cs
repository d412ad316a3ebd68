using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Strangler.Cli.CdcSync;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.DeadLetters;

/// <summary>
/// <c>dead-letters</c>: rows that a service's database refused and that are held back: <c>list</c> tells them, <c>replay</c> has one read again from the source,
/// <c>skip</c> forgets one. Exit code 1 while <c>list</c> finds any, so that a script can ask.
/// </summary>
internal static class DeadLettersCommand
{
    private const int SomeAreHeld = 1;
    private const int MaximumReason = 100;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CliContext context)
    {
        var service = new Option<string?>("--service") { Description = "The service whose database it is, where there are several.", HelpName = "NAME", Recursive = true };
        var address = CdcSyncClient.AddressOption();
        address.Recursive = true;
        var command = new Command("dead-letters", "Rows that a service's database refused: list, replay or skip them.") { service, address };
        command.Subcommands.Add(List(context, service, address));
        command.Subcommands.Add(Act(context, "replay", "Has a row read again from the source and tried once more.", "is read again from the source", service, address));
        command.Subcommands.Add(Act(context, "skip", "Forgets a row; the next change of it is applied as any other.", "is forgotten", service, address));
        return command;
    }

    private static Command List(CliContext context, Option<string?> service, Option<Uri?> address)
    {
        var table = new Option<string?>("--table") { Description = "Only of this table.", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "As JSON, as cdc-sync gave it." };
        var command = new Command("list", "Lists them, the oldest first: 0 none, 1 some.") { table, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var query = string.Join('&', new[] { ("service", parsed.GetValue(service)), ("table", parsed.GetValue(table)) }
                .Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
            var answer = await CdcSyncClient.Of(context, parsed.GetValue(address))
                .SendAsync(HttpMethod.Get, query.Length == 0 ? "dead-letters" : $"dead-letters?{query}", null, cancellationToken);
            var letters = answer["deadLetters"]?.AsArray() ?? throw new CliFault("What answers there is not cdc-sync: no deadLetters.");
            if (parsed.GetValue(json))
            {
                await context.Output.WriteLineAsync(answer.ToJsonString(Indented));
            }
            else
            {
                Write(context, letters);
            }

            return letters.Count == 0 ? ExitCode.Done : SomeAreHeld;
        });
        return command;
    }

    private static Command Act(CliContext context, string verb, string description, string done, Option<string?> service, Option<Uri?> address)
    {
        var id = new Argument<long>("ID") { Description = "Its number, as list tells it." };
        var command = new Command(verb, description) { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var query = parsed.GetValue(service) is { } name ? $"?service={Uri.EscapeDataString(name)}" : "";
            var letter = await CdcSyncClient.Of(context, parsed.GetValue(address))
                .SendAsync(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"dead-letters/{parsed.GetValue(id)}/{verb}{query}"), null, cancellationToken);
            await context.Output.WriteLineAsync($"{letter["table"]} {Key(letter)} of {letter["service"]} {done}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(CliContext context, JsonArray letters)
    {
        if (letters.Count == 0)
        {
            context.Output.WriteLine("No row is held back.");
            return;
        }

        var table = Tables.Create("id", "service", "table", "key", "attempts", "last", "reason");
        foreach (var letter in letters.OfType<JsonNode>())
        {
            var reason = letter["reason"]?.ToString() ?? "";
            table.AddRow(new[]
            {
                $"{letter["id"]}", $"{letter["service"]}", $"{letter["table"]}", Key(letter), $"{letter["attempts"]}",
                letter["lastAt"]?.GetValue<DateTimeOffset>().ToString("u", CultureInfo.InvariantCulture) ?? "",
                reason.Length > MaximumReason ? reason[..MaximumReason] + "…" : reason,
            }.Select(Markup.Escape).ToArray());
        }

        context.Console.Write(table);
        context.Output.WriteLine("Mend the cause, then ./strangler dead-letters replay ID; or give a row up: skip ID.");
    }

    private static string Key(JsonNode letter) => string.Join(',', letter["key"]?.AsArray().Select(part => part?.ToString() ?? "") ?? []);
}
