using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Verifying;

/// <summary>What is to be compared: a table, or the tables of a slice with its service; everything when nothing is named.</summary>
internal sealed record VerifyTarget(string? Service, IReadOnlyList<string> Tables)
{
    public static VerifyTarget Of(string? name, string? service, CliContext context)
    {
        if (name is null)
        {
            return new VerifyTarget(service, []);
        }

        var folder = context.Environment("STRANGLER_SLICES") is { Length: > 0 } given ? given : context.Repository.In("proxy", "slices");
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Where(file => !file.EndsWith(".schema.json", StringComparison.Ordinal)) : [])
        {
            if (Read(file) is { } slice && slice["id"]?.GetValue<string>() == name)
            {
                var tables = slice["tables"]?.AsArray().Select(table => table!.GetValue<string>()).ToList() ?? [];
                return tables.Count > 0
                    ? new VerifyTarget(service ?? slice["service"]?.GetValue<string>(), tables)
                    : throw new CliFault($"The slice {name} names no tables ({file}).");
            }
        }

        return new VerifyTarget(service, [name]);
    }

    private static JsonNode? Read(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file), documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (System.Text.Json.JsonException)
        {
            // The facade says what is wrong with it.
            return null;
        }
    }
}
