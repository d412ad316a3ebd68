using System.Collections.Concurrent;
using System.Globalization;
using MySqlConnector;

namespace Strangler.TestKit;

/// <summary>What a stack is started with besides the settings of docs/design.md.</summary>
/// <param name="Products">How many products the demo store is loaded with.</param>
/// <param name="Settings">Further settings by process: <see cref="StackHost.Demo"/> and so on, name as in the environment.</param>
public sealed record StackSettings(int Products = 200, IReadOnlyDictionary<string, Dictionary<string, string>>? Settings = null);

/// <summary>
/// The whole system on free ports: a private MariaDB with the users and databases of docs/design.md, the demo store loaded, and the four
/// processes from the build output. Each process can be killed and started again by its name. The test project must refer to all four.
/// </summary>
public sealed class StackHost : IAsyncDisposable
{
    public const string Demo = "demo";
    public const string Catalog = "catalog";
    public const string CdcSync = "cdc-sync";
    public const string Proxy = "proxy";

    private const string CryptKey = "0123456789abcdef0123456789abcdef";
    private const string AccessToken =
        "select token from oauth_token where type = 'access' and revoked = 0 and consumer_id is not null order by entity_id limit 1";

    private readonly Dictionary<string, StackProcess> _plan = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ChildProcess> _running = new(StringComparer.Ordinal);
    private readonly HttpClient _client = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("strangler-stack-").FullName;

    private StackHost(MariaDbServer database) => Database = database;

    public MariaDbServer Database { get; }

    /// <summary>Where shoppers and admins ask: the facade's public listener.</summary>
    public Uri Storefront { get; } = Local();

    /// <summary>The facade's control listener, open to everybody.</summary>
    public Uri Control { get; } = Local();

    public Uri Store { get; } = Local();

    public Uri CatalogService { get; } = Local();

    public Uri Sync { get; } = Local();

    /// <summary>The token of the demo's integration.</summary>
    public string IntegrationToken { get; private set; } = "";

    /// <summary>Starts everything and waits until it is ready. Skips the test where MariaDB is not installed.</summary>
    public static async Task<StackHost> StartAsync(CancellationToken cancellationToken, StackSettings? settings = null)
    {
        var stack = new StackHost(await MariaDbServer.StartAsync(cancellationToken));
        try
        {
            await stack.StartAllAsync(settings ?? new StackSettings(), cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a process printed last.</summary>
    public string OutputOf(string process) => _running.TryGetValue(process, out var child) ? child.Output : "";

    /// <summary>Kills a process as a crash would.</summary>
    public Task KillAsync(string process) => _running[process].KillAsync();

    /// <summary>Starts a process, or starts it again, and waits until it is ready.</summary>
    public async Task StartAsync(string process, CancellationToken cancellationToken)
    {
        if (_running.TryRemove(process, out var old))
        {
            await old.DisposeAsync();
        }

        var planned = _plan[process];
        var child = ChildProcess.Start(planned.Project, planned.Settings);
        _running[process] = child;
        await child.ReadyAsync(_client, new Uri(planned.Address, "health/ready"), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _running.Values)
        {
            await child.DisposeAsync();
        }

        await Database.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAllAsync(StackSettings settings, CancellationToken cancellationToken)
    {
        await CreateDatabasesAsync(cancellationToken);
        await ProcessRunner.RunAsync(
            "dotnet",
            [
                BuiltProgram.AssemblyOf("Strangler.Demo"), "load", "--products", settings.Products.ToString(CultureInfo.InvariantCulture),
                "--base-url", Storefront.AbsoluteUri, "--connection", ConnectionString("magento", "magento"),
            ],
            cancellationToken);
        IntegrationToken = await ReadTokenAsync(cancellationToken);
        Plan(settings);
        // All at once: the catalog is ready only when cdc-sync has copied the store to it.
        await Task.WhenAll(_plan.Keys.Select(process => StartAsync(process, cancellationToken)));
    }

    private Task CreateDatabasesAsync(CancellationToken cancellationToken) => Database.ExecuteAsync(
        null,
        """
        drop user if exists ''@'localhost';
        create database magento character set utf8mb4;
        create database strangler_catalog character set utf8mb4;
        create database strangler_control character set utf8mb4;
        create user 'magento'@'127.0.0.1' identified by 'magento', 'cdc'@'127.0.0.1' identified by 'cdc',
            'catalog'@'127.0.0.1' identified by 'catalog', 'control'@'127.0.0.1' identified by 'control';
        grant all privileges on magento.* to 'magento'@'127.0.0.1';
        grant select on magento.* to 'cdc'@'127.0.0.1';
        grant replication slave, binlog monitor on *.* to 'cdc'@'127.0.0.1';
        grant all privileges on strangler_catalog.* to 'catalog'@'127.0.0.1';
        grant all privileges on strangler_control.* to 'control'@'127.0.0.1';
        """,
        cancellationToken);

    private async Task<string> ReadTokenAsync(CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(Database.ConnectionString("magento"));
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(AccessToken, connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken) ?? throw new InvalidOperationException("The demo store has no integration token."));
    }

    private void Plan(StackSettings settings)
    {
        Add(Demo, "Strangler.Demo", Store, new()
        {
            ["Urls"] = Text(Store),
            ["ConnectionStrings__Store"] = ConnectionString("magento", "magento"),
            ["Demo__BaseUrl"] = Storefront.AbsoluteUri,
            ["Demo__Delays"] = "false",
            ["Demo__CryptKey"] = CryptKey,
        });
        Add(Catalog, "Strangler.Catalog", CatalogService, new()
        {
            ["Urls"] = Text(CatalogService),
            ["ConnectionStrings__Catalog"] = ConnectionString("catalog", "strangler_catalog"),
            ["Magento__CryptKeys__0"] = CryptKey,
        });
        Add(CdcSync, "Strangler.CdcSync", Sync, new()
        {
            ["Urls"] = Text(Sync),
            ["ConnectionStrings__Source"] = ConnectionString("cdc", "magento"),
            ["Cdc__SourceDatabase"] = "magento",
            ["Cdc__Targets__0__Subscription"] = RepositoryPaths.InRepository("extracted-services", "Catalog", "subscription.json"),
            ["Cdc__Targets__0__ConnectionString"] = ConnectionString("catalog", "strangler_catalog"),
            ["Cdc__Targets__0__Notify"] = Text(CatalogService),
        });
        Add(Proxy, "Strangler.Proxy", Control, new()
        {
            ["Facade__StorefrontUrls"] = Text(Storefront),
            ["Facade__ControlUrls"] = Text(Control),
            ["Facade__Magento"] = Text(Store),
            ["Facade__Services__catalog"] = Text(CatalogService),
            ["Facade__CdcSync"] = Text(Sync),
            ["Facade__SlicesFolder"] = RepositoryPaths.InRepository("proxy", "slices"),
            ["Facade__StateFolder"] = Path.Combine(_folder, "facade"),
            ["ConnectionStrings__Control"] = ConnectionString("control", "strangler_control"),
            ["Control__Open"] = "true",
            ["Control__CryptKey"] = CryptKey,
        });

        void Add(string name, string project, Uri address, Dictionary<string, string> environment)
        {
            foreach (var (setting, value) in settings.Settings?.GetValueOrDefault(name) ?? [])
            {
                environment[setting] = value;
            }

            _plan[name] = new StackProcess(project, address, environment);
        }
    }

    /// <summary>In the demo every user's password is its name.</summary>
    private string ConnectionString(string user, string database) => new MySqlConnectionStringBuilder
    {
        Server = "127.0.0.1",
        Port = (uint)Database.Port,
        UserID = user,
        Password = user,
        Database = database,
    }.ConnectionString;

    private static Uri Local() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}/"));

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private sealed record StackProcess(string Project, Uri Address, IReadOnlyDictionary<string, string> Settings);
}
