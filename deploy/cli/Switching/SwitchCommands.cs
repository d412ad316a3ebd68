using System.CommandLine;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Control;

namespace Strangler.Cli.Switching;

/// <summary>
/// <c>switch</c>, <c>rehearse</c> and <c>replicas</c>. Exit code 0 when it was done, 1 when it was refused, cancelled or failed.
/// </summary>
internal sealed class SwitchCommands(CliContext context)
{
    private const int NotDone = 1;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    // Longer than a rehearsal may rest between its two switches.
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(90);

    private readonly ControlVerb _verbs = new(context);

    public IEnumerable<Command> CreateAll() => [Switch(), Rehearse(), Replicas()];

    private Command Switch()
    {
        var slice = Slice();
        var to = new Option<string>("--to") { Description = "Who is to own its data: service or magento.", HelpName = "SIDE", Required = true };
        to.AcceptOnlyFromAmong("service", "magento");
        var dryRun = new Option<bool>("--dry-run") { Description = "Check and measure; hold nobody, move nothing." };
        var over = new Option<bool>("--override") { Description = "Although a gate does not pass; it goes into the audit log." };
        var reason = Reason();
        var command = _verbs.Create("switch", "Moves a slice's writes, and with them its data's owner.", [slice, to, dryRun, over, reason], async (client, parsed, token) =>
        {
            var body = new JsonObject
            {
                ["to"] = parsed.GetValue(to),
                ["dryRun"] = parsed.GetValue(dryRun),
                ["override"] = parsed.GetValue(over),
                ["reason"] = parsed.GetValue(reason),
            };
            var begun = await client.PostAsync($"{Path(parsed.GetValue(slice)!)}/switch", body, token);
            return await FollowAsync(client, parsed.GetValue(slice)!, begun, token);
        }, ended => ended["outcome"]!.GetValue<string>() is "switched" or "wouldSwitch" ? ExitCode.Done : NotDone);
        command.Subcommands.Add(Cancel());
        command.Subcommands.Add(Status());
        return command;
    }

    private Command Cancel()
    {
        var (slice, reason) = (Slice(), Reason());
        return _verbs.Create("cancel", "Takes a switch that is under way back; everything stays as it was.", [slice, reason], async (client, parsed, token) =>
        {
            var asked = await client.PostAsync($"{Path(parsed.GetValue(slice)!)}/switch/cancel", new JsonObject { ["reason"] = parsed.GetValue(reason) }, token);
            return await FollowAsync(client, parsed.GetValue(slice)!, asked, token);
        }, ended => ended["outcome"]!.GetValue<string>() == "cancelled" ? ExitCode.Done : NotDone);
    }

    private Command Status()
    {
        var slice = Slice();
        return _verbs.Create("status", "Who owns a slice's data; its last switches and rehearsals.", [slice], async (client, parsed, token) =>
            (await client.GetAsync($"{Path(parsed.GetValue(slice)!)}/switch", token), answer => SwitchText.WriteStatus(context, answer)));
    }

    private Command Rehearse()
    {
        var (slice, reason) = (Slice(), Reason());
        return _verbs.Create("rehearse", "Switches and comes back on marked requests alone, and keeps what it took.", [slice, reason], async (client, parsed, token) =>
        {
            var path = $"{Path(parsed.GetValue(slice)!)}/switch";
            var before = Newest(await client.GetAsync(path, token));
            await client.PostAsync($"{Path(parsed.GetValue(slice)!)}/rehearse", new JsonObject { ["reason"] = parsed.GetValue(reason) }, token);
            var quietSince = context.Time.GetTimestamp();
            while (true)
            {
                var writes = await client.GetAsync(path, token);
                if (Newest(writes) is { } newest && newest["id"]!.GetValue<long>() != before?["id"]?.GetValue<long>())
                {
                    return (newest, answer => SwitchText.WriteRehearsal(context, answer));
                }

                quietSince = writes["current"] is null ? quietSince : context.Time.GetTimestamp();
                if (context.Time.GetElapsedTime(quietSince) > LongestRest)
                {
                    throw new CliFault($"The rehearsal left no result: the replica that ran it ended or could not keep it. See ./strangler switch status {parsed.GetValue(slice)} and its log, and rehearse again.");
                }

                await Task.Delay(Pace, context.Time, token);
            }
        }, rehearsal => rehearsal["passed"]!.GetValue<bool>() ? ExitCode.Done : NotDone);
    }

    private Command Replicas()
    {
        var command = _verbs.Create("replicas", "Every replica, where it stands and when it was heard.", [], async (client, _, token) =>
            (await client.GetAsync("api/replicas", token), answer => SwitchText.WriteReplicas(context, answer)));
        var replica = new Argument<string>("REPLICA") { Description = "Its id, as replicas shows it." };
        var reason = Reason();
        command.Subcommands.Add(_verbs.Create("forget", "Vouches that a replica that is not heard has ended.", [replica, reason], async (client, parsed, token) =>
            (await client.PostAsync($"api/replicas/{Uri.EscapeDataString(parsed.GetValue(replica)!)}/forget", new JsonObject { ["reason"] = parsed.GetValue(reason) }, token),
                answer => SwitchText.WriteReplicas(context, answer))));
        return command;
    }

    /// <summary>Tells each step as it comes, until the switch has ended.</summary>
    private async Task<(JsonNode, Action<JsonNode>)> FollowAsync(ControlClient client, string slice, JsonNode begun, CancellationToken cancellationToken)
    {
        var told = 0;
        while (true)
        {
            var view = await client.GetAsync($"{Path(slice)}/switch/{begun["id"]!.GetValue<long>()}", cancellationToken);
            var steps = view["steps"]?.AsArray() ?? [];
            for (; told < steps.Count; told++)
            {
                await context.Error.WriteLineAsync(SwitchText.Step(steps[told]!));
            }

            if (view["outcome"] is not null)
            {
                return (view, answer => SwitchText.WriteSwitch(context, answer));
            }

            await Task.Delay(Pace, context.Time, cancellationToken);
        }
    }

    private static JsonNode? Newest(JsonNode writes) => writes["rehearsals"]?.AsArray().FirstOrDefault();

    private static string Path(string slice) => $"api/slices/{Uri.EscapeDataString(slice)}";

    private static Argument<string> Slice() => new("SLICE") { Description = "A slice that writes, such as cart.items." };

    private static Option<string?> Reason() => new("--reason") { Description = "Why; it goes into the audit log.", HelpName = "TEXT", Required = true };
}
