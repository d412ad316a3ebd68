using System.Globalization;
using System.Text.Json;
using MySqlConnector;
using Strangler.Cli.Building;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Databases;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Running;

/// <summary>Fills Magento's database of the demo, once; a load that was interrupted is made again.</summary>
internal sealed class DemoStore(CliContext context, PrivateMariaDb database)
{
    public const string AdminName = "admin";
    public const string AdminPassword = "Admin123!Admin";

    // The demo store writes this row last.
    private const string LoadedProducts = "SELECT flag_data FROM magento.flag WHERE flag_code = 'strangler_demo_loaded'";
    private const string FirstSku = "SELECT sku FROM magento.catalog_product_entity ORDER BY entity_id LIMIT 1";
    private const string AccessToken = "SELECT token FROM magento.oauth_token WHERE type = 'access' AND revoked = 0 AND consumer_id IS NOT NULL ORDER BY entity_id LIMIT 1";

    /// <summary>Loads the store when it is not there, is half there, or has another number of products than asked for.</summary>
    public async Task EnsureLoadedAsync(int? products, Uri baseUrl, CancellationToken cancellationToken)
    {
        var loaded = await LoadedProductsAsync(cancellationToken);
        if (loaded is not null && (products is null || products == loaded))
        {
            return;
        }

        var count = products ?? UpSettings.DefaultProducts;
        await context.Progress.StepAsync(string.Create(CultureInfo.InvariantCulture, $"load the demo store ({count:N0} products)"), async report =>
        {
            // The mirror follows the store's log; a store made anew is copied anew.
            await ScalarAsync("DROP DATABASE IF EXISTS strangler_catalog", cancellationToken);
            await ScalarAsync("CREATE DATABASE strangler_catalog CHARACTER SET utf8mb4", cancellationToken);
            var lines = new List<string>();
            var code = await Programs.RunAsync(
                SolutionBuild.Dotnet,
                [
                    context.Repository.BuiltAssembly("Strangler.Demo"), "load", "--force",
                    "--products", count.ToString(CultureInfo.InvariantCulture),
                    "--base-url", baseUrl.AbsoluteUri,
                    "--connection", database.ConnectionString("magento", "magento", "magento"),
                ],
                line =>
                {
                    lines.Add(line);
                    report(line.Trim());
                },
                cancellationToken);
            if (code != 0)
            {
                throw new CliFault($"The demo store could not be loaded:\n{string.Join('\n', lines.TakeLast(15))}");
            }
        });
    }

    /// <summary>The token of the demo's integration and a product, for trying the API.</summary>
    public async Task<(string Token, string Sku)?> ReadSampleAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ScalarAsync(AccessToken, cancellationToken) is string token && await ScalarAsync(FirstSku, cancellationToken) is string sku ? (token, sku) : null;
        }
        catch (MySqlException)
        {
            return null;
        }
    }

    private async Task<int?> LoadedProductsAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await ScalarAsync(LoadedProducts, cancellationToken) is not string data)
            {
                return null;
            }

            using var document = JsonDocument.Parse(data);
            return document.RootElement.GetProperty("products").GetInt32();
        }
        catch (MySqlException fault) when (fault.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.UnknownDatabase)
        {
            return null;
        }
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection($"{database.RootConnectionString};Pooling=false");
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // Every statement is a constant of this class.
        await using var command = new MySqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
