using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache;

/// <summary>
/// Writes, changes told late, slow answers, breaks and restarts of the stream in random order, with many requests in between: whatever is served keeps the slice's
/// promise, from the store or not.
/// </summary>
public sealed class FreshnessPropertyTests(ControlDatabase database)
{
    private const int Products = 3;
    private const int Readers = 6;
    private const int RequestsPerReader = 120;
    private const int BoundMilliseconds = 400;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public Task Strict_NothingOlderThanTheRequest() => RunAsync(new { mode = "strict", waitMilliseconds = 2000 }, TimeSpan.Zero);

    [Fact]
    public Task Bounded_NothingOlderThanTheBound() =>
        RunAsync(new { mode = "bounded", milliseconds = BoundMilliseconds }, TimeSpan.FromMilliseconds(BoundMilliseconds));

    private async Task RunAsync(object freshness, TimeSpan bound)
    {
        var seed = Random.Shared.Next();
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, freshness: freshness);
        var model = new ModelStore(cache.Changes, Products);
        cache.Facade.Service.Answer = async context =>
        {
            var product = ProductOf(context.Request.Path);
            context.Response.Headers["Strangler-Tags"] = $"product/{product}";
            await PauseAsync();
            var answer = model.Read(product);
            await PauseAsync();
            await context.Response.WriteAsync(answer);
        };
        // Magento is the source itself.
        cache.Facade.Magento.Answer = context => context.Response.WriteAsync(
            model.VersionAt(ProductOf(context.Request.Path), Stopwatch.GetTimestamp()).ToString(CultureInfo.InvariantCulture));
        cache.Changes.Age = () => model.Age();
        cache.Changes.Await = context => model.UntilNowIsReadableAsync(context.RequestAborted);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var noise = Task.WhenAll(Enumerable.Range(0, Products).Select(product => WriteAsync(model, product, new Random(seed + product), stop.Token))
            .Append(BreakAsync(cache.Changes, new Random(seed - 1), stop.Token)));
        var stale = await Task.WhenAll(Enumerable.Range(0, Readers).Select(reader => ReadAsync(cache, model, bound, new Random(seed + 100 + reader))));
        await stop.CancelAsync();
        await noise;

        stale.SelectMany(faults => faults).Should().BeEmpty($"of seed {seed}");
        var slice = (await cache.StatusAsync(Cancelled)).GetProperty("slices")[0];
        slice.GetProperty("hits").GetInt64().Should().BeGreaterThan(0);
        slice.GetProperty("misses").GetInt64().Should().BeGreaterThan(0);
    }

    private static async Task<List<string>> ReadAsync(CachingFacade cache, ModelStore model, TimeSpan bound, Random random)
    {
        var faults = new List<string>();
        for (var i = 0; i < RequestsPerReader; i++)
        {
            var product = random.Next(Products);
            var startedAt = Stopwatch.GetTimestamp();
            var (body, isHit) = await cache.AskAsync(Cancelled, $"/rest/V1/products/p{product}");
            var wanted = model.VersionAt(product, startedAt - (long)(bound.TotalSeconds * Stopwatch.Frequency));
            if (int.Parse(body, CultureInfo.InvariantCulture) < wanted)
            {
                faults.Add($"product {product}: version {body} {(isHit ? "from the store" : "asked for")}, wanted {wanted}");
            }
        }

        return faults;
    }

    private static async Task WriteAsync(ModelStore model, int product, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await model.WriteAsync(product, () => PauseAsync(random));
            for (var i = random.Next(12); i > 0 && !stop.IsCancellationRequested; i--)
            {
                await PauseAsync(random);
            }
        }
    }

    private static async Task BreakAsync(FakeChanges changes, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            for (var i = random.Next(40); i > 0 && !stop.IsCancellationRequested; i--)
            {
                await PauseAsync(random);
            }

            switch (random.Next(4))
            {
                case 0:
                    changes.Restart();
                    break;
                case 1:
                    changes.Close();
                    await PauseAsync(random);
                    changes.Open();
                    break;
                case 2:
                    changes.Close();
                    changes.Forget();
                    changes.Open();
                    break;
                default:
                    changes.CutOff();
                    break;
            }
        }
    }

    private static int ProductOf(PathString path) => path.Value![^1] - '0';

    // A moment of any length: what matters is the order that comes of it, not the time.
    private static Task PauseAsync(Random? random = null) => (random ?? Random.Shared).Next(3) == 0
        ? Task.Delay(TimeSpan.FromMilliseconds((random ?? Random.Shared).Next(8)), TimeProvider.System, CancellationToken.None)
        : Task.Run(() => { }, CancellationToken.None);
}
