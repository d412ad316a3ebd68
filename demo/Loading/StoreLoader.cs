using System.Globalization;
using System.Text.Json;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Generation;

namespace Strangler.Demo.Loading;

/// <summary>What a load came to.</summary>
internal enum LoadOutcome
{
    Loaded,
    AlreadyLoaded,
    NotEmpty,
}

/// <summary>Creates the schema and fills it. A database that holds anything is left alone unless told otherwise; the mark of a finished load is written last.</summary>
internal sealed class StoreLoader(string connectionString, LoadProgress progress, TimeProvider time)
{
    private const int Parallel = 3;

    public async Task<LoadOutcome> LoadAsync(LoadSettings settings, bool force, CancellationToken cancellationToken)
    {
        var bulk = new MySqlConnectionStringBuilder(connectionString) { AllowLoadLocalInfile = true, DefaultCommandTimeout = 0 }.ConnectionString;
        await using var connection = new MySqlConnection(bulk);
        await connection.OpenAsync(cancellationToken);
        var state = await SchemaInstaller.InspectAsync(connection, cancellationToken);
        if (state != DatabaseState.Empty && !force)
        {
            return state == DatabaseState.Loaded ? LoadOutcome.AlreadyLoaded : LoadOutcome.NotEmpty;
        }

        var started = time.GetTimestamp();
        if (state != DatabaseState.Empty)
        {
            progress.Say("Removing what the database holds.");
            await SchemaInstaller.DropAllAsync(connection, cancellationToken);
        }

        progress.Say("Creating the tables.");
        await SchemaInstaller.CreateAsync(connection, cancellationToken);
        progress.Say(string.Create(CultureInfo.InvariantCulture, $"Loading {settings.Products:N0} products, {settings.Customers:N0} customers, {settings.Orders:N0} orders (seed {settings.Seed})."));
        await new BulkLoader(bulk, Parallel, progress).LoadAsync([.. Tables(settings)], cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO flag (flag_code, state, flag_data) VALUES (@Code, 1, @Data)",
            new { Code = SchemaInstaller.LoadedFlag, Data = JsonSerializer.Serialize(new { products = settings.Products, seed = settings.Seed }) },
            cancellationToken: cancellationToken));
        progress.Say(string.Create(CultureInfo.InvariantCulture, $"Loaded in {time.GetElapsedTime(started).TotalSeconds:0.0} s."));
        return LoadOutcome.Loaded;
    }

    /// <summary>Every table of the load, the long ones first so that they do not run alone at the end.</summary>
    public static IEnumerable<BulkTable> Tables(LoadSettings settings)
    {
        var products = new ProductPlanner(settings.Seed, settings.Products);
        var orders = new OrderPlanner(settings.Seed, products, settings);
        return
        [
            .. new ProductTables(products, settings.Seed).All(),
            .. new ProductPartTables(products).All(),
            .. new CustomerTables(settings).All(),
            .. new OrderTables(orders).All(),
            .. new DocumentTables(orders).All(),
            .. new QuoteTables(orders, settings).All(),
            .. ReferenceTables.All(settings),
            .. AttributeTables.All(),
            .. CategoryTables.All(),
        ];
    }
}
