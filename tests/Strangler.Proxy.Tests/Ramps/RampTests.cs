using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Gates;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Ramps;

public sealed class RampTests(ControlDatabase database, ITestOutputHelper output)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GoodSlice_GoesToLiveByItself()
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        slice.RunTraffic();
        slice.RunShadow();

        await slice.RampAsync("start", Cancelled);

        await slice.StageBecomesAsync("live", Cancelled);
        await Eventually.TrueAsync(async () => (await slice.RampAsync(Cancelled)).GetProperty("state").GetString() == "completed", "the ramp is complete", Cancelled);
        var moves = (await slice.GetAsync("/api/audit", Cancelled)).GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("action").GetString() == "stage").Select(entry => entry.GetProperty("to").GetProperty("stage").GetString()).Reverse();
        moves.Should().Equal("shadow", "canary", "live");
        (await slice.NewestPackAsync(Cancelled)).GetProperty("document").GetProperty("who").GetString().Should().Be("ramp");
        slice.Failures.Should().BeEmpty();
    }

    [Fact]
    public async Task ErrorsForOneStoreView_GoBackOnAllReplicas_AndNoVisitorSeesOne()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var slice = await GatedSlice.StartAsync(connection, GatedSlice.DeclareCanary, [], Cancelled);
        await using var other = await slice.StartReplicaAsync(connection, Cancelled);
        slice.RunTraffic();
        other.RunTraffic();
        slice.RunShadow();
        await slice.RampAsync("start", Cancelled);
        await slice.StageBecomesAsync("canary 50", Cancelled);
        await other.StageBecomesAsync("canary 50", Cancelled);

        var watch = Stopwatch.StartNew();
        slice.Facade.Service.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Path.Value!.Contains("/german/", StringComparison.Ordinal) ? 500 : 200;
            return context.Response.WriteAsync("service");
        };

        await slice.StageBecomesAsync("shadow", Cancelled);
        await other.StageBecomesAsync("shadow", Cancelled);
        output.WriteLine($"from the first wrong answer to Magento on both replicas: {watch.ElapsedMilliseconds} ms");

        (await slice.Facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("magento");
        (await other.Facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("magento");
        var document = (await slice.NewestPackAsync(Cancelled)).GetProperty("document");
        document.GetProperty("kind").GetString().Should().Be("rollback");
        document.GetProperty("reason").GetString().Should().Contain("fallbackRate").And.Contain("/rest/german/V1/products/P-");
        var ramp = await slice.RampAsync(Cancelled);
        ramp.GetProperty("state").GetString().Should().Be("holding");
        ramp.GetProperty("waitsFor").GetString().Should().Contain("held");
        slice.Failures.Concat(other.Failures).Should().BeEmpty("Magento answered what the service could not");
    }

    [Fact]
    public async Task FivePercentSlower_NeverLeavesShadow()
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), GatedSlice.DeclareFast, [], Cancelled);
        await slice.RampAsync("start", Cancelled);
        await slice.StageBecomesAsync("shadow", Cancelled);
        slice.Shadow(5000, serviceMilliseconds: 21.2);

        using var refused = await RefusedByAsync(slice, "latencyP95Ratio");

        (await refused.Content.ReadAsStringAsync(Cancelled)).Should().Contain("latencyP95Ratio fails");
        (await slice.StageAsync(Cancelled)).Should().Be("shadow");
    }

    [Fact]
    public async Task Person_PausesResumesAborts_AndAMoveByHandEndsIt()
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await slice.RampAsync("start", Cancelled);
        await slice.StageBecomesAsync("shadow", Cancelled);

        (await slice.RampAsync("pause", Cancelled)).GetProperty("state").GetString().Should().Be("paused");
        (await slice.RampAsync("resume", Cancelled)).GetProperty("state").GetString().Should().Be("running");
        using var again = await slice.Facade.Control.PostAsJsonAsync(
            $"/api/slices/{FacadeUnderTest.SliceId}/ramp", new { action = "start", reason = "twice" }, Cancelled);
        again.StatusCode.Should().Be(HttpStatusCode.Conflict);
        await slice.Facade.MoveAsync(Stage.Canary, Cancelled, 3);
        await Eventually.TrueAsync(
            async () => (await slice.RampAsync(Cancelled)).GetProperty("state").GetString() == "aborted", "the ramp leaves it to the person", Cancelled);

        (await slice.RampAsync("start", Cancelled)).GetProperty("next").GetProperty("percent").GetDouble().Should().Be(50, "it goes on from where the slice stands");
        (await slice.RampAsync("abort", Cancelled)).GetProperty("state").GetString().Should().Be("aborted");
        (await slice.GetAsync("/api/audit?limit=20", Cancelled)).GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("action").GetString())
            .Should().Contain(["ramp-start", "ramp-pause", "ramp-resume", "ramp-abort"]);
    }

    [Fact]
    public async Task Freeze_HoldsWhatWouldPass()
    {
        await using var slice = await GatedSlice.StartAsync(
            await database.CreateAsync(Cancelled), Cancelled, "--Evaluation:Freezes:0:Start=2020-01-01", "--Evaluation:Freezes:0:Reason=stocktaking");
        await slice.Facade.MoveAsync(Stage.Shadow, Cancelled);
        await slice.RampAsync("start", Cancelled);
        slice.Shadow(1000);

        await Eventually.TrueAsync(
            async () => (await slice.RampAsync(Cancelled)).GetProperty("waitsFor").GetString()?.Contains("stocktaking", StringComparison.Ordinal) == true,
            "the ramp says what it waits for", Cancelled);
        (await slice.StageAsync(Cancelled)).Should().Be("shadow");
    }

    [Fact]
    public async Task KillSwitch_HoldsWhatWouldPass()
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), GatedSlice.DeclareCanary, [], Cancelled);
        await slice.Facade.MoveAsync(Stage.Shadow, Cancelled);
        using var on = await slice.Facade.Control.PostAsJsonAsync("/api/kill-switch", new { on = true, reason = "something is wrong" }, Cancelled);
        on.EnsureSuccessStatusCode();
        await slice.RampAsync("start", Cancelled);
        slice.Shadow(1000);

        await Eventually.TrueAsync(
            async () => (await slice.RampAsync(Cancelled)) is var ramp && ramp.GetProperty("compared").GetInt64() == 1000
                && ramp.GetProperty("waitsFor").GetString()?.Contains("kill switch", StringComparison.Ordinal) == true,
            "the ramp says what it waits for", Cancelled);
        (await slice.StageAsync(Cancelled)).Should().Be("shadow");
        using var off = await slice.Facade.Control.PostAsJsonAsync("/api/kill-switch", new { on = false, reason = "it was nothing" }, Cancelled);
        await slice.StageBecomesAsync("canary 50", Cancelled);
    }

    [Fact]
    public async Task PausedRamp_GoesBackOnABreach_AndStaysPaused()
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), GatedSlice.DeclareCanary, [], Cancelled);
        slice.RunTraffic();
        slice.RunShadow();
        await slice.RampAsync("start", Cancelled);
        await slice.StageBecomesAsync("canary 50", Cancelled);
        (await slice.RampAsync("pause", Cancelled)).GetProperty("state").GetString().Should().Be("paused");

        slice.Facade.Service.AnswerWith(500);

        await slice.StageBecomesAsync("shadow", Cancelled);
        var ramp = await slice.RampAsync(Cancelled);
        ramp.GetProperty("state").GetString().Should().Be("paused", "only a person sets it going again");
        ramp.GetProperty("rollbacks").GetInt32().Should().Be(1);
    }

    [Theory]
    [InlineData(1, "shadow")]
    [InlineData(3600, "canary 50")]
    public async Task DataTooOld_GoBackOnlyWhenThatLastsAsLongAsTheWindow(int windowSeconds, string expected)
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), declaration => GatedSlice.DeclareLag(declaration, windowSeconds), [], Cancelled);
        slice.RunTraffic();
        slice.RunShadow();
        await slice.RampAsync("start", Cancelled);
        await slice.StageBecomesAsync("canary 50", Cancelled);

        slice.Lags(3_600_000);

        // Judged many times while it is so.
        var asked = slice.Facade.CdcSync.Requests.Count;
        await Eventually.TrueAsync(
            async () => slice.Facade.CdcSync.Requests.Count > asked + 30 && await slice.StageAsync(Cancelled) == expected, $"it stands at {expected}", Cancelled);
        if (expected == "shadow")
        {
            (await slice.NewestPackAsync(Cancelled)).GetProperty("document").GetProperty("reason").GetString().Should().Contain("lag");
        }
    }

    [Fact]
    public async Task LeaseOfOneWhoDied_IsTakenOver_AndTheRampGoesOn()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var slice = await GatedSlice.StartAsync(connection, Cancelled);
        var name = new MySqlConnector.MySqlConnectionStringBuilder(connection).Database;
        await Eventually.TrueAsync(async () => (await slice.GetAsync("/api/evaluation", Cancelled)).GetProperty("isHere").GetBoolean(), "it judges", Cancelled);
        await database.Server.ExecuteAsync(name, "update lease set holder = 'gone:1-abcdef', expires_at = utc_timestamp(6) + interval 1 hour", Cancelled);
        await Eventually.TrueAsync(async () => (await slice.GetAsync("/api/evaluation", Cancelled)).GetProperty("evaluator").GetString() == "gone:1-abcdef", "another judges", Cancelled);

        await slice.RampAsync("start", Cancelled);
        (await slice.StageAsync(Cancelled)).Should().Be("legacy", "the one who judges is gone");

        await database.Server.ExecuteAsync(name, "update lease set expires_at = utc_timestamp(6)", Cancelled);

        await slice.StageBecomesAsync("shadow", Cancelled);
        await Eventually.TrueAsync(async () => (await slice.GetAsync("/api/evaluation", Cancelled)).GetProperty("isHere").GetBoolean(), "it judges again", Cancelled);
    }

    [Fact]
    public async Task TwoReplicas_OneJudges()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var slice = await GatedSlice.StartAsync(connection, Cancelled);
        await using var other = await slice.StartReplicaAsync(connection, Cancelled);

        await Eventually.TrueAsync(async () =>
        {
            var (one, two) = (await slice.GetAsync("/api/evaluation", Cancelled), await other.GetAsync("/api/evaluation", Cancelled));
            return one.GetProperty("evaluator").GetString() is { } evaluator && evaluator == two.GetProperty("evaluator").GetString()
                && one.GetProperty("isHere").GetBoolean() != two.GetProperty("isHere").GetBoolean();
        }, "both agree who judges", Cancelled);
    }

    private static async Task<HttpResponseMessage> RefusedByAsync(GatedSlice slice, string metric)
    {
        HttpResponseMessage? response = null;
        await Eventually.TrueAsync(async () =>
        {
            response?.Dispose();
            response = await slice.Facade.MoveAsync(new { stage = "canary", percent = 1, reason = "go" }, Cancelled);
            return (await response.Content.ReadAsStringAsync(Cancelled)).Contains($"{metric} fails", StringComparison.Ordinal);
        }, $"{metric} refuses", Cancelled);
        return response!;
    }
}
