using System.CommandLine;
using System.Text.Json;
using Strangler.Cli.CdcSync;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Verifying;

/// <summary>
/// <c>verify</c>: compares the mirrors with their source, online, and follows the comparison. Exit code 0 when they are equal (or were made so),
/// 1 when they differ, 2 when that could not be found out.
/// </summary>
internal static class VerifyCommand
{
    private const int CouldNot = 2;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(300);

    public static Command Create(CliContext context)
    {
        var name = new Argument<string?>("TABLE|SLICE") { Description = "A mirrored table, or a slice for all its tables; else everything.", Arity = ArgumentArity.ZeroOrOne };
        var service = new Option<string?>("--service") { Description = "The service whose mirror it is, where there are several.", HelpName = "NAME" };
        var repair = new Option<bool>("--repair") { Description = "Read rows that differ again from the source, and look once more." };
        var entity = new Option<string?>("--entities") { Description = "Compare the tables of this entity, such as product.", HelpName = "ENTITY" };
        var key = new Option<string?>("--key") { Description = "Only the entity known by this, such as a SKU.", HelpName = "KEY" };
        var readModel = new Option<bool>("--read-model") { Description = "Rebuild what the service answers from and compare it with what is stored." };
        var json = new Option<bool>("--json") { Description = "As JSON, as cdc-sync gave it." };
        var address = CdcSyncClient.AddressOption();
        var command = new Command("verify", "Compares mirrors with their source while both live on: 0 equal, 1 different, 2 could not.")
        {
            name, service, repair, entity, key, readModel, json, address,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var client = new VerifyClient(CdcSyncClient.Of(context, parsed.GetValue(address)));
                return parsed.GetValue(readModel)
                    ? await new ReadModelRun(context, client).RunAsync(parsed.GetValue(service), parsed.GetValue(repair), parsed.GetValue(json), cancellationToken)
                    : await RunAsync(
                        context, client, VerifyTarget.Of(parsed.GetValue(name), parsed.GetValue(service), context), parsed.GetValue(repair), parsed.GetValue(entity),
                        parsed.GetValue(key), parsed.GetValue(json), cancellationToken);
            }
            catch (CliFault fault)
            {
                await context.Error.WriteLineAsync($"strangler: {fault.Message}");
                return CouldNot;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CliContext context, VerifyClient client, VerifyTarget target, bool repair, string? entity, string? key, bool json, CancellationToken cancellationToken)
    {
        var run = await client.OrderAsync(target, repair, entity, key, cancellationToken);
        var id = run["id"]!.GetValue<string>();
        try
        {
            var said = "";
            while (run["state"]!.GetValue<string>() is "waiting" or "running")
            {
                await Task.Delay(Pace, context.Time, cancellationToken);
                run = await client.GetAsync(id, cancellationToken);
                if (VerifyText.Progress(run) is var line && line != said)
                {
                    await context.Error.WriteLineAsync(said = line);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await context.Error.WriteLineAsync($"strangler: the verification {id} goes on without us; POST /verify/{id}/cancel ends it.");
            throw;
        }

        if (json)
        {
            await context.Output.WriteLineAsync(run.ToJsonString(Indented));
        }
        else
        {
            VerifyText.Write(context, run);
        }

        return run["result"]!.GetValue<string>() switch
        {
            "equal" or "repaired" => ExitCode.Done,
            "different" => 1,
            _ => CouldNot,
        };
    }
}
