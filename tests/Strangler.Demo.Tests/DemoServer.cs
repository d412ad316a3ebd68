using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Strangler.Demo.Commands;
using Strangler.Demo.Loading;
using Strangler.Demo.Tests;

[assembly: AssemblyFixture(typeof(DemoServer))]

namespace Strangler.Demo.Tests;

/// <summary>A MariaDB with the smallest generated shop, and the store on a real listener in front of it. One for all tests; tests that write use their own products.</summary>
public sealed class DemoServer : IAsyncLifetime
{
    public const int Products = 200;
    public const int Seed = 7;
    public const string IntegrationToken = "demo0integration0token0strangler";
    public const string CryptKey = "test-crypt-key-0123456789abcdef0";

    private MariaDbServer? _database;
    private WebApplication? _app;

    public MariaDbServer Database => _database ?? throw new InvalidOperationException("The server has not started.");

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public string LoadLog { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _database = await MariaDbServer.StartAsync(CancellationToken.None);
        await Database.ExecuteAsync(null, "CREATE DATABASE magento", CancellationToken.None);
        var log = new StringWriter();
        var outcome = await new StoreLoader(Database.ConnectionString("magento"), new LoadProgress(log, TimeProvider.System), TimeProvider.System)
            .LoadAsync(new LoadSettings(Products, Seed, new Uri("http://127.0.0.1/")), force: false, CancellationToken.None);
        outcome.Should().Be(LoadOutcome.Loaded);
        LoadLog = log.ToString();

        var port = FreePort.Next();
        Address = new Uri($"http://127.0.0.1:{port}/");
        var builder = WebApplication.CreateBuilder(
        [
            $"--Urls={Address}", $"--ConnectionStrings:Store={Database.ConnectionString("magento")}", $"--Demo:BaseUrl={Address}", "--Demo:Delays=false", $"--Demo:CryptKey={CryptKey}",
            "--Serilog:MinimumLevel:Default=Warning",
        ]);
        ServeCommand.AddStore(builder);
        _app = builder.Build();
        ServeCommand.MapStore(_app);
        await _app.StartAsync();
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Should().ContainSingle();
    }

    /// <summary>A client that follows nothing and keeps no cookies; every test sees the answer as sent.</summary>
    public HttpClient Client(bool authorized = false)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        if (authorized)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", IntegrationToken);
        }

        return client;
    }

    public async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(Database.ConnectionString("magento"));
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(sql, connection);
        var value = await command.ExecuteScalarAsync(cancellationToken);
        return value is null or DBNull ? default : (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        MySqlConnection.ClearAllPools();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}
