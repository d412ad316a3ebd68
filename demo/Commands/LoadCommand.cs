using System.CommandLine;
using MySqlConnector;
using Strangler.Demo.Loading;

namespace Strangler.Demo.Commands;

/// <summary><c>load</c>: creates the schema and the generated shop in an empty database.</summary>
internal static class LoadCommand
{
    private const int DefaultSeed = 20260105;

    public static Command Create(TimeProvider time)
    {
        var products = new Option<int>("--products")
        {
            Description = $"How many products, {LoadSettings.FewestProducts} to {LoadSettings.MostProducts}.",
            DefaultValueFactory = _ => LoadSettings.FewestProducts,
        };
        products.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var count) && count is < LoadSettings.FewestProducts or > LoadSettings.MostProducts)
            {
                result.AddError($"--products takes {LoadSettings.FewestProducts} to {LoadSettings.MostProducts}, not {count}.");
            }
        });
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same shop.", DefaultValueFactory = _ => DefaultSeed };
        var connection = new Option<string>("--connection") { Description = "Connection string of the database; it must exist.", Required = true };
        var baseUrl = new Option<Uri>("--base-url")
        {
            Description = "The address written to core_config_data.",
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080/"),
            CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : Fail(result),
        };
        var force = new Option<bool>("--force") { Description = "Remove what the database holds first." };
        var command = new Command("load", "Create the schema and fill it with a generated shop.") { products, seed, connection, baseUrl, force };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new LoadSettings(parsed.GetValue(products), parsed.GetValue(seed), parsed.GetValue(baseUrl)!);
            return await RunAsync(parsed.GetValue(connection)!, settings, parsed.GetValue(force), parsed.InvocationConfiguration, time, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string connectionString, LoadSettings settings, bool force, InvocationConfiguration console, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await new StoreLoader(connectionString, new LoadProgress(console.Output, time), time).LoadAsync(settings, force, cancellationToken);
            if (outcome == LoadOutcome.Loaded)
            {
                return 0;
            }

            await console.Error.WriteLineAsync(outcome == LoadOutcome.AlreadyLoaded
                ? "The database already holds a loaded shop; nothing was changed. --force replaces it."
                : "The database holds tables but no finished load; nothing was changed. --force removes them and loads.");
            return 1;
        }
        catch (Exception fault) when (fault is MySqlException or InvalidOperationException or ArgumentException)
        {
            await console.Error.WriteLineAsync($"load: {fault.Message}");
            return 1;
        }
    }

    private static Uri? Fail(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--base-url takes an http or https address, not '{result.Tokens[0].Value}'.");
        return null;
    }
}
