using System.Text.Json.Nodes;

namespace Strangler.TestKit;

/// <summary>A private Kafka of one node from the shared server script, and on demand Kafka Connect with Debezium's connectors. Skips the test where the script or Java is absent.</summary>
public sealed class KafkaServer : IAsyncDisposable
{
    private readonly string _script;
    private readonly string _folder;
    private readonly int _port;
    private string? _connectFolder;
    private HttpClient? _connect;

    private KafkaServer(string script, string folder, int port)
    {
        _script = script;
        _folder = folder;
        _port = port;
    }

    public string BootstrapServers => $"127.0.0.1:{_port}";

    /// <summary>Kafka Connect's REST API, once it is started.</summary>
    public HttpClient Connect => _connect ?? throw new InvalidOperationException("Kafka Connect is not started.");

    public static async Task<KafkaServer> StartAsync(CancellationToken cancellationToken)
    {
        var script = RepositoryPaths.RequireShared("servers", "kafka.sh");
        Assert.SkipUnless(File.Exists("/usr/bin/java") || Environment.GetEnvironmentVariable("JAVA_HOME") is not null, "Java is not installed: openjdk-17-jre-headless.");
        // The controller's port is the next one.
        var server = new KafkaServer(script, Directory.CreateTempSubdirectory("strangler-kafka-").FullName, FreePort.NextPair());
        await ProcessRunner.RunAsync("bash", [script, "start", server._folder, $"{server._port}"], cancellationToken);
        return server;
    }

    /// <summary>Starts Kafka Connect beside it.</summary>
    public async Task StartConnectAsync(CancellationToken cancellationToken)
    {
        var port = FreePort.Next();
        var folder = Directory.CreateTempSubdirectory("strangler-connect-").FullName;
        await ProcessRunner.RunAsync("bash", [_script, "connect", folder, $"{port}", $"{_port}"], cancellationToken);
        _connectFolder = folder;
        var connect = _connect = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        // Its port is open before its interface is there.
        await Eventually.TrueAsync(async () => (await connect.GetAsync(new Uri("/connectors", UriKind.Relative), cancellationToken)).IsSuccessStatusCode, "Kafka Connect answers", cancellationToken);
    }

    /// <summary>Makes a connector and waits until its task runs; a failed one is an error with its reason.</summary>
    public async Task CreateConnectorAsync(string name, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        using var body = new StringContent(new JsonObject(settings.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))).ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await Connect.PutAsync(new Uri($"/connectors/{name}/config", UriKind.Relative), body, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"Kafka Connect refused the connector '{name}': {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        await Eventually.TrueAsync(
            async () =>
            {
                using var status = await Connect.GetAsync(new Uri($"/connectors/{name}/status", UriKind.Relative), cancellationToken);
                var text = await status.Content.ReadAsStringAsync(cancellationToken);
                return text.Contains("FAILED", StringComparison.Ordinal)
                    ? throw new InvalidOperationException($"The connector '{name}' failed: {text}")
                    : status.IsSuccessStatusCode && JsonNode.Parse(text)!["tasks"] is JsonArray { Count: > 0 } tasks && (string?)tasks[0]!["state"] == "RUNNING";
            },
            $"the connector '{name}' runs", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _connect?.Dispose();
        foreach (var folder in new[] { _connectFolder, _folder }.OfType<string>())
        {
            await ProcessRunner.RunAsync("bash", [_script, "stop", folder], CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }
}
