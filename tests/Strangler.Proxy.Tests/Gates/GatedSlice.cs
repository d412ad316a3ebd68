using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Gates;

/// <summary>
/// A facade whose slice has gates that few samples satisfy. What is compared is in the hands of the test, or what the real comparison finds.
/// Nothing here depends on how fast the machine is: no time-out, breaker or bound on the lag is near.
/// </summary>
internal sealed class GatedSlice(FacadeUnderTest facade, FakeParity? parity, Action<JsonSlice> declare) : IAsyncDisposable
{
    public const int Products = 1000;
    public const int MostVisitors = 300;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    public FacadeUnderTest Facade { get; } = facade;

    public FakeParity Parity => parity ?? throw new InvalidOperationException("the real comparison gives the evidence");

    public EvidenceRecorder Recorder => Facade.Services.GetRequiredService<EvidenceRecorder>();

    /// <summary>Answers of the storefront that were no success, while traffic runs.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    public static Task<GatedSlice> StartAsync(string connection, CancellationToken cancellationToken, params string[] settings) =>
        StartAsync(connection, Declare, settings, cancellationToken);

    public static Task<GatedSlice> StartAsync(string connection, Action<JsonSlice> declare, string[] settings, CancellationToken cancellationToken) =>
        StartAsync(connection, new FakeParity(), declare, settings, cancellationToken);

    /// <summary>Every request of the slice is really asked of both sides and compared, whoever answers. Both give the same until the test says otherwise.</summary>
    public static Task<GatedSlice> StartShadowedAsync(string connection, CancellationToken cancellationToken, params double[] percents) =>
        StartShadowedAsync(connection, Declare, cancellationToken, percents);

    public static async Task<GatedSlice> StartShadowedAsync(string connection, Action<JsonSlice> declare, CancellationToken cancellationToken, params double[] percents)
    {
        var slice = await StartAsync(connection, null, Shadowed, [], cancellationToken);
        slice.Facade.Magento.Answer = context => PriceAsync(context, 34);
        slice.Facade.Service.Answer = context => PriceAsync(context, 34);
        return slice;

        void Shadowed(JsonSlice slice)
        {
            declare(slice);
            slice.Shadow = new { sampleRate = 1, reverse = true, maxConcurrency = 2 * MostVisitors, maxQueue = 100_000, timeoutMilliseconds = 600_000 };
            slice.More["ramp"] = new { shadowComparisons = Products, percents, stepSeconds = 1, holdSeconds = 3600 };
        }
    }

    /// <summary>Answers with the product that was asked for.</summary>
    public static Task PriceAsync(HttpContext context, decimal price) => context.Response.WriteAsJsonAsync(new { sku = SkuOf(context), price });

    public static string SkuOf(HttpContext context) => context.Request.Path.Value!.Split('/')[^1];

    public async Task<GatedSlice> StartReplicaAsync(string connection, CancellationToken cancellationToken, params string[] settings)
    {
        var replica = await FacadeUnderTest.StartReplicaAsync(Facade, connection, declare, builder => Register(builder, parity), settings, cancellationToken);
        await replica.ReadyAsync(cancellationToken);
        return new GatedSlice(replica, parity, declare);
    }

    private static async Task<GatedSlice> StartAsync(
        string connection, FakeParity? parity, Action<JsonSlice> declare, string[] settings, CancellationToken cancellationToken)
    {
        var facade = await FacadeUnderTest.StartAsync(connection, declare, builder => Register(builder, parity), settings, cancellationToken);
        facade.CdcSync.Answer = context => context.Response.WriteAsJsonAsync(Positions(TimeProvider.System.GetUtcNow()));
        await facade.ReadyAsync(cancellationToken);
        return new GatedSlice(facade, parity, declare);
    }

    private static void Register(WebApplicationBuilder builder, FakeParity? parity)
    {
        if (parity is not null)
        {
            builder.Services.AddSingleton<IParityEvidence>(parity);
        }
    }

    /// <summary>What a shadow would count: answers of the service as fast as Magento's, and comparisons.</summary>
    public void Shadow(int answers, int different = 0, double serviceMilliseconds = 20)
    {
        for (var i = 0; i < answers; i++)
        {
            Recorder.Answer(FacadeUnderTest.SliceId, Side.Extracted, TimeSpan.FromMilliseconds(serviceMilliseconds + (i % 40 / 10.0)), false);
            Recorder.Answer(FacadeUnderTest.SliceId, Side.Magento, TimeSpan.FromMilliseconds(20 + (i % 40 / 10.0)), false);
        }

        Recorder.Count(FacadeUnderTest.SliceId, Side.Extracted, EvidenceMetric.Compared, answers);
        Recorder.Count(FacadeUnderTest.SliceId, Side.Extracted, EvidenceMetric.Different, different);
    }

    /// <summary>
    /// Visitors of two store views who ask for one product after the other until the end of the test; every one is a visitor of their own, without
    /// a session, so that Magento may be asked again what they asked.
    /// </summary>
    /// <param name="together">How many ask at the same time, at most <see cref="MostVisitors"/>.</param>
    public void RunTraffic(int together = 4)
    {
        var count = -1;
        for (var worker = 0; worker < together; worker++)
        {
            _running.Add(Task.Run(async () =>
            {
                while (!_stop.IsCancellationRequested)
                {
                    var visitor = Interlocked.Increment(ref count);
                    var path = $"/rest/{(visitor % 7 < 2 ? "german/" : "")}V1/products/P-{visitor % Products}";
                    try
                    {
                        var (status, _, _) = await Facade.AskAsync(path, _stop.Token, null, ("User-Agent", $"visitor/{visitor}"));
                        if ((int)status >= 400)
                        {
                            Failures.Enqueue($"{path}: {status}");
                        }
                    }
                    catch (OperationCanceledException) when (_stop.IsCancellationRequested)
                    {
                        return;
                    }
                    catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
                    {
                        Failures.Enqueue($"{path}: {fault.Message}");
                    }
                }
            }));
        }
    }

    /// <summary>A shadow that goes on until the end of the test.</summary>
    public void RunShadow() => _running.Add(Task.Run(async () =>
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!_stop.IsCancellationRequested && await timer.WaitForNextTickAsync())
        {
            Shadow(20);
        }
    }));

    public async Task<JsonElement> RampAsync(string action, CancellationToken cancellationToken)
    {
        using var response = await Facade.Control.PostAsJsonAsync($"/api/slices/{FacadeUnderTest.SliceId}/ramp", new { action, reason = "test" }, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        response.IsSuccessStatusCode.Should().BeTrue(text);
        return JsonElement.Parse(text);
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => Facade.Control.GetFromJsonAsync<JsonElement>(path, cancellationToken);

    public Task<JsonElement> RampAsync(CancellationToken cancellationToken) => GetAsync($"/api/slices/{FacadeUnderTest.SliceId}/ramp", cancellationToken);

    public async Task<string> StageAsync(CancellationToken cancellationToken)
    {
        var slice = await GetAsync($"/api/slices/{FacadeUnderTest.SliceId}", cancellationToken);
        return slice.GetProperty("stage").GetString() == "canary"
            ? $"canary {slice.GetProperty("percent").GetDouble()}"
            : slice.GetProperty("stage").GetString()!;
    }

    public Task StageBecomesAsync(string stage, CancellationToken cancellationToken) =>
        Eventually.TrueAsync(async () => await StageAsync(cancellationToken) == stage, $"the slice is at {stage}", cancellationToken);

    /// <summary>The newest evidence pack, whole.</summary>
    public async Task<JsonElement> NewestPackAsync(CancellationToken cancellationToken)
    {
        var list = await GetAsync($"/api/evidence?slice={FacadeUnderTest.SliceId}&limit=1", cancellationToken);
        return await GetAsync($"/api/evidence/{list.GetProperty("packs")[0].GetProperty("id").GetInt64()}", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        await Facade.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>A slice that must not be slower than Magento, in place of one whose latency is let alone.</summary>
    public static void DeclareFast(JsonSlice slice) => DeclareFast(slice, 1.02, 20);

    public static void DeclareFast(JsonSlice slice, double max, int minimumSamples)
    {
        Declare(slice);
        slice.More["gates"] = ((object[])slice.More["gates"]).Append(new { metric = "latencyP95Ratio", max, windowSeconds = 3600, minimumSamples }).ToArray();
    }

    /// <summary>A ramp that ends in the canary: nobody can miss it there.</summary>
    public static void DeclareCanary(JsonSlice slice)
    {
        Declare(slice);
        slice.More["ramp"] = new { shadowComparisons = 100, percents = new[] { 50 }, stepSeconds = 1, holdSeconds = 3600 };
    }

    private static void Declare(JsonSlice slice)
    {
        // What is compared is in the test's hands.
        slice.Shadow = new { sampleRate = 0 };
        slice.Limits = new { timeoutMilliseconds = 600_000, breakerMinimumThroughput = 1_000_000 };
        slice.More["ramp"] = new { shadowComparisons = 100, percents = new[] { 50, 100 }, stepSeconds = 1, holdSeconds = 3600 };
        slice.More["gates"] = new object[]
        {
            new { metric = "errorRate", max = 0.1, windowSeconds = 3600, minimumSamples = 20 },
            new { metric = "errorRateDelta", max = 0.1, windowSeconds = 3600, minimumSamples = 20 },
            new { metric = "fallbackRate", max = 0.1, windowSeconds = 3600, minimumSamples = 20 },
            new { metric = "lag", max = 3_600_000, minimumSamples = 1 },
            // The machine of a test is busy; how latencies are judged has tests of its own.
            new { metric = "latencyP99Ratio", max = 1_000_000, windowSeconds = 3600, minimumSamples = 20 },
            new { metric = "parity", min = 0.95, windowSeconds = 3600, minimumSamples = 100 },
            // Stricter than usual, so that a thousandth shows after some thousand comparisons.
            new { metric = "parityField", max = 0.0001, windowSeconds = 3600, minimumSamples = 100 },
        };
    }

    /// <summary>How old cdc-sync says the service's data are.</summary>
    public void Lags(double milliseconds) =>
        Facade.CdcSync.Answer = context => context.Response.WriteAsJsonAsync(Positions(TimeProvider.System.GetUtcNow(), milliseconds));

    /// <summary>A ramp that ends in the canary, whose data must not be a minute old for longer than this.</summary>
    public static void DeclareLag(JsonSlice slice, int windowSeconds)
    {
        DeclareCanary(slice);
        slice.More["gates"] = ((object[])slice.More["gates"]).Where(gate => !gate.ToString()!.Contains("= lag,", StringComparison.Ordinal))
            .Append(new { metric = "lag", max = 60_000, windowSeconds, minimumSamples = 1 }).ToArray();
    }

    private static object Positions(DateTimeOffset now, double lag = 3.2) => new
    {
        source = new { position = new { file = "mysql-bin.000003", offset = 385 } },
        services = new[]
        {
            new
            {
                service = "catalog",
                state = "streaming",
                lag = new { milliseconds = lag },
                tables = new[] { new { name = "catalog_product_entity", state = "streaming", verify = new { state = "equal", at = now.AddHours(-1), rows = 2055, differences = 0, stale = false } } },
            },
        },
        retention = new { hoursLeft = 71.5, expireHours = 72.0 },
    };
}

/// <summary>What the comparison has found, as the test says.</summary>
internal sealed class FakeParity : IParityEvidence
{
    private readonly DateTimeOffset _since = TimeProvider.System.GetUtcNow().AddHours(-1);

    public long Compared { get; set; } = 5000;

    public List<ParityEvidenceGroup> Groups { get; } = [];

    public static ParityEvidenceGroup WrongPrice(long count) => new(
        "$.price", "value", count, 0, false, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow(),
        [new ParityEvidenceSample("GET /rest/V1/products/24-MB05", "45.000000", "54.000000", TimeProvider.System.GetUtcNow())]);

    public Task<ParityEvidence?> ReadAsync(string sliceId, int groups, CancellationToken cancellationToken) =>
        Task.FromResult<ParityEvidence?>(new ParityEvidence(_since, Compared, Groups.Sum(group => group.Count), 250, [.. Groups]));
}
