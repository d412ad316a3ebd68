using System.Globalization;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Caching;

/// <summary>The facade's store of answers in words.</summary>
internal static class CacheText
{
    public static void WriteStatus(CliContext context, JsonNode answer)
    {
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{answer["answers"]} answers in {Megabytes(answer["bytes"]!)} of {Megabytes(answer["maximumBytes"]!)} MB; {answer["dropped"]} thrown away because of a change, {answer["evicted"]} for room"));
        WritePages(context, answer["pages"]);
        var slices = answer["slices"]!.AsArray();
        if (slices.Count == 0)
        {
            context.Output.WriteLine("No slice declares cache.");
            return;
        }

        context.Output.WriteLine(answer["fault"]?.ToString() is { } fault ? $"Changes are not heard: {fault}" : $"Changes are heard, the last one is {answer["seen"] ?? "none yet"}");
        foreach (var slice in slices)
        {
            context.Output.WriteLine($"{slice!["slice"]}: {Rate(slice)} ({slice["hits"]} hits, {slice["misses"]} misses), {slice["answers"]} answers");
        }
    }

    public static void WritePurged(CliContext context, JsonNode answer) =>
        context.Output.WriteLine($"{answer["dropped"]} answers thrown away on {answer["replica"]}; the other replicas follow within seconds.");

    private static void WritePages(CliContext context, JsonNode? pages)
    {
        if (pages is not null)
        {
            context.Output.WriteLine($"pages: {Rate(pages)} ({pages["hits"]} hits, {pages["misses"]} misses), {pages["pages"]} pages and fragments in {Megabytes(pages["bytes"]!)} MB; "
                + $"{pages["purges"]} purges here, {pages["followedPurges"]} elsewhere{(pages["isFollowing"]!.GetValue<bool>() ? "" : ", which are not heard now")}");
        }
    }

    private static string Rate(JsonNode cache) =>
        cache["hitRate"]?.GetValue<double>() is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} % hits") : "no request yet";

    private static string Megabytes(JsonNode bytes) => (bytes.GetValue<double>() / 1_000_000).ToString("0.0", CultureInfo.InvariantCulture);
}
