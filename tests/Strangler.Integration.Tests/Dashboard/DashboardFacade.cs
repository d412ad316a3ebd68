using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

[assembly: AssemblyFixture(typeof(Strangler.Integration.Tests.Dashboard.ControlServer))]

namespace Strangler.Integration.Tests.Dashboard;

/// <summary>One MariaDB for all facades of the suite.</summary>
public sealed class ControlServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private MariaDbServer? _server;
    private int _count;

    /// <summary>A new empty database. The server is started by the first who asks.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            _server ??= await MariaDbServer.StartAsync(cancellationToken);
        }
        finally
        {
            _once.Release();
        }

        var name = $"control_{Interlocked.Increment(ref _count)}";
        await _server.ExecuteAsync(null, $"create database {name}", cancellationToken);
        return _server.ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _once.Dispose();
    }
}

/// <summary>The real proxy process before a fake Magento, a fake service and a fake cdc-sync.</summary>
internal sealed class DashboardFacade : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strangler-dashboard-").FullName;
    private readonly string _database;
    private readonly DashboardFacade? _first;
    private readonly Dictionary<string, string> _settings;
    private ChildProcess? _process;
    private int _slices;

    private DashboardFacade(
        string database, FakeUpstream magento, FakeUpstream service, FakeUpstream cdcSync, Dictionary<string, string> settings, DashboardFacade? first = null)
    {
        (_database, _first) = (database, first);
        (Magento, Service, CdcSync) = (magento, service, cdcSync);
        var (storefront, control) = (FreePort.Next(), FreePort.Next());
        Storefront = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{storefront}/") };
        Control = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{control}/") };
        _settings = new Dictionary<string, string>(settings)
        {
            ["Facade__StorefrontUrls"] = $"http://127.0.0.1:{storefront}",
            ["Facade__ControlUrls"] = $"http://127.0.0.1:{control}",
            ["Facade__Magento"] = magento.Address.AbsoluteUri,
            ["Facade__Services__catalog"] = service.Address.AbsoluteUri,
            ["Facade__CdcSync"] = cdcSync.Address.AbsoluteUri,
            ["Facade__SlicesFolder"] = SlicesFolder,
            ["Facade__StateFolder"] = Path.Combine(_folder, "state"),
            ["ConnectionStrings__Control"] = database,
            ["Shadow__YieldAtPendingWork"] = "1000000",
        };
    }

    public FakeUpstream Magento { get; }

    public FakeUpstream Service { get; }

    public FakeUpstream CdcSync { get; }

    public HttpClient Storefront { get; }

    public HttpClient Control { get; }

    public string SlicesFolder => _first?.SlicesFolder ?? Path.Combine(_folder, "slices");

    /// <summary>Starts the process; without a key everybody may change things.</summary>
    public static async Task<DashboardFacade> StartAsync(ControlServer server, CancellationToken cancellationToken, string? namedKey = null)
    {
        var database = await server.CreateDatabaseAsync(cancellationToken);
        var cdcSync = await FakeUpstream.StartAsync("cdc-sync");
        cdcSync.Answer = context => context.Response.WriteAsJsonAsync(
            new { services = new[] { new { service = "catalog", state = "streaming", lag = new { milliseconds = 3.5 } } } });
        var facade = new DashboardFacade(
            database, await FakeUpstream.StartAsync("magento"), await FakeUpstream.StartAsync("service"), cdcSync,
            namedKey is null ? new() { ["Control__Open"] = "true" } : new() { ["Control__ApiKeys__0"] = namedKey });
        Directory.CreateDirectory(facade.SlicesFolder);
        File.Copy(RepositoryPaths.InRepository("proxy", "slices", "slice.schema.json"), Path.Combine(facade.SlicesFolder, "slice.schema.json"));
        await facade.DeclareAsync();
        await facade.StartProcessAsync(cancellationToken);
        return facade;
    }

    /// <summary>One more replica: the same control database, slices, Magento, service and cdc-sync, which stay this one's.</summary>
    public async Task<DashboardFacade> StartReplicaAsync(CancellationToken cancellationToken)
    {
        var replica = new DashboardFacade(_database, Magento, Service, CdcSync, new() { ["Control__Open"] = "true" }, this);
        await replica.StartProcessAsync(cancellationToken);
        return replica;
    }

    public async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        _process = ChildProcess.Start("Strangler.Proxy", _settings);
        await _process.ReadyAsync(Control, new Uri(Control.BaseAddress!, "health/ready"), cancellationToken);
    }

    public Task KillProcessAsync() => _process!.KillAsync();

    /// <summary>Puts one more slice into the folder and returns its id; its requests are <see cref="PathOf"/>.</summary>
    public async Task<string> DeclareAsync(string title = "A slice", Dictionary<string, object>? more = null)
    {
        var id = $"test.slice.s{Interlocked.Increment(ref _slices)}";
        var declaration = new Dictionary<string, object>
        {
            ["id"] = id,
            ["title"] = title,
            ["service"] = "catalog",
            ["matches"] = new[] { new { methods = new[] { "GET" }, path = $"/{id}/{{name}}" } },
            ["tables"] = new[] { "catalog_product_entity" },
            ["freshness"] = new { mode = "bounded", milliseconds = 5000 },
            ["gates"] = new[] { new { metric = "errorRate", max = 0.01 } },
        };
        foreach (var (name, value) in more ?? [])
        {
            declaration[name] = value;
        }

        // Written beside and moved in, so that the facade never sees half a file.
        var file = Path.Combine(_folder, id + ".json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(declaration));
        File.Move(file, Path.Combine(SlicesFolder, id + ".json"));
        return id;
    }

    public static string PathOf(string slice) => $"/{slice}/x";

    public async Task MoveByApiAsync(string slice, object change, CancellationToken cancellationToken)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await Control.GetAsync($"api/slices/{slice}", cancellationToken);
                return response.IsSuccessStatusCode;
            },
            $"{slice} is declared", cancellationToken);
        // What the gates say has tests of its own.
        var body = JsonSerializer.SerializeToNode(change)!;
        body["override"] = true;
        using var answer = await Control.PostAsJsonAsync($"api/slices/{slice}/stage", body, cancellationToken);
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Who answers a request of the slice: <c>magento</c> or <c>service</c>.</summary>
    public async Task<string> WhoAnswersAsync(string slice, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(slice));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Storefront.SendAsync(request, cancellationToken);
        return (await response.Content.ReadAsStringAsync(cancellationToken)).Split(':')[0];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        if (_first is null)
        {
            await Magento.DisposeAsync();
            await Service.DisposeAsync();
            await CdcSync.DisposeAsync();
        }

        Storefront.Dispose();
        Control.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
