using System.Globalization;
using MySqlConnector;
using Strangler.Benchmarks.Processes;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Passthrough;

/// <summary>The facade as it runs in production, with fifty slices, all legacy, and its control database.</summary>
internal sealed class FacadeProcess : IAsyncDisposable
{
    private const int Slices = 50;
    private readonly MariaDbServer _database;
    private readonly ServerProcess _process;

    private FacadeProcess(MariaDbServer database, ServerProcess process)
    {
        _database = database;
        _process = process;
    }

    public static async Task<FacadeProcess> StartAsync(string folder, int port, int upstream, CancellationToken cancellationToken)
    {
        var slices = Path.Combine(folder, "slices");
        WriteSlices(slices);
        var database = await MariaDbServer.StartAsync(cancellationToken);
        await database.ExecuteAsync(null, "create database strangler_control", cancellationToken);
        var dll = Path.Combine(AppContext.BaseDirectory, "Strangler.Proxy.dll");
        var process = await ServerProcess.StartAsync("dotnet", [dll], port, cancellationToken,
            ("Facade__StorefrontUrls", $"http://127.0.0.1:{port}"),
            ("Facade__ControlUrls", $"http://127.0.0.1:{FreePort.Next()}"),
            ("Facade__Magento", $"http://127.0.0.1:{upstream}"),
            ("Facade__Services__catalog", $"http://127.0.0.1:{upstream}"),
            ("Facade__SlicesFolder", slices),
            ("Facade__StateFolder", Path.Combine(folder, "state")),
            ("Control__Open", "true"),
            ("ConnectionStrings__Control", new MySqlConnectionStringBuilder(database.ConnectionString("strangler_control")).ConnectionString));
        return new FacadeProcess(database, process);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static void WriteSlices(string folder)
    {
        Directory.CreateDirectory(folder);
        File.Copy(RepositoryPaths.InRepository("proxy", "slices", "slice.schema.json"), Path.Combine(folder, "slice.schema.json"));
        for (var i = 0; i < Slices; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"bench.noun{i}.get");
            File.WriteAllText(Path.Combine(folder, id + ".json"), $$"""
                { "id": "{{id}}", "title": "Bench", "service": "catalog", "tables": [],
                  "matches": [ { "methods": ["GET", "POST"], "path": "/rest/{storeCode?}/V1/noun{{i}}/{id}" }, { "methods": ["GET"], "path": "/page{{i}}/{key}" } ] }
                """);
        }
    }
}
