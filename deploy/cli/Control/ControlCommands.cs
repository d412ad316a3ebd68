using System.CommandLine;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Control;

/// <summary>The verbs that look at slices and move them.</summary>
internal sealed class ControlCommands(CliContext context)
{
    private static readonly string[] Stages = ["legacy", "shadow", "canary", "live", "retired"];
    private readonly ControlVerb _verbs = new(context);

    public IEnumerable<Command> CreateAll() => [Slices(), Promote(), Rollback(), Kill(), Explain(), Audit()];

    private Command Slices()
    {
        var id = new Argument<string?>("SLICE") { Description = "Only this one, with all that is known of it.", Arity = ArgumentArity.ZeroOrOne };
        return _verbs.Create("slices", "Every slice: its stage, split, requests, errors, latency, lag.", [id], async (client, parsed, token) =>
            parsed.GetValue(id) is { } slice
                ? (await client.GetAsync(SlicePath(slice), token), answer => ControlText.WriteSlice(context, answer))
                : (await client.GetAsync("api/slices", token), answer => ControlText.WriteSlices(context, answer)));
    }

    private Command Promote()
    {
        var slice = Slice();
        var to = Stage("--to", "The stage to go to: shadow, canary, live or retired.", required: true);
        var percent = new Option<double?>("--percent") { Description = "The canary's share, above 0 to 100.", HelpName = "N" };
        percent.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(double.TryParse(token.Value, System.Globalization.CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 100))
            {
                result.AddError($"--percent takes 0 to 100, not '{token.Value}'.");
            }
        });
        var reason = Reason();
        var version = ExpectedVersion();
        var force = new Option<bool>("--override") { Description = "Go although a gate does not pass; the audit log says so." };
        return _verbs.Create("promote", "Moves a slice to a stage; forward only when its gates pass.", [slice, to, percent, reason, version, force], (client, parsed, token) =>
        {
            var body = StageBody(parsed.GetValue(to)!, parsed.GetValue(reason)!, parsed.GetValue(version));
            if (parsed.GetValue(percent) is { } share)
            {
                body["percent"] = share;
            }

            if (parsed.GetValue(force))
            {
                body["override"] = true;
            }

            return MoveAsync(client, parsed.GetValue(slice)!, body, token);
        });
    }

    private Command Rollback()
    {
        var slice = Slice();
        var to = Stage("--to", "The stage to go back to; legacy when not given.", required: false);
        var reason = Reason();
        var version = ExpectedVersion();
        return _verbs.Create("rollback", "Sends a slice back to Magento.", [slice, to, reason, version], (client, parsed, token) =>
            MoveAsync(client, parsed.GetValue(slice)!, StageBody(parsed.GetValue(to) ?? "legacy", parsed.GetValue(reason)!, parsed.GetValue(version)), token));
    }

    private Command Kill()
    {
        var state = new Argument<string>("STATE") { Description = "on: everything to Magento; off: as the stages say." };
        state.AcceptOnlyFromAmong("on", "off");
        var reason = Reason();
        return _verbs.Create("kill", "The kill switch.", [state, reason], async (client, parsed, token) =>
            (await client.PostAsync("api/kill-switch", new JsonObject { ["on"] = parsed.GetValue(state) == "on", ["reason"] = parsed.GetValue(reason) }, token),
                answer => ControlText.WriteKillSwitch(context, answer)));
    }

    private Command Explain()
    {
        var method = new Argument<string>("METHOD") { Description = "Such as GET." };
        var url = new Argument<string>("URL") { Description = "Absolute, or from the slash on." };
        var headers = new Option<string[]>("--header", "-H") { Description = "A header, as curl takes it: 'Name: value'. May be given again.", HelpName = "HEADER" };
        headers.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.IndexOf(':', StringComparison.Ordinal) <= 0) is { } bad)
            {
                result.AddError($"--header takes 'Name: value', not '{bad.Value}'.");
            }
        });
        var client = new Option<string?>("--client") { Description = "The visitor's IP address.", HelpName = "ADDRESS" };
        return _verbs.Create("explain", "Which slice and side a request would take, and why.", [method, url, headers, client], async (api, parsed, token) =>
        {
            var fields = new JsonObject();
            foreach (var header in parsed.GetValue(headers) ?? [])
            {
                var (name, value) = (header[..header.IndexOf(':', StringComparison.Ordinal)].Trim(), header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
                fields[name] = fields[name] is { } earlier ? $"{earlier}{(name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) ? "; " : ", ")}{value}" : value;
            }

            var body = new JsonObject { ["method"] = parsed.GetValue(method)!.ToUpperInvariant(), ["url"] = parsed.GetValue(url), ["headers"] = fields };
            if (parsed.GetValue(client) is { } address)
            {
                body["clientAddress"] = address;
            }

            return (await api.PostAsync("api/explain", body, token), answer => ControlText.WriteExplain(context, answer));
        });
    }

    private Command Audit()
    {
        var limit = new Option<int>("--limit") { Description = "How many entries, newest first.", HelpName = "N", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var count) && count is >= 1 and <= 500))
            {
                result.AddError($"--limit takes 1 to 500, not '{token.Value}'.");
            }
        });
        return _verbs.Create("audit", "Who moved what, when and why.", [limit], async (client, parsed, token) =>
            (await client.GetAsync($"api/audit?limit={parsed.GetValue(limit)}", token), answer => ControlText.WriteAudit(context, answer)));
    }

    private async Task<(JsonNode, Action<JsonNode>)> MoveAsync(ControlClient client, string slice, JsonObject body, CancellationToken cancellationToken) =>
        (await client.PostAsync($"{SlicePath(slice)}/stage", body, cancellationToken), answer => ControlText.WriteMoved(context, answer));

    private static JsonObject StageBody(string stage, string reason, long? version)
    {
        var body = new JsonObject { ["stage"] = stage, ["reason"] = reason };
        if (version is not null)
        {
            body["expectedVersion"] = version;
        }

        return body;
    }

    private static string SlicePath(string slice) => $"api/slices/{Uri.EscapeDataString(slice)}";

    private static Argument<string> Slice() => new("SLICE") { Description = "Such as catalog.product.get." };

    private static Option<string?> Stage(string name, string description, bool required)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "STAGE", Required = required };
        option.AcceptOnlyFromAmong(Stages);
        return option;
    }

    private static Option<string?> Reason() => new("--reason") { Description = "Why; it goes into the audit log.", HelpName = "TEXT", Required = true };

    private static Option<long?> ExpectedVersion() => new("--expected-version") { Description = "Only if the slice still stands at this version.", HelpName = "N" };
}
