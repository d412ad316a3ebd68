using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache;

/// <summary>A facade with a live slice whose answers are kept, a fake cdc-sync that tells changes, and a service that counts who asks it.</summary>
internal sealed class CachingFacade : IAsyncDisposable
{
    public const string Path = FacadeUnderTest.SlicePath;
    private int _asked;

    private readonly Action<JsonSlice> _declare;
    private readonly string _connection;

    private CachingFacade(FacadeUnderTest facade, FakeChanges changes, Action<JsonSlice> declare, string connection)
    {
        (Facade, Changes, _declare, _connection) = (facade, changes, declare, connection);
        Answer = context => context.Response.WriteAsync(Text);
        facade.Service.Answer = async context =>
        {
            Interlocked.Increment(ref _asked);
            context.Response.Headers["Strangler-Tags"] = Tags;
            await Answer(context);
        };
    }

    public FacadeUnderTest Facade { get; }

    public FakeChanges Changes { get; }

    /// <summary>How often the service was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What the service's answers are made of.</summary>
    public string Tags { get; set; } = "product/5";

    public string Text { get; set; } = "one";

    public Func<HttpContext, Task> Answer { get; set; }

    public static async Task<CachingFacade> StartAsync(
        ControlDatabase database, CancellationToken cancellationToken, object? cache = null, object? freshness = null, Action<JsonSlice>? slice = null, params string[] settings)
    {
        var connection = await database.CreateAsync(cancellationToken);
        var declare = (JsonSlice declaration) =>
        {
            declaration.More["cache"] = cache ?? new { seconds = 3600, entities = new[] { "product" } };
            declaration.Freshness = freshness;
            // The machine may stand still for long; that is not what these tests are about.
            declaration.Limits = new { timeoutMilliseconds = 600000 };
            slice?.Invoke(declaration);
        };
        var facade = await FacadeUnderTest.StartAsync(connection, cancellationToken, declare, ["--EdgeCache:SilenceSeconds=3600", .. settings]);
        var caching = new CachingFacade(facade, new FakeChanges(), declare, connection);
        caching.Changes.AttachTo(facade);
        await facade.ReadyAsync(cancellationToken);
        await facade.MoveAsync(Stage.Live, cancellationToken);
        await caching.ProvenAsync(cancellationToken);
        return caching;
    }

    /// <summary>One more replica over the same service, cdc-sync and control database.</summary>
    public async Task<CachingFacade> StartReplicaAsync(CancellationToken cancellationToken, params string[] settings)
    {
        var answer = Facade.Service.Answer;
        var facade = await FacadeUnderTest.StartReplicaAsync(Facade, _connection, cancellationToken, _declare, ["--EdgeCache:SilenceSeconds=3600", .. settings]);
        var replica = new CachingFacade(facade, Changes, _declare, _connection);
        Facade.Service.Answer = answer;
        await facade.ReadyAsync(cancellationToken);
        await replica.ProvenAsync(cancellationToken);
        return replica;
    }

    /// <summary>Waits until the facade has heard all that was told.</summary>
    public Task ListeningAsync(CancellationToken cancellationToken) => Eventually.TrueAsync(
        async () => await StatusAsync(cancellationToken) is var status && status.GetProperty("seen").GetString() == Changes.LastId
            && (!Changes.IsOpen || status.GetProperty("fault").ValueKind == JsonValueKind.Null),
        "the facade has heard all that was told", cancellationToken);

    // Ready to serve what it keeps.
    private async Task ProvenAsync(CancellationToken cancellationToken)
    {
        await ListeningAsync(cancellationToken);
        await Eventually.TrueAsync(
            async () => (await StatusAsync(cancellationToken)).GetProperty("slices")[0].GetProperty("provenMilliseconds").ValueKind == JsonValueKind.Number, "kept answers are proven", cancellationToken);
    }

    public Task<JsonElement> StatusAsync(CancellationToken cancellationToken) => Facade.Control.GetFromJsonAsync<JsonElement>("/api/cache", cancellationToken);

    /// <summary>Asks until the answer comes from the store.</summary>
    public Task WarmAsync(CancellationToken cancellationToken, string path = Path, params (string Name, string Value)[] headers) => Eventually.TrueAsync(
        async () => (await AskAsync(cancellationToken, path, headers)).IsHit, "the answer is kept", cancellationToken);

    public async Task<(string Body, bool IsHit)> AskAsync(CancellationToken cancellationToken, string path = Path, params (string Name, string Value)[] headers)
    {
        var (_, body, side) = await Facade.AskAsync(path, cancellationToken, headers: headers);
        return (body, side.EndsWith("; cache=hit", StringComparison.Ordinal));
    }

    /// <summary>The answer as a shopper gets it, with its fields.</summary>
    public Task<HttpResponseMessage> GetAsync(CancellationToken cancellationToken, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, Path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Facade.Storefront.SendAsync(request, cancellationToken);
    }

    public ValueTask DisposeAsync() => Facade.DisposeAsync();
}
