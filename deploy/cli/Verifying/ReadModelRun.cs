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

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<int> RunAsync(string? service, bool repair, bool json, CancellationToken cancellationToken)
    {
        var (compared, differing, repaired) = (0L, 0L, 0L);
        var differences = new JsonArray();
        string? after = null;
        do
        {
            var piece = await client.ReadModelAsync(service, repair, after, cancellationToken);
            compared += piece["compared"]!.GetValue<long>();
            differing += piece["differing"]!.GetValue<long>();
            repaired += piece["repaired"]!.GetValue<long>();
            foreach (var difference in piece["differences"]!.AsArray().Take(KeptDifferences - differences.Count))
            {
                differences.Add(difference!.DeepClone());
            }

            after = piece["next"]?.GetValue<string>();
            await context.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{compared} compared"));
        }
        while (after is not null);

        if (json)
        {
            await context.Output.WriteLineAsync(new JsonObject { ["compared"] = compared, ["differing"] = differing, ["repaired"] = repaired, ["differences"] = differences }.ToJsonString(Indented));
        }
        else
        {
            foreach (var difference in differences.Take(ShownDifferences))
            {
                await context.Output.WriteLineAsync(difference!["text"]!.GetValue<string>());
            }

            await context.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{compared} compared, {differing} differ, {repaired} repaired"));
        }

        return compared == 0 ? CouldNot : differing == repaired ? ExitCode.Done : 1;
    }
}
