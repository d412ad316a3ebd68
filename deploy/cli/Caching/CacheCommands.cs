using System.CommandLine;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Control;

namespace Strangler.Cli.Caching;

/// <summary><c>cache</c>: what the facade keeps of slices' answers, and throwing it away.</summary>
internal sealed class CacheCommands(CliContext context)
{
    private readonly ControlVerb _verbs = new(context);

    public Command Create()
    {
        var command = new Command("cache", "Answers that the facade keeps: what there is, and throwing it away.");
        command.Subcommands.Add(Status());
        command.Subcommands.Add(Purge());
        return command;
    }

    private Command Status() => _verbs.Create("status", "Hit rates, sizes, and whether changes are heard, of the replica that answers.", [], async (client, _, token) =>
        (await client.GetAsync("api/cache", token), answer => CacheText.WriteStatus(context, answer)));

    private Command Purge()
    {
        var slice = new Option<string?>("--slice") { Description = "Only this slice's answers, or pages for Magento's own.", HelpName = "SLICE" };
        var tags = new Option<string[]>("--tag") { Description = "Only answers made of this, such as product/5, or page/cat_p_5. May be given again.", HelpName = "TAG" };
        var reason = new Option<string?>("--reason") { Description = "Why; it goes into the audit log.", HelpName = "TEXT", Required = true };
        return _verbs.Create("purge", "Throws kept answers away, on all replicas.", [slice, tags, reason], async (client, parsed, token) =>
        {
            var body = new JsonObject { ["reason"] = parsed.GetValue(reason) };
            if (parsed.GetValue(slice) is { } named)
            {
                body["slice"] = named;
            }

            if (parsed.GetValue(tags) is { Length: > 0 } wanted)
            {
                body["tags"] = new JsonArray([.. wanted.Select(tag => JsonValue.Create(tag))]);
            }

            return (await client.PostAsync("api/cache/purge", body, token), answer => CacheText.WritePurged(context, answer));
        });
    }
}
