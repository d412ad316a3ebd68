using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>A schema registry that knows what the recorded one knew, over HTTP.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private FakeRegistry(WebApplication app, string address)
    {
        _app = app;
        Address = address;
    }

    public string Address { get; }

    /// <summary>How often a schema was asked for.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How many of the next questions are answered with an error.</summary>
    public int Failures { get; set; }

    public static async Task<FakeRegistry> StartAsync()
    {
        await using var unpacked = new GZipStream(File.OpenRead(RepositoryPaths.RequireShared("debezium", "avro-schemas.json.gz")), CompressionMode.Decompress);
        var schemas = (await JsonSerializer.DeserializeAsync<Dictionary<string, JsonElement>>(unpacked, cancellationToken: TestContext.Current.CancellationToken))!;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        app.Urls.Add(address);
        var registry = new FakeRegistry(app, address);
        app.MapGet("/schemas/ids/{id}", (string id) => registry.Answer(schemas, id));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return registry;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer(Dictionary<string, JsonElement> schemas, string id)
    {
        Interlocked.Increment(ref _requests);
        if (Failures > 0)
        {
            Failures--;
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        return schemas.TryGetValue(id, out var schema)
            ? Results.Json(new Dictionary<string, string> { ["schema"] = schema.ValueKind == JsonValueKind.String ? schema.GetString()! : schema.GetRawText() })
            : Results.NotFound();
    }
}
