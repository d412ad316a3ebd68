using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Control;

namespace Strangler.Cli.Gates;

/// <summary>The verbs that judge: <c>gates</c>, <c>ramp</c>, <c>evidence</c>. Exit code 1 when a gate does not pass, or a pack is not as it was signed.</summary>
internal sealed class GateCommands(CliContext context)
{
    private const int DoesNotPass = 1;
    private static readonly string[] Stages = ["shadow", "canary", "live", "retired"];

    private readonly ControlVerb _verbs = new(context);

    public IEnumerable<Command> CreateAll() => [Gates(), Ramp(), Evidence()];

    private Command Gates()
    {
        var slice = Slice();
        var to = new Option<string?>("--to") { Description = "The stage to look at; the next one when not given.", HelpName = "STAGE" };
        to.AcceptOnlyFromAmong(Stages);
        var percent = new Option<double?>("--percent") { Description = "The canary's share.", HelpName = "N" };
        return _verbs.Create("gates", "What stands before a slice's next step: 0 all gates pass, 1 not.", [slice, to, percent], async (client, parsed, token) =>
        {
            var query = new List<string>();
            if (parsed.GetValue(to) is { } stage)
            {
                query.Add($"to={stage}");
            }

            if (parsed.GetValue(percent) is { } share)
            {
                query.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"percent={share}"));
            }

            return (await client.GetAsync($"{Path(parsed.GetValue(slice)!)}/gates{(query.Count > 0 ? "?" : "")}{string.Join('&', query)}", token),
                answer => GateText.WriteGates(context, answer));
        }, answer => answer["verdict"]?.ToString() == "pass" ? ExitCode.Done : DoesNotPass);
    }

    private Command Ramp()
    {
        var command = new Command("ramp", "Moves a slice forward step by step while its gates pass, and back at once when one breaks.");
        command.Subcommands.Add(RampAction("start", "Starts the ramp from where the slice stands."));
        command.Subcommands.Add(RampAction("pause", "Nothing goes forward; a breach still sends it back."));
        command.Subcommands.Add(RampAction("resume", "Goes on, without waiting for a hold to end."));
        command.Subcommands.Add(RampAction("abort", "Ends the ramp; the slice stays where it is."));
        var slice = Slice();
        command.Subcommands.Add(_verbs.Create("status", "Where a ramp is and what it waits for.", [slice], async (client, parsed, token) =>
            (await client.GetAsync($"{Path(parsed.GetValue(slice)!)}/ramp", token), answer => GateText.WriteRamp(context, answer))));
        return command;
    }

    private Command RampAction(string action, string description)
    {
        var slice = Slice();
        var reason = new Option<string?>("--reason") { Description = "Why; it goes into the audit log.", HelpName = "TEXT", Required = true };
        return _verbs.Create(action, description, [slice, reason], async (client, parsed, token) =>
            (await client.PostAsync(
                $"{Path(parsed.GetValue(slice)!)}/ramp", new JsonObject { ["action"] = action, ["reason"] = parsed.GetValue(reason) }, token),
                answer => GateText.WriteRamp(context, answer)));
    }

    private Command Evidence()
    {
        var command = new Command("evidence", "Why a slice was moved: the signed packs of promotions and rollbacks.");
        var slice = new Option<string?>("--slice") { Description = "Only of this slice.", HelpName = "SLICE" };
        command.Subcommands.Add(_verbs.Create("list", "The packs, newest first.", [slice], async (client, parsed, token) =>
            (await client.GetAsync(parsed.GetValue(slice) is { } one ? $"api/evidence?slice={Uri.EscapeDataString(one)}" : "api/evidence", token),
                answer => GateText.WritePacks(context, answer))));

        var id = new Argument<long>("ID") { Description = "The pack's number, as list tells it." };
        command.Subcommands.Add(_verbs.Create("show", "One pack; --json is the signed file.", [id], async (client, parsed, token) =>
            (await client.GetAsync($"api/evidence/{parsed.GetValue(id)}", token), answer => GateText.WritePack(context, answer))));

        var file = new Argument<string>("ID|FILE") { Description = "A pack's number, or a file that show --json has written." };
        command.Subcommands.Add(_verbs.Create("check", "Whether a pack is as it was signed: 0 yes, 1 no.", [file], async (client, parsed, token) =>
        {
            var named = parsed.GetValue(file)!;
            var pack = long.TryParse(named, out var number) ? await client.GetAsync($"api/evidence/{number}", token) : Read(named);
            return (await client.PostAsync("api/evidence/check", pack.AsObject(), token), answer => GateText.WriteCheck(context, answer));
        }, answer => answer["valid"]?.GetValue<bool>() == true ? ExitCode.Done : DoesNotPass));
        return command;
    }

    private static JsonNode Read(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? throw new CliFault($"{file} is no evidence pack.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CliFault($"{file} cannot be read: {fault.Message}", fault);
        }
    }

    private static string Path(string slice) => $"api/slices/{Uri.EscapeDataString(slice)}";

    private static Argument<string> Slice() => new("SLICE") { Description = "Such as catalog.product.get." };
}
