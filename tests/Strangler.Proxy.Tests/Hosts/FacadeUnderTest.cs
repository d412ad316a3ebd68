using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Tests.Hosts;

/// <summary>The real facade on free ports with a fake Magento, a fake service and a fake cdc-sync, a control database and a slices folder of its own.</summary>
internal sealed class FacadeUnderTest : IAsyncDisposable
{
    public const string SliceId = "catalog.product.get";
    public const string SlicePath = "/rest/V1/products/24-MB01";

    private readonly string _folder;
    private readonly bool _ownsUpstreams;
    private WebApplication _app;

    private FacadeUnderTest(string folder, WebApplication app, int storefront, int control, bool ownsUpstreams)
    {
        _folder = folder;
        _ownsUpstreams = ownsUpstreams;
        _app = app;
        Storefront = Client(storefront);
        Control = Client(control);
    }

    public required FakeUpstream Magento { get; init; }

    public required FakeUpstream Service { get; init; }

    public required FakeUpstream CdcSync { get; init; }

    public required string[] Settings { get; init; }

    private Action<WebApplicationBuilder>? Configure { get; init; }

    public HttpClient Storefront { get; }

    public HttpClient Control { get; }

    public string SlicesFolder => Path.Combine(_folder, "slices");

    public IServiceProvider Services => _app.Services;

    /// <summary>What the fake cdc-sync says of the service's data; null: unknown.</summary>
    public double? LagMilliseconds { get; set; } = 1;

    /// <summary>How the fake cdc-sync answers <c>POST /await</c>; at once with success where nothing is said.</summary>
    public Func<HttpContext, Task> Await { get; set; } = _ => Task.CompletedTask;

    public static async Task<FacadeUnderTest> StartAsync(
        string controlConnection, CancellationToken cancellationToken, Action<JsonSlice>? slice = null, params string[] settings) =>
        await StartAsync(null, controlConnection, slice, null, settings, cancellationToken);

    /// <summary>The same with services of the test's own in place of the facade's.</summary>
    public static async Task<FacadeUnderTest> StartAsync(
        string controlConnection, Action<JsonSlice>? slice, Action<WebApplicationBuilder> configure, string[] settings, CancellationToken cancellationToken) =>
        await StartAsync(null, controlConnection, slice, configure, settings, cancellationToken);

    /// <summary>One more replica of a facade: the same Magento, service and cdc-sync, which stay the first one's.</summary>
    public static async Task<FacadeUnderTest> StartReplicaAsync(
        FacadeUnderTest first, string controlConnection, CancellationToken cancellationToken, Action<JsonSlice>? slice = null, params string[] settings) =>
        await StartAsync(first, controlConnection, slice, null, settings, cancellationToken);

    public static async Task<FacadeUnderTest> StartReplicaAsync(
        FacadeUnderTest first, string controlConnection, Action<JsonSlice>? slice, Action<WebApplicationBuilder> configure, string[] settings,
        CancellationToken cancellationToken) => await StartAsync(first, controlConnection, slice, configure, settings, cancellationToken);

    private static async Task<FacadeUnderTest> StartAsync(
        FacadeUnderTest? first, string controlConnection, Action<JsonSlice>? slice, Action<WebApplicationBuilder>? configure, string[] settings,
        CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("strangler-facade-").FullName;
        try
        {
            return await StartAsync(folder, first, controlConnection, slice, configure, settings, cancellationToken);
        }
        catch
        {
            // A facade that refuses to start is what some tests are about.
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private static async Task<FacadeUnderTest> StartAsync(
        string folder, FacadeUnderTest? first, string controlConnection, Action<JsonSlice>? slice, Action<WebApplicationBuilder>? configure, string[] settings,
        CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(folder, "slices"));
        File.Copy(RepositoryPaths.InRepository("proxy", "slices", "slice.schema.json"), Path.Combine(folder, "slices", "slice.schema.json"));
        var declaration = new JsonSlice();
        slice?.Invoke(declaration);
        declaration.WriteTo(Path.Combine(folder, "slices"));

        var magento = first?.Magento ?? await FakeUpstream.StartAsync("magento");
        var service = first?.Service ?? await FakeUpstream.StartAsync("service");
        var cdcSync = first?.CdcSync ?? await FakeUpstream.StartAsync("cdc-sync");
        var (storefront, control) = (FreePort.Next(), FreePort.Next());
        string[] arguments =
        [
            $"--Facade:StorefrontUrls=http://127.0.0.1:{storefront}", $"--Facade:ControlUrls=http://127.0.0.1:{control}",
            $"--Facade:Magento={magento.Address}", $"--Facade:Services:catalog={service.Address}", $"--Facade:CdcSync={cdcSync.Address}",
            $"--Facade:SlicesFolder={folder}/slices", $"--Facade:StateFolder={folder}/state",
            $"--ConnectionStrings:Control={controlConnection}", "--Control:Open=true", "--Serilog:MinimumLevel:Default=Fatal",
            // Many facades share this process's threads.
            "--Shadow:YieldAtPendingWork=1000000",
            "--Serilog:MinimumLevel:Override:Microsoft.Hosting.Lifetime=Fatal", "--Serilog:MinimumLevel:Override:Yarp=Fatal", .. settings,
        ];
        var app = Build(arguments, configure);
        var facade = new FacadeUnderTest(folder, app, storefront, control, first is null)
        {
            Magento = magento,
            Service = service,
            CdcSync = cdcSync,
            Settings = arguments,
            Configure = configure,
        };
        if (first is null)
        {
            cdcSync.Answer = context => context.Request.Path == "/await" ? facade.Await(context) : context.Response.WriteAsJsonAsync(new
            {
                services = new[] { new { service = "catalog", state = "streaming", lag = new { milliseconds = facade.LagMilliseconds } } },
            });
        }

        await app.StartAsync(cancellationToken);
        return facade;
    }

    /// <summary>Waits until the control database has been read and cdc-sync has been heard.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken) => Eventually.TrueAsync(
        async () =>
        {
            var status = await Control.GetFromJsonAsync<JsonElement>("/api/status", cancellationToken);
            return status.GetProperty("controlDatabaseFault").ValueKind == JsonValueKind.Null
                && status.GetProperty("cdcSyncFault").ValueKind == JsonValueKind.Null;
        },
        "the facade has read its stages and heard cdc-sync", cancellationToken);

    /// <summary>Moves the slice through the API and returns the answer.</summary>
    public Task<HttpResponseMessage> MoveAsync(object body, CancellationToken cancellationToken, string slice = SliceId) =>
        Control.PostAsJsonAsync($"/api/slices/{slice}/stage", body, cancellationToken);

    /// <summary>Moves the slice whatever its gates say.</summary>
    public async Task MoveAsync(Stage stage, CancellationToken cancellationToken, double? percent = null)
    {
        using var response = await MoveAsync(
            percent is null
                ? new { stage = stage.ToString(), reason = "test", @override = true }
                : new { stage = stage.ToString(), percent, reason = "test", @override = true }, cancellationToken);
        response.StatusCode.Should().Be(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Asks the storefront, with the debug header, and returns status, body and the side header.</summary>
    public async Task<(HttpStatusCode Status, string Body, string Side)> AskAsync(
        string path, CancellationToken cancellationToken, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        request.Headers.Add("X-Strangler-Debug", "1");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Storefront.SendAsync(request, cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken),
            response.Headers.TryGetValues("X-Strangler-Side", out var values) ? values.Single() : "");
    }

    /// <summary>Stops the facade and starts it again on the same state folder, with further settings.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken, params string[] settings)
    {
        await _app.StopAsync(cancellationToken);
        await _app.DisposeAsync();
        _app = Build([.. Settings, .. settings], Configure);
        await _app.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsUpstreams)
        {
            await Magento.DisposeAsync();
            await Service.DisposeAsync();
            await CdcSync.DisposeAsync();
        }

        Storefront.Dispose();
        Control.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static WebApplication Build(string[] arguments, Action<WebApplicationBuilder>? configure) => ProxyHost.Build(arguments, configure);

    private static HttpClient Client(int port) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
}

/// <summary>A slice declaration that a test may change before it is written.</summary>
internal sealed class JsonSlice
{
    public string Id { get; set; } = FacadeUnderTest.SliceId;

    public string[] Methods { get; set; } = ["GET"];

    public string Path { get; set; } = "/rest/{storeCode?}/V1/products/{sku}";

    public object? Freshness { get; set; }

    public object? Limits { get; set; }

    public object? Shadow { get; set; }

    /// <summary>Further members of the declaration, such as <c>writes</c>.</summary>
    public Dictionary<string, object> More { get; } = [];

    public void WriteTo(string folder)
    {
        var json = new Dictionary<string, object>
        {
            ["id"] = Id,
            ["title"] = "A slice",
            ["service"] = "catalog",
            ["matches"] = new[] { new { methods = Methods, path = Path } },
            ["tables"] = new[] { "catalog_product_entity" },
        };
        if (Freshness is not null)
        {
            json["freshness"] = Freshness;
        }

        if (Shadow is not null)
        {
            json["shadow"] = Shadow;
        }

        if (Limits is not null)
        {
            json["limits"] = Limits;
        }

        foreach (var (name, value) in More)
        {
            json[name] = value;
        }

        File.WriteAllText(System.IO.Path.Combine(folder, Id + ".json"), JsonSerializer.Serialize(json));
    }
}
