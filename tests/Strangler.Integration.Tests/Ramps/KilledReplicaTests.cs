using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Integration.Tests.Dashboard;

namespace Strangler.Integration.Tests.Ramps;

/// <summary>Two real facades on one control database, and the one that judges dies in the middle of a ramp.</summary>
public sealed class KilledReplicaTests(ControlServer server, ITestOutputHelper output)
{
    private const int RequestsBetweenLooks = 10;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReplicaThatJudges_IsKilled_TheRampGoesOn_AndStillGoesBack()
    {
        await using var first = await DashboardFacade.StartAsync(server, Cancelled);
        await using var second = await first.StartReplicaAsync(Cancelled);
        first.CdcSync.Answer = context => context.Response.WriteAsJsonAsync(Positions());
        foreach (var upstream in (FakeUpstream[])[first.Magento, first.Service])
        {
            upstream.Answer = context => context.Response.WriteAsync("the same");
        }

        var slice = await DeclareAsync(first);
        await StartRampAsync(first, slice);
        // Without traffic nothing can be proved, so it stands still where it is seen.
        await TrafficUntilAsync([first, second], slice, "canary 50");

        var (judge, survivor) = await JudgeAsync(first, second);
        var watch = Stopwatch.StartNew();
        await judge.KillProcessAsync();
        await Eventually.TrueAsync(() => JudgesAsync(survivor), "the other replica judges", Cancelled);
        output.WriteLine($"from the death of the replica that judged to the next judge: {watch.ElapsedMilliseconds} ms");

        await TrafficUntilAsync([survivor], slice, "canary 90");
        survivor.Service.AnswerWith(500);
        await TrafficUntilAsync([survivor], slice, "shadow");
        (await survivor.Control.GetFromJsonAsync<JsonElement>($"api/slices/{slice}/ramp", Cancelled)).GetProperty("state").GetString().Should().Be("holding");

        await judge.StartProcessAsync(Cancelled);
        await Eventually.TrueAsync(async () => await StageAsync(judge, slice) == "shadow", "the one that was dead knows where the slice stands", Cancelled);
    }

    private static Task<string> DeclareAsync(DashboardFacade facade) => facade.DeclareAsync(more: new()
    {
        ["freshness"] = new { mode = "eventual" },
        ["limits"] = new { timeoutMilliseconds = 600_000, breakerMinimumThroughput = 1_000_000 },
        ["shadow"] = new { maxQueue = 100_000, timeoutMilliseconds = 600_000 },
        ["ramp"] = new { shadowComparisons = 100, percents = new[] { 50, 90 }, stepSeconds = 1, holdSeconds = 3600 },
        ["gates"] = new object[]
        {
            new { metric = "errorRate", max = 0.1, windowSeconds = 3600, minimumSamples = 100 },
            new { metric = "errorRateDelta", max = 0.1, windowSeconds = 3600, minimumSamples = 100 },
            new { metric = "fallbackRate", max = 0.1, windowSeconds = 3600, minimumSamples = 100 },
            new { metric = "lag", max = 3_600_000, minimumSamples = 1 },
            new { metric = "latencyP99Ratio", max = 1_000_000, windowSeconds = 3600, minimumSamples = 100 },
            new { metric = "parity", min = 0.95, windowSeconds = 3600, minimumSamples = 100 },
            new { metric = "parityField", max = 0.0003, windowSeconds = 3600, minimumSamples = 100 },
        },
    });

    private static Task StartRampAsync(DashboardFacade facade, string slice) => Eventually.TrueAsync(
        async () =>
        {
            using var response = await facade.Control.PostAsJsonAsync($"api/slices/{slice}/ramp", new { action = "start", reason = "test" }, Cancelled);
            return response.IsSuccessStatusCode;
        },
        "the ramp is started", Cancelled);

    /// <summary>Visitors ask every facade until the slice stands somewhere by what any of them says; no visitor sees an error.</summary>
    private static async Task TrafficUntilAsync(DashboardFacade[] facades, string slice, string stage)
    {
        var (visitor, failures) = (0, new List<string>());
        await Eventually.TrueAsync(
            async () =>
            {
                for (var i = 0; i < RequestsBetweenLooks; i++)
                {
                    foreach (var facade in facades)
                    {
                        using var request = new HttpRequestMessage(HttpMethod.Get, DashboardFacade.PathOf(slice));
                        request.Headers.UserAgent.ParseAdd($"visitor/{++visitor}");
                        using var response = await facade.Storefront.SendAsync(request, Cancelled);
                        if (!response.IsSuccessStatusCode)
                        {
                            failures.Add($"{response.StatusCode} at {stage}");
                        }
                    }
                }

                var stages = await Task.WhenAll(facades.Select(facade => StageAsync(facade, slice)));
                return stages.Contains(stage);
            },
            $"the slice is at {stage}", Cancelled);
        failures.Should().BeEmpty();
    }

    private static async Task<string> StageAsync(DashboardFacade facade, string slice)
    {
        var view = await facade.Control.GetFromJsonAsync<JsonElement>($"api/slices/{slice}", Cancelled);
        var stage = view.GetProperty("stage").GetString()!;
        return stage == "canary" ? $"canary {view.GetProperty("percent").GetDouble()}" : stage;
    }

    private static async Task<(DashboardFacade Judge, DashboardFacade Other)> JudgeAsync(DashboardFacade first, DashboardFacade second)
    {
        DashboardFacade? judge = null;
        await Eventually.TrueAsync(
            async () => (judge = await JudgesAsync(first) ? first : await JudgesAsync(second) ? second : null) is not null, "one of them judges", Cancelled);
        return (judge!, judge == first ? second : first);
    }

    private static async Task<bool> JudgesAsync(DashboardFacade facade) =>
        (await facade.Control.GetFromJsonAsync<JsonElement>("api/evaluation", Cancelled)).GetProperty("isHere").GetBoolean();

    private static object Positions() => new
    {
        services = new[]
        {
            new
            {
                service = "catalog",
                state = "streaming",
                lag = new { milliseconds = 3.2 },
                tables = new[]
                {
                    new
                    {
                        name = "catalog_product_entity",
                        state = "streaming",
                        verify = new { state = "equal", at = TimeProvider.System.GetUtcNow().AddHours(-1), rows = 2055, differences = 0, stale = false },
                    },
                },
            },
        },
        retention = new { hoursLeft = 71.5, expireHours = 72.0 },
    };
}
