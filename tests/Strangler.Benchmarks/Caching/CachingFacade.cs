using System.Net.Http.Json;
using System.Text.Json;
using MySqlConnector;
using Strangler.Benchmarks.Processes;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Caching;

/// <summary>The facade as it runs in production with one live slice whose answers are kept, its data promised to be at most five seconds old.</summary>
internal sealed class CachingFacade : IAsyncDisposable
{
    private const string Slice = "bench.page.get";
    private readonly MariaDbServer _database;
    private readonly FakeUpstream _cdcSync;
    private readonly ServerProcess _process;

    private CachingFacade(MariaDbServer database, FakeUpstream cdcSync, ServerProcess process) => (_database, _cdcSync, _process) = (database, cdcSync, process);

    public static async Task<CachingFacade> StartAsync(string folder, int port, int upstream, CancellationToken cancellationToken)
    {
        var slices = Directory.CreateDirectory(Path.Combine(folder, "slices")).FullName;
        File.Copy(RepositoryPaths.InRepository("proxy", "slices", "slice.schema.json"), Path.Combine(slices, "slice.schema.json"));
        await File.WriteAllTextAsync(Path.Combine(slices, Slice + ".json"), $$"""
            { "id": "{{Slice}}", "title": "Bench", "service": "catalog", "tables": [], "matches": [ { "methods": ["GET"], "path": "/{file}" } ],
              "freshness": { "mode": "bounded", "milliseconds": 5000 }, "cache": { "seconds": 3600 } }
            """, cancellationToken);
        var database = await MariaDbServer.StartAsync(cancellationToken);
        await database.ExecuteAsync(null, "create database strangler_control", cancellationToken);
        var cdcSync = await QuietCdcSync.StartAsync();
        var control = FreePort.Next();
        var process = await ServerProcess.StartAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "Strangler.Proxy.dll")], port, cancellationToken,
            ("Facade__StorefrontUrls", $"http://127.0.0.1:{port}"),
            ("Facade__ControlUrls", $"http://127.0.0.1:{control}"),
            ("Facade__Magento", $"http://127.0.0.1:{upstream}"),
            ("Facade__Services__catalog", $"http://127.0.0.1:{upstream}"),
            ("Facade__CdcSync", cdcSync.Address.ToString()),
            ("Facade__SlicesFolder", slices),
            ("Facade__StateFolder", Path.Combine(folder, "state")),
            ("Control__Open", "true"),
            ("ConnectionStrings__Control", new MySqlConnectionStringBuilder(database.ConnectionString("strangler_control")).ConnectionString));
        var facade = new CachingFacade(database, cdcSync, process);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{control}") };
        await Eventually.TrueAsync(
            async () =>
            {
                using var moved = await client.PostAsJsonAsync($"/api/slices/{Slice}/stage", new { stage = "live", reason = "bench", @override = true }, cancellationToken);
                return moved.IsSuccessStatusCode;
            },
            "the slice is live", cancellationToken);
        using var shop = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.TrueAsync(
            async () =>
            {
                await shop.GetStringAsync(new Uri("/1024.html", UriKind.Relative), cancellationToken);
                return (await client.GetFromJsonAsync<JsonElement>("/api/cache", cancellationToken)).GetProperty("slices")[0].GetProperty("hits").GetInt64() > 0;
            },
            "answers come from the store", cancellationToken);
        return facade;
    }

    public ServerProcess Process => _process;

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _cdcSync.DisposeAsync();
        await _database.DisposeAsync();
    }
}
