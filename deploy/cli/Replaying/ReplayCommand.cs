using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Control;

namespace Strangler.Cli.Replaying;

/// <summary><c>replay</c>: asks both sides what a log says that shoppers have asked. The facade asks and compares; this reads the log and keeps the pace.</summary>
internal static class ReplayCommand
{
    private const double HighestRate = 5000;
    private const int Differs = 1;

    public static Command Create(CliContext context)
    {
        var logs = new Argument<string[]>("LOG")
        {
            Description = "Access logs of nginx or Apache (combined or common format) or recordings of the facade, plain or gzip; - is the standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var against = Address("--against", "Magento's address; else the one that the facade forwards to.");
        var and = Address("--and", "The service's address; else those of the slices.");
        var store = Address("--store-url", "The shop's own address, scheme and host, that both sides are asked for; else the log's host, else Magento's address.");
        var rate = new Option<double>("--rate") { Description = "Requests a second.", HelpName = "N", DefaultValueFactory = _ => 10 };
        rate.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= HighestRate))
            {
                result.AddError($"--rate takes more than 0 to {HighestRate:0} a second, not '{token.Value}'.");
            }
        });
        var limit = Whole("--limit", "Stop after so many requests of the log.", 1, int.MaxValue, null);
        var concurrency = Whole("--concurrency", "Requests under way at once.", 1, 64, 4);
        var methods = new Option<string[]>("--methods")
        {
            Description = "Methods that are asked, such as GET,POST; others than GET and HEAD change things, and are asked without the body, which no log has.",
            HelpName = "METHODS",
            DefaultValueFactory = _ => ["GET,HEAD"],
        };
        var slices = new Option<string[]>("--slice") { Description = "Only requests of this slice. May be given again.", HelpName = "SLICE" };
        var count = new Option<bool>("--count") { Description = "What is found counts as evidence for the slices' gates." };
        var reason = new Option<string?>("--reason") { Description = "Why; it goes into the audit log. Else which log it was.", HelpName = "TEXT" };
        return new ControlVerb(context).Create(
            "replay", "Asks both sides the requests of a log, and compares: 0 all the same, 1 not.", [logs, against, and, store, rate, limit, concurrency, methods, slices, count, reason],
            async (client, parsed, token) =>
            {
                var files = parsed.GetValue(logs)!;
                var begin = new JsonObject
                {
                    ["reason"] = parsed.GetValue(reason) ?? $"replay of {string.Join(", ", files.Select(Path.GetFileName))}",
                    ["count"] = parsed.GetValue(count),
                    ["concurrency"] = parsed.GetValue(concurrency),
                    ["methods"] = new JsonArray([.. parsed.GetValue(methods)!.SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                        .Select(method => (JsonNode)method.ToUpperInvariant())]),
                };
                Set(begin, "magento", parsed.GetValue(against));
                Set(begin, "service", parsed.GetValue(and));
                Set(begin, "storeUrl", parsed.GetValue(store));
                if (parsed.GetValue(slices) is { Length: > 0 } named)
                {
                    begin["slices"] = new JsonArray([.. named.Select(slice => (JsonNode)slice)]);
                }

                var run = new ReplayRun(context, client, new LogReader(files), parsed.GetValue(rate), parsed.GetValue(limit) ?? long.MaxValue);
                return (await run.RunAsync(begin, token), answer => ReplayText.Write(context, answer));
            },
            answer => ReplayText.IsSame(answer) ? ExitCode.Done : Differs);
    }

    private static void Set(JsonObject body, string name, Uri? address)
    {
        if (address is not null)
        {
            body[name] = address.AbsoluteUri;
        }
    }

    private static Option<Uri?> Address(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            {
                return uri;
            }

            result.AddError($"{name} takes an http or https address, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private static Option<int?> Whole(string name, string description, int least, int most, int? usual)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most))
            {
                result.AddError($"{name} takes {least} to {most}, not '{token.Value}'.");
            }
        });
        return option;
    }
}
