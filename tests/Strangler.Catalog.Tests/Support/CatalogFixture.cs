using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MySqlConnector;
using Strangler.ServiceDefaults;

[assembly: AssemblyFixture(typeof(Strangler.Catalog.Tests.Support.CatalogFixture))]

namespace Strangler.Catalog.Tests.Support;

/// <summary>
/// A MariaDB with the recorded store's tables as mirror, and the running service in front of it, answering on a port. What a test
/// changes in it it does in a database of its own.
/// </summary>
public sealed class CatalogFixture : IAsyncLifetime
{
    public const string CryptKey = "0123456789abcdef0123456789abcdef";

    private const string Shared = "catalog_shared";
    private const string S0 = "magento-data.sql.gz";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private MariaDbServer? _server;
    private CatalogHost? _host;
    private int _copies;

    public MariaDbServer Server => _server ?? throw new InvalidOperationException("Call SharedAsync first.");

    /// <summary>The service over state S0, projected. Nobody changes its data.</summary>
    internal async Task<CatalogHost> SharedAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_host is null)
            {
                _server ??= await MariaDbServer.StartAsync(cancellationToken);
                await LoadAsync(Shared, cancellationToken);
                _host = await CatalogHost.StartAsync(Server.ConnectionString(Shared), cancellationToken);
            }

            return _host;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A service over a database of its own, from another dump when one is named.</summary>
    internal async Task<CatalogHost> OwnAsync(CancellationToken cancellationToken, string data = S0)
    {
        await SharedAsync(cancellationToken);
        var name = $"catalog_{Interlocked.Increment(ref _copies)}";
        await LoadAsync(name, cancellationToken, data);
        return await CatalogHost.StartAsync(Server.ConnectionString(name), cancellationToken);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _gate.Dispose();
    }

    private async Task LoadAsync(string database, CancellationToken cancellationToken, string data = S0)
    {
        var schema = RepositoryPaths.RequireShared("magento", "db", "magento-schema.sql.gz");
        var rows = RepositoryPaths.RequireShared("magento", "db", data);
        await Server.ExecuteAsync(null, $"CREATE DATABASE {database}", cancellationToken);
        if (database != Shared && data == S0)
        {
            await MirrorDump.CopyAsync(Server, Shared, database, cancellationToken);
        }
        else
        {
            await MirrorDump.LoadAsync(Server, database, schema, rows, cancellationToken);
        }

        await Server.ExecuteAsync(
            database,
            """
            CREATE TABLE cdc_checkpoint (source varchar(64) NOT NULL PRIMARY KEY, sequence bigint NOT NULL, position json NULL,
              source_time datetime(6) NULL, state varchar(16) NOT NULL, reason text NULL);
            CREATE TABLE cdc_dirty_key (entity varchar(64) NOT NULL, key_value varchar(255) NOT NULL, sequence bigint NOT NULL,
              PRIMARY KEY (entity, key_value), KEY (sequence));
            INSERT INTO cdc_checkpoint VALUES ('magento', 1, '{"file":"mysql-bin.000001","offset":4}', UTC_TIMESTAMP(6), 'streaming', NULL);
            INSERT INTO cdc_dirty_key VALUES ('all', '*', 1);
            """,
            cancellationToken);
    }
}

/// <summary>The service in this process, on a port of its own.</summary>
internal sealed class CatalogHost(WebApplication app, string connectionString, SettableTimeProvider time) : IAsyncDisposable
{
    public string ConnectionString { get; } = connectionString;

    public SettableTimeProvider Time { get; } = time;

    public IServiceProvider Services => app.Services;

    public int Port => new Uri(app.Urls.First()).Port;

    /// <summary>Starts it and waits for the first projection.</summary>
    public static async Task<CatalogHost> StartAsync(string connectionString, CancellationToken cancellationToken, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0", $"--ConnectionStrings:Catalog={connectionString}", $"--Magento:CryptKeys:0={CatalogFixture.CryptKey}",
            "--Serilog:MinimumLevel:Default=Warning", "--Serilog:MinimumLevel:Override:Microsoft.Extensions.Diagnostics.HealthChecks=Fatal", .. settings,
        ]);
        builder.AddServiceDefaults("catalog");
        builder.AddCatalog();
        var time = new SettableTimeProvider();
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
        var app = builder.Build();
        app.MapCatalog();
        await app.StartAsync(cancellationToken);
        var host = new CatalogHost(app, connectionString, time);
        await Eventually.TrueAsync(
            async () => (await RawHttp.GetAsync(host.Port, "/health/ready", cancellationToken)).Status == 200, "the service is ready", cancellationToken);
        return host;
    }

    public async Task<MySqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new MySqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>The system's clock, unless a test sets another time; timers run as ever.</summary>
internal sealed class SettableTimeProvider : TimeProvider
{
    public DateTimeOffset? Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now ?? base.GetUtcNow();
}
