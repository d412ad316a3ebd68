using System.Net.Http.Json;
using Strangler.Chaos.Tests.Load;

[assembly: AssemblyFixture(typeof(Strangler.Chaos.Tests.ChaosWorld))]

namespace Strangler.Chaos.Tests;

/// <summary>
/// The whole system under a steady load, with two replicas of the facade and a relay in every connection: one for all tests, since
/// what it went through before is part of what it must stand. The slice is live and promises <c>strict</c> data; its answers to guests are kept, and shared by
/// way of Redis where that is installed.
/// </summary>
public sealed class ChaosWorld : IAsyncLifetime
{
    private const string SliceId = "catalog.product.get";
    private string? _skip;
    private StackHost? _stack;
    private SteadyLoad? _load;
    private RedisServer? _redis;
    private DirectoryInfo? _slices;

    public StackHost Stack
    {
        get
        {
            Assert.SkipWhen(_skip is not null, _skip ?? "");
            return _stack!;
        }
    }

    internal SteadyLoad Load => _load!;

    /// <summary>The state folder of the second replica; a file system of its own where this user may make one.</summary>
    internal SmallDisk Disk { get; } = new();

    internal FakeClock Clock { get; } = new();

    /// <summary>The second level of kept answers; null where Redis is not installed.</summary>
    internal RedisServer? Redis => _redis;

    internal Faults.LyingService Liar { get; } = new();

    public async ValueTask InitializeAsync()
    {
        if (!MariaDbServer.IsInstalled)
        {
            _skip = MariaDbServer.HowToInstall;
            return;
        }

        _slices = Directory.CreateTempSubdirectory("strangler-chaos-slices-");
        await WriteSlicesAsync(_slices.FullName);
        await Disk.MountAsync();
        var facade = new Dictionary<string, string> { ["Facade__SlicesFolder"] = _slices.FullName };
        if (RedisServer.IsInstalled)
        {
            _redis = await RedisServer.StartAsync(CancellationToken.None);
            facade["EdgeCache__Redis"] = _redis.Address;
        }

        _stack = await StackHost.StartAsync(CancellationToken.None, new StackSettings(200, new Dictionary<string, Dictionary<string, string>>
        {
            ["proxy"] = facade,
            ["proxy-2"] = new(facade) { ["Facade__StateFolder"] = Disk.Folder },
        }, Proxies: 2, Relays: true));
        await StoreProducts.OpenToGuestsAsync(_stack);
        await MoveAsync("live");
        var products = await StoreProducts.PrepareAsync(_stack, 8);
        _load = new SteadyLoad(_stack, products);
        _load.Start();
        await RecoveredAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_load is not null)
        {
            await _load.DisposeAsync();
        }

        if (_stack is not null)
        {
            await _stack.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        await Liar.DisposeAsync();
        await Disk.DisposeAsync();
        Clock.Dispose();
        _slices?.Delete(recursive: true);
    }

    /// <summary>Waits until every replica answers every product from the service again, and says so itself.</summary>
    public async Task RecoveredAsync(CancellationToken cancellationToken)
    {
        if (Stack.Ended is { } ended)
        {
            Assert.Fail(ended);
        }

        // Each once: on a busy machine a single request may well be too late for the service.
        var missing = (
            from facade in Stack.Facades
            from product in Load.Products
            from isGuest in (bool[])[false, true]
            where !isGuest || product == Load.Products[0]
            select (Facade: facade, Product: product, IsGuest: isGuest)).ToList();
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var (facade, product, isGuest) in missing.ToList())
                {
                    var answer = await Load.AskAsync(facade, product, isGuest, cancellationToken);
                    if (!answer.Side.StartsWith("extracted", StringComparison.Ordinal))
                    {
                        throw new InvalidOperationException($"{facade.Name} answers {product.Sku} from '{answer.Side}'; {missing.Count} are missing");
                    }

                    missing.Remove((facade, product, isGuest));
                }

                return true;
            },
            "every replica answers from the service again", cancellationToken);
        if (_redis is { } redis)
        {
            var before = await redis.HitsAsync(cancellationToken);
            await Eventually.TrueAsync(async () => await redis.HitsAsync(cancellationToken) > before, "replicas find each other's answers in Redis again", cancellationToken);
        }
    }

    private async Task MoveAsync(string stage)
    {
        using var client = new HttpClient { BaseAddress = _stack!.Control };
        await Eventually.TrueAsync(
            async () =>
            {
                // The load that would give the gates their samples only begins.
                using var response = await client.PostAsJsonAsync($"/api/slices/{SliceId}/stage", new { stage, reason = "The load begins", @override = true });
                response.EnsureSuccessStatusCode();
                return true;
            },
            $"the slice is {stage}", CancellationToken.None);
    }

    private static async Task WriteSlicesAsync(string folder)
    {
        var source = RepositoryPaths.InRepository("proxy", "slices");
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        var path = Path.Combine(folder, SliceId + ".json");
        var slice = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        slice["freshness"] = new System.Text.Json.Nodes.JsonObject { ["mode"] = "strict", ["waitMilliseconds"] = 1000 };
        slice["cache"] = new System.Text.Json.Nodes.JsonObject { ["seconds"] = 3600, ["graceSeconds"] = 3600, ["entities"] = new System.Text.Json.Nodes.JsonArray("product") };
        slice["limits"] = new System.Text.Json.Nodes.JsonObject { ["timeoutMilliseconds"] = 2000, ["breakerBreakMilliseconds"] = 1000 };
        await File.WriteAllTextAsync(path, slice.ToJsonString());
    }
}
