using System.Net.Http.Json;
using System.Text.Json;
using MySqlConnector;
using Strangler.Benchmarks.Processes;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Shadow;

/// <summary>The facade before a slow Magento, with one slice in legacy, one in shadow, and one in shadow whose service hangs.</summary>
internal sealed class ShadowFacade : IAsyncDisposable
{
    private readonly MariaDbServer _database;
    private readonly ServerProcess _process;
    private readonly HttpClient _control;

    private ShadowFacade(MariaDbServer database, ServerProcess process, HttpClient control) => (_database, _process, _control) = (database, process, control);

    public static async Task<ShadowFacade> StartAsync(
        string folder, int port, int magento, int service, int hung, IReadOnlyList<(string Slice, bool IsShadowed)> slices, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var declarations = Path.Combine(folder, "slices");
        Directory.CreateDirectory(declarations);
        File.Copy(RepositoryPaths.InRepository("proxy", "slices", "slice.schema.json"), Path.Combine(declarations, "slice.schema.json"));
        foreach (var (slice, _) in slices)
        {
            await File.WriteAllTextAsync(Path.Combine(declarations, $"bench.{slice}.get.json"), $$"""
                { "id": "bench.{{slice}}.get", "title": "Bench", "service": "{{(slice == "hung" ? "hung" : "catalog")}}", "tables": [],
                  "matches": [ { "methods": ["GET"], "path": "/{{slice}}/{id}" } ], "shadow": { "maxConcurrency": 8 } }
                """, cancellationToken);
        }

        var database = await MariaDbServer.StartAsync(cancellationToken);
        await database.ExecuteAsync(null, "create database strangler_control", cancellationToken);
        var controlPort = FreePort.Next();
        var process = await ServerProcess.StartAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "Strangler.Proxy.dll")], port, cancellationToken,
            ("Facade__StorefrontUrls", $"http://127.0.0.1:{port}"),
            ("Facade__ControlUrls", $"http://127.0.0.1:{controlPort}"),
            ("Facade__Magento", $"http://127.0.0.1:{magento}"),
            ("Facade__Services__catalog", $"http://127.0.0.1:{service}"),
            ("Facade__Services__hung", $"http://127.0.0.1:{hung}"),
            ("Facade__SlicesFolder", declarations),
            ("Facade__StateFolder", Path.Combine(folder, "state")),
            ("Control__Open", "true"),
            ("ConnectionStrings__Control", new MySqlConnectionStringBuilder(database.ConnectionString("strangler_control")).ConnectionString));
        var facade = new ShadowFacade(database, process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{controlPort}/") });
        foreach (var (slice, _) in slices.Where(slice => slice.IsShadowed))
        {
            await facade.MoveAsync($"bench.{slice}.get", cancellationToken);
        }

        return facade;
    }

    public TimeSpan ProcessorTime => _process.ProcessorTime;

    /// <summary>Copies that were compared, and those that found no room.</summary>
    public async Task<(long Compared, long Dropped)> CountsAsync(string slice, CancellationToken cancellationToken)
    {
        var parity = await _control.GetFromJsonAsync<JsonElement>($"api/slices/bench.{slice}.get/parity", cancellationToken);
        return (parity.GetProperty("compared").GetInt64(), parity.GetProperty("dropped").GetInt64());
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _process.DisposeAsync();
        await _database.DisposeAsync();
    }

    // The control listener may need a moment longer than the storefront's, and the database its tables.
    private async Task MoveAsync(string slice, CancellationToken cancellationToken)
    {
        var last = "";
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    using var answer = await _control.PostAsJsonAsync($"api/slices/{slice}/stage", new { stage = "shadow", reason = "bench", @override = true }, cancellationToken);
                    last = await answer.Content.ReadAsStringAsync(cancellationToken);
                    return answer.IsSuccessStatusCode;
                },
                $"{slice} is in shadow", cancellationToken);
        }
        catch (TimeoutException fault)
        {
            throw new InvalidOperationException($"{fault.Message}: {last}", fault);
        }
    }
}
