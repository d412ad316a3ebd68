using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Gates;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Ramps;

/// <summary>
/// A service with a bug is ramped by itself, judged by what the real comparison of both sides' answers finds and by how long they really took.
/// </summary>
public sealed class SeededBugTests(ControlDatabase database, ITestOutputHelper output)
{
    private const string WrongSku = "P-0";
    private const int MeasuredSamples = 1000;
    private static readonly TimeSpan MagentoTakes = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoBug_GoesToLive()
    {
        await using var slice = await GatedSlice.StartShadowedAsync(await database.CreateAsync(Cancelled), Cancelled, 50, 100);
        slice.RunTraffic();
        await slice.RampAsync("start", Cancelled);

        await slice.StageBecomesAsync("live", Cancelled);

        var counts = (await slice.NewestPackAsync(Cancelled)).GetProperty("document").GetProperty("parity");
        counts.GetProperty("compared").GetInt64().Should().BeGreaterThanOrEqualTo(GatedSlice.Products);
        counts.GetProperty("different").GetInt64().Should().Be(0);
        slice.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task WrongPriceOfOneProductInAThousand_NeverLeavesShadow_AndTheReportNamesPathAndProduct()
    {
        await using var slice = await GatedSlice.StartShadowedAsync(await database.CreateAsync(Cancelled), Cancelled, 50);
        slice.Facade.Service.Answer = WrongPriceAsync;
        await slice.RampAsync("start", Cancelled);
        await slice.StageBecomesAsync("shadow", Cancelled);
        slice.RunTraffic();

        var refusal = await RefusalAsync(slice, "parityField fails");

        refusal.Should().Contain("$.price (value)").And.MatchRegex($"GET /rest/(german/)?V1/products/{WrongSku}\\b");
        refusal.Should().NotMatchRegex("products/P-[1-9]", "the others are right");
        (await slice.StageAsync(Cancelled)).Should().Be("shadow");
        (await slice.RampAsync(Cancelled)).GetProperty("state").GetString().Should().Be("running");
        (await MovesAsync(slice)).Should().Equal("shadow");
        slice.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task WrongPriceThatComesInTheCanary_GoesBack_AndTheReportNamesPathAndProduct()
    {
        await using var slice = await GatedSlice.StartShadowedAsync(await database.CreateAsync(Cancelled), Cancelled, 50);
        slice.RunTraffic();
        await slice.RampAsync("start", Cancelled);
        await slice.StageBecomesAsync("canary 50", Cancelled);

        slice.Facade.Service.Answer = WrongPriceAsync;

        await slice.StageBecomesAsync("shadow", Cancelled);
        var document = (await slice.NewestPackAsync(Cancelled)).GetProperty("document");
        document.GetProperty("kind").GetString().Should().Be("rollback");
        output.WriteLine(document.GetProperty("reason").GetString()!);
        document.GetProperty("reason").GetString().Should().Contain("parityField: $.price (value)").And.MatchRegex($"products/{WrongSku}\\b");
        var group = document.GetProperty("parity").GetProperty("groups")[0];
        group.GetProperty("path").GetString().Should().Be("$.price");
        var sample = group.GetProperty("samples")[0];
        (sample.GetProperty("magento").GetString(), sample.GetProperty("service").GetString()).Should().Be(("34", "43"));
        (await slice.RampAsync(Cancelled)).GetProperty("state").GetString().Should().Be("holding");
        (await MovesAsync(slice)).Should().Equal("shadow", "canary", "shadow");
        slice.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task ErrorsForOneStoreView_NeverLeaveShadow_AndTheReportNamesTheRequests()
    {
        await using var slice = await GatedSlice.StartShadowedAsync(await database.CreateAsync(Cancelled), Cancelled, 50);
        slice.Facade.Service.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Path.Value!.Contains("/german/", StringComparison.Ordinal) ? 500 : 200;
            return GatedSlice.PriceAsync(context, 34);
        };
        await slice.RampAsync("start", Cancelled);
        await slice.StageBecomesAsync("shadow", Cancelled);
        slice.RunTraffic();

        var refusal = await RefusalAsync(slice, "errorRate fails", "parityField fails: status");

        refusal.Should().MatchRegex("errorRate fails: [^;]+, at GET /rest/german/V1/products/P-");
        (await slice.StageAsync(Cancelled)).Should().Be("shadow");
        (await MovesAsync(slice)).Should().Equal("shadow");
        slice.Failures.Should().BeEmpty("shoppers get Magento's answers");
    }

    /// <summary>Both sides take so long that a twentieth of it is far more than what a busy machine adds; many are under way at once.</summary>
    [Fact]
    public async Task FivePercentSlower_NeverLeavesShadow()
    {
        await using var slice = await StartMeasuredAsync(1.05);

        JsonElement latency = default;
        await Eventually.TrueAsync(
            async () =>
            {
                latency = (await GatesAsync(slice)).Single(gate => gate.GetProperty("metric").GetString() == "latencyP95Ratio");
                // Beyond chance; or, where the machine hides that, after so many answers that who is good would long have passed.
                return latency.GetProperty("verdict").GetString() == "fail" || latency.GetProperty("samples").GetInt64() >= 6 * MeasuredSamples;
            },
            "the gate has judged what was measured", Cancelled);

        output.WriteLine($"{latency.GetProperty("verdict")}: {latency.GetProperty("detail")}, {latency.GetProperty("samples")} samples");
        latency.GetProperty("samples").GetInt64().Should().BePositive();
        latency.GetProperty("verdict").GetString().Should().NotBe("pass");
        await Eventually.TrueAsync(
            async () =>
            {
                var against = (await GatesAsync(slice)).Where(gate => gate.GetProperty("verdict").GetString() != "pass").Select(gate => gate.GetProperty("metric").GetString());
                return against.SequenceEqual(["latencyP95Ratio"]) && (await slice.RampAsync(Cancelled)).GetProperty("waitsFor").ValueKind == JsonValueKind.Null;
            },
            "nothing but the latency stands in its way", Cancelled);
        (await slice.StageAsync(Cancelled)).Should().Be("shadow");
        (await MovesAsync(slice)).Should().Equal("shadow");
        slice.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task Faster_GoesOn_UnderTheSameLoad()
    {
        await using var slice = await StartMeasuredAsync(0.8);

        await slice.StageBecomesAsync("canary 50", Cancelled);

        var gates = (await slice.NewestPackAsync(Cancelled)).GetProperty("document").GetProperty("gates").EnumerateArray();
        gates.Single(gate => gate.GetProperty("metric").GetString() == "latencyP95Ratio").GetProperty("verdict").GetString().Should().Be("pass");
    }

    private static async Task<IEnumerable<JsonElement>> GatesAsync(GatedSlice slice) =>
        (await slice.GetAsync($"/api/slices/{FacadeUnderTest.SliceId}/gates?to=canary&percent=50", Cancelled)).GetProperty("gates").EnumerateArray();

    /// <summary>A ramp whose service takes so many times as long as Magento, both for certain.</summary>
    private async Task<GatedSlice> StartMeasuredAsync(double factor)
    {
        var slice = await GatedSlice.StartShadowedAsync(await database.CreateAsync(Cancelled), declaration => GatedSlice.DeclareFast(declaration, 1, MeasuredSamples), Cancelled, 50);
        slice.Facade.Magento.Answer = context => AfterAsync(context, MagentoTakes);
        slice.Facade.Service.Answer = context => AfterAsync(context, factor * MagentoTakes);
        await slice.RampAsync("start", Cancelled);
        await slice.StageBecomesAsync("shadow", Cancelled);
        slice.RunTraffic(GatedSlice.MostVisitors);
        return slice;

        static async Task AfterAsync(HttpContext context, TimeSpan time)
        {
            await Task.Delay(time, TimeProvider.System);
            await GatedSlice.PriceAsync(context, 34);
        }
    }

    private static Task WrongPriceAsync(HttpContext context) => GatedSlice.PriceAsync(context, GatedSlice.SkuOf(context) == WrongSku ? 43 : 34);

    private static async Task<string> RefusalAsync(GatedSlice slice, params string[] faults)
    {
        var text = "";
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await slice.Facade.MoveAsync(new { stage = "canary", percent = 1, reason = "go" }, Cancelled);
                text = await response.Content.ReadAsStringAsync(Cancelled);
                return faults.All(fault => text.Contains(fault, StringComparison.Ordinal));
            },
            string.Join(" and ", faults), Cancelled);
        return text;
    }

    private static async Task<IEnumerable<string?>> MovesAsync(GatedSlice slice) =>
        (await slice.GetAsync("/api/audit", Cancelled)).GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("action").GetString() is "stage" or "rollback")
            .Select(entry => entry.GetProperty("to").GetProperty("stage").GetString()).Reverse();
}
