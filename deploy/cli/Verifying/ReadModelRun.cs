using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Verifying;

/// <summary>Has a service compare its read model with what its mirror says, piece by piece.</summary>
internal sealed class ReadModelRun(CliContext context, VerifyClient client)
{
    private const int KeptDifferences = 1000;
    private const int ShownDifferences = 20;
    private const int CouldNot = 2;
    private const int LooksAfterRepair = 60;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<int> RunAsync(string? service, bool repair, bool json, CancellationToken cancellationToken)
    {
        var tally = await PassAsync(service, repair, cancellationToken);
        var found = tally;
        for (var look = 0; repair && found.Differing > 0 && look < LooksAfterRepair && (look == 0 || tally.Waiting > 0); look++)
        {
            // What was ordered is built by the service itself, in its own time.
            await Task.Delay(Pause, context.Time, cancellationToken);
            tally = await PassAsync(service, repair: false, cancellationToken);
        }

        if (json)
        {
            await context.Output.WriteLineAsync(new JsonObject
            {
                ["compared"] = found.Compared,
                ["differing"] = found.Differing,
                ["stillDiffering"] = tally.Differing,
                ["waiting"] = tally.Waiting,
                ["differences"] = found.Differences,
            }.ToJsonString(Indented));
        }
        else
        {
            foreach (var difference in found.Differences.Take(ShownDifferences))
            {
                await context.Output.WriteLineAsync(difference!["text"]!.GetValue<string>());
            }

            await context.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{found.Compared} compared, {found.Differing} differ{(repair ? $", {tally.Differing} after the repair" : "")}, {tally.Waiting} wait to be projected"));
        }

        return tally.Differing > 0 ? 1 : tally.Waiting > 0 ? CouldNot : ExitCode.Done;
    }

    private async Task<Tally> PassAsync(string? service, bool repair, CancellationToken cancellationToken)
    {
        var (compared, differing, waiting) = (0L, 0L, 0L);
        var differences = new JsonArray();
        string? after = null;
        do
        {
            var piece = await client.ReadModelAsync(service, repair, after, cancellationToken);
            compared += piece["compared"]!.GetValue<long>();
            differing += piece["differing"]!.GetValue<long>();
            waiting += piece["waiting"]!.GetValue<long>();
            foreach (var difference in piece["differences"]!.AsArray().Take(KeptDifferences - differences.Count))
            {
                differences.Add(difference!.DeepClone());
            }

            after = piece["next"]?.GetValue<string>();
            await context.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{compared} compared"));
        }
        while (after is not null);

        return new Tally(compared, differing, waiting, differences);
    }

    private sealed record Tally(long Compared, long Differing, long Waiting, JsonArray Differences);
}
