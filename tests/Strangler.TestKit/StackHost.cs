using System.Collections.Concurrent;
using System.Globalization;
using MySqlConnector;

namespace Strangler.TestKit;

/// <summary>What a stack is started with besides the settings of docs/design.md.</summary>
/// <param name="Products">How many products the demo store is loaded with.</param>
/// <param name="Settings">Further settings by process: <see cref="StackHost.Demo"/> and so on, name as in the environment.</param>
/// <param name="Proxies">How many replicas of the facade there are: <see cref="StackHost.Proxy"/>, <c>proxy-2</c>, and so on.</param>
/// <param name="Relays">Whether every connection between two processes goes through a relay of <see cref="StackHost.Relays"/>.</param>
public sealed record StackSettings(
    int Products = 200, IReadOnlyDictionary<string, Dictionary<string, string>>? Settings = null, int Proxies = 1, bool Relays = false);

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
    private readonly Dictionary<string, TcpRelay> _relays = new(StringComparer.Ordinal);
    private readonly List<Facade> _facades = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("strangler-stack-").FullName;

    private StackHost(MariaDbServer database)
    {
        Database = database;
        _facades.Add(new Facade(Proxy, Local(), Local()));
    }

    /// <summary>The relays by what is behind them: a process's name for its web address, <c>source</c>, <c>target</c>, <c>service-database</c> and <c>control</c> for databases.</summary>
    public IReadOnlyDictionary<string, TcpRelay> Relays => _relays;

    /// <summary>All replicas of the facade.</summary>
    public IReadOnlyList<Facade> Facades => _facades;

    public MariaDbServer Database { get; }

    /// <summary>Where shoppers and admins ask: the facade's public listener.</summary>
    public Uri Storefront => _facades[0].Storefront;

    /// <summary>The facade's control listener, open to everybody.</summary>
    public Uri Control => _facades[0].Control;

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

    /// <summary>What those processes printed last that have ended; null when all run.</summary>
    public string? Ended => string.Join('\n', _running.Where(child => child.Value.HasExited).Select(child => $"{child.Key} has ended: {child.Value.Output}")) is { Length: > 0 } text ? text : null;

    /// <summary>Kills a process as a crash would.</summary>
    public Task KillAsync(string process) => _running[process].KillAsync();

    /// <summary>Stops a process where it stands, and lets it go on.</summary>
    public Task PauseAsync(string process, CancellationToken cancellationToken) => _running[process].PauseAsync(cancellationToken);

    public Task ContinueAsync(string process, CancellationToken cancellationToken) => _running[process].ContinueAsync(cancellationToken);

    /// <summary>Starts a process, or starts it again, and waits until it is ready.</summary>
    /// <param name="process">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="settings">Further settings, for this start alone.</param>
    public async Task StartAsync(string process, CancellationToken cancellationToken, IEnumerable<KeyValuePair<string, string>>? settings = null)
    {
        if (_running.TryRemove(process, out var old))
        {
            await old.DisposeAsync();
        }

        var planned = _plan[process];
        var child = ChildProcess.Start(planned.Project, new Dictionary<string, string>([.. planned.Settings, .. settings ?? []]));
        _running[process] = child;
        await child.ReadyAsync(_client, new Uri(planned.Address, "health/ready"), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _running.Values)
        {
            await child.DisposeAsync();
        }

        foreach (var relay in _relays.Values)
        {
            await relay.DisposeAsync();
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
        while (_facades.Count < settings.Proxies)
        {
            _facades.Add(new Facade($"{Proxy}-{_facades.Count + 1}", Local(), Local()));
        }

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
            ["ConnectionStrings__Catalog"] = ConnectionString("catalog", "strangler_catalog", "service-database"),
            ["Magento__CryptKeys__0"] = CryptKey,
        });
        Add(CdcSync, "Strangler.CdcSync", Sync, new()
        {
            ["Urls"] = Text(Sync),
            ["ConnectionStrings__Source"] = ConnectionString("cdc", "magento", "source"),
            ["Cdc__SourceDatabase"] = "magento",
            ["Cdc__Targets__0__Subscription"] = RepositoryPaths.InRepository("extracted-services", "Catalog", "subscription.json"),
            ["Cdc__Targets__0__ConnectionString"] = ConnectionString("catalog", "strangler_catalog", "target"),
            ["Cdc__Targets__0__Notify"] = Text(CatalogService),
        });
        foreach (var facade in _facades)
        {
            Add(facade.Name, "Strangler.Proxy", facade.Control, new()
            {
                ["Facade__StorefrontUrls"] = Text(facade.Storefront),
                ["Facade__ControlUrls"] = Text(facade.Control),
                ["Facade__Magento"] = Through(Demo, Store),
                ["Facade__Services__catalog"] = Through(Catalog, CatalogService),
                ["Facade__CdcSync"] = Through(CdcSync, Sync),
                ["Facade__SlicesFolder"] = RepositoryPaths.InRepository("proxy", "slices"),
                ["Facade__StateFolder"] = Path.Combine(_folder, facade.Name),
                ["ConnectionStrings__Control"] = ConnectionString("control", "strangler_control", "control"),
                ["Control__Open"] = "true",
                ["Control__CryptKey"] = CryptKey,
            });
        }

        void Add(string name, string project, Uri address, Dictionary<string, string> environment)
        {
            foreach (var (setting, value) in settings.Settings?.GetValueOrDefault(name) ?? [])
            {
                environment[setting] = value;
            }

            _plan[name] = new StackProcess(project, address, environment);
        }

        string Through(string name, Uri address) => settings.Relays
            ? string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Relay(name, address.Port)}")
            : Text(address);

        string ConnectionString(string user, string database, string? relay = null) =>
            this.ConnectionString(user, database, relay is null || !settings.Relays ? Database.Port : Relay(relay, Database.Port));
    }

    /// <summary>The port of the relay of that name, made when it is first asked for.</summary>
    private int Relay(string name, int port)
    {
        if (!_relays.TryGetValue(name, out var relay))
        {
            _relays[name] = relay = new TcpRelay(port);
        }

        return relay.Port;
    }

    /// <summary>In the demo every user's password is its name.</summary>
    private string ConnectionString(string user, string database, int? port = null) => new MySqlConnectionStringBuilder
    {
        Server = "127.0.0.1",
        Port = (uint)(port ?? Database.Port),
        UserID = user,
        Password = user,
        Database = database,
    }.ConnectionString;

    private static Uri Local() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}/"));

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    /// <summary>One replica of the facade.</summary>
    /// <param name="Name">Its process.</param>
    /// <param name="Storefront">Its public listener.</param>
    /// <param name="Control">Its control listener, open to everybody.</param>
    public sealed record Facade(string Name, Uri Storefront, Uri Control);

    private sealed record StackProcess(string Project, Uri Address, IReadOnlyDictionary<string, string> Settings);
}
