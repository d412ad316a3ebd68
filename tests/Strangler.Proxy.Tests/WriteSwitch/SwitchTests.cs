using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.WriteSwitch;

public sealed class SwitchTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SwitchReverseAndForcedCancel_UnderLoad_OverTwoReplicas_LoseNothingDoubleNothingAndFailNothing()
    {
        await using var stack = await StartAsync();
        var strayed = new List<string>();
        // From the drain to the record's move nothing may reach the side that loses.
        var before = 0;
        stack.OnAwait = (call, _) => Do(() => before = Losing(call));
        stack.OnVerify = call => Do(() =>
        {
            if (IsFrozen(call) && Losing(call) != before)
            {
                strayed.Add($"verification {call}");
            }
        });
        var shoppers = new Shoppers(12, stack.First, stack.Second);
        await using (shoppers)
        {
            await shoppers.MoreAsync(200, Cancelled);
            Ended(await stack.SwitchAsync("service", Cancelled), "switched");
            var atMagento = stack.TakenByMagento.Count;
            await shoppers.MoreAsync(200, Cancelled);
            stack.TakenByMagento.Count.Should().Be(atMagento, "the service owns the data");
            (await stack.StageAsync(Cancelled)).Should().Be("live");

            Ended(await stack.SwitchAsync("magento", Cancelled), "switched");
            stack.WayBackDrains.Should().Be(2, "before the comparison, and again in the freeze");
            var atService = stack.TakenByService.Count;
            await shoppers.MoreAsync(200, Cancelled);
            stack.TakenByService.Count.Should().Be(atService, "Magento owns the data again");
            (await stack.StageAsync(Cancelled)).Should().Be("legacy");

            var id = await BeginAndCancelInTheFreezeAsync(stack);
            var cancelled = await stack.EndOfAsync(id, Cancelled);
            Ended(cancelled, "cancelled");
            cancelled.GetProperty("detail").GetString().Should().Contain("cancelled by demo: enough");
            await shoppers.MoreAsync(200, Cancelled);
            stack.TakenByService.Count.Should().Be(atService, "the cancelled switch left everything as it was");
        }

        shoppers.Failed.Should().BeEmpty();
        strayed.Should().BeEmpty();
        string[] taken = [.. stack.TakenByMagento, .. stack.TakenByService];
        taken.Order().SequenceEqual(shoppers.Placed.Order()).Should().BeTrue("each order is at exactly one side, once");
        var held = (await stack.WritesAsync(Cancelled)).GetProperty("switches")[0].GetProperty("replicas").EnumerateArray().Sum(replica => replica.GetProperty("held").GetInt32());
        held.Should().BePositive("requests waited in the freeze");

        bool IsFrozen(int call) => call is 2 or 4;
        int Losing(int call) => call <= 2 ? stack.TakenByMagento.Count : stack.TakenByService.Count;
    }

    [Fact]
    public async Task DryRun_ChecksAndMeasures_AndHoldsNobody()
    {
        await using var stack = await StartAsync();

        var view = await stack.SwitchAsync("service", Cancelled, dryRun: true);

        Ended(view, "wouldSwitch");
        view.GetProperty("frozenAt").ValueKind.Should().Be(JsonValueKind.Null);
        view.GetProperty("detail").GetString().Should().Contain("Nothing was changed").And.Contain("compare 1 tables");
        (await stack.WritesAsync(Cancelled)).GetProperty("record").GetString().Should().Be("magento");
        (await stack.StageAsync(Cancelled)).Should().Be("legacy");
    }

    [Fact]
    public async Task WayBackNotReady_IsRefused_BeforeAnythingIsTouched()
    {
        await using var stack = await StartAsync();
        stack.WayBack = "stopped";

        var view = await stack.SwitchAsync("service", Cancelled);

        Ended(view, "refused");
        view.GetProperty("detail").GetString().Should().Contain("the way back to Magento is not ready: stopped");
        stack.Awaits.Should().Be(0);
    }

    [Fact]
    public async Task GateDoesNotPass_IsRefusedByName_UnlessOverridden()
    {
        await using var stack = await StartAsync();

        using var refused = await stack.First.Control.PostAsJsonAsync($"/api/slices/{SwitchStack.SliceId}/switch", new { to = "service", reason = "test" }, Cancelled);

        refused.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("gates").GetArrayLength().Should().BePositive();
        (await stack.WritesAsync(Cancelled)).GetProperty("switches").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task Override_StandsInTheAuditLog_OnlyWhenTheSwitchIsBegun()
    {
        await using var stack = await StartAsync();
        var go = new TaskCompletionSource();
        stack.OnAwait = (_, _) => go.Task;
        var id = (await stack.BeginAsync("service", Cancelled)).GetProperty("id").GetInt64();

        using var refused = await stack.Second.Control.PostAsJsonAsync($"/api/slices/{SwitchStack.SliceId}/switch", new { to = "service", @override = true, reason = "me too" }, Cancelled);

        refused.StatusCode.Should().Be(HttpStatusCode.Conflict);
        go.SetResult();
        Ended(await stack.EndOfAsync(id, Cancelled), "switched");
        var audit = await stack.First.Control.GetFromJsonAsync<JsonElement>("/api/audit", Cancelled);
        var lines = (audit.ValueKind == JsonValueKind.Array ? audit : audit.GetProperty("entries")).EnumerateArray().Where(line => line.GetProperty("action").GetString() == "override").ToList();
        lines.Should().ContainSingle().Which.GetProperty("reason").GetString().Should().Be("test");
    }

    [Theory]
    [InlineData(1, "switched")]
    [InlineData(int.MaxValue, "cancelled")]
    public async Task WayBack_CarriesTheServicesChangesBeforeItCompares_AndAgainWhenMoreCameMeanwhile(int differing, string outcome)
    {
        await using var stack = await StartAsync();
        Ended(await stack.SwitchAsync("service", Cancelled), "switched");
        var drainsAtComparison = new List<int>();
        stack.OnVerify = _ => Do(() =>
        {
            drainsAtComparison.Add(stack.WayBackDrains);
            stack.VerifyResult = drainsAtComparison.Count <= differing ? "different" : "equal";
        });

        var view = await stack.SwitchAsync("magento", Cancelled);

        Ended(view, outcome);
        drainsAtComparison.Should().Equal(1, 2, 3);
        view.GetProperty("frozenAt").ValueKind.Should().Be(outcome == "switched" ? JsonValueKind.String : JsonValueKind.Null);
        (await stack.WritesAsync(Cancelled)).GetProperty("record").GetString().Should().Be(outcome == "switched" ? "magento" : "extracted");
    }

    [Fact]
    public async Task RemainderDiffers_IsCancelled_AndWhoWaitedGoesToMagento()
    {
        await using var stack = await StartAsync();
        var waiting = new TaskCompletionSource<Task<HttpStatusCode>>();
        stack.OnVerify = async call =>
        {
            if (call == 2)
            {
                stack.VerifyResult = "different";
                waiting.SetResult(SwitchStack.PostAsync(stack.Second, "late", Cancelled));
                await Eventually.TrueAsync(async () => await HeldAsync(stack) > 0, "the request waits", Cancelled);
            }
        };

        var view = await stack.SwitchAsync("service", Cancelled);

        Ended(view, "cancelled");
        view.GetProperty("detail").GetString().Should().Contain("the two sides differ").And.Contain("quote_item");
        (await await waiting.Task).Should().Be(HttpStatusCode.OK);
        stack.TakenByMagento.Should().Equal("late");
        stack.TakenByService.Should().BeEmpty();
        (await stack.StageAsync(Cancelled)).Should().Be("legacy");
    }

    [Fact]
    public async Task RequestUnderWay_KeepsTheFreezeFromBeingConfirmed_AlsoWhenItsClientHasLeft()
    {
        await using var stack = await StartAsync(new { tables = new[] { "quote_item" }, maxHeldSeconds = 30, cancelSeconds = 60 });
        var finish = new TaskCompletionSource();
        stack.First.Magento.Answer = async context =>
        {
            await finish.Task;
            stack.TakenByMagento.Enqueue("slow");
        };
        using var client = new CancellationTokenSource();
        var slow = SwitchStack.PostAsync(stack.Second, "slow", client.Token);
        await Eventually.TrueAsync(() => Task.FromResult(stack.First.Magento.Requests.Any(request => request.StartsWith("POST", StringComparison.Ordinal))), "the request is under way", Cancelled);
        await client.CancelAsync();
        await FluentActions.Awaiting(() => slow).Should().ThrowAsync<OperationCanceledException>();

        var id = (await stack.BeginAsync("service", Cancelled)).GetProperty("id").GetInt64();
        await Eventually.TrueAsync(
            async () => (await stack.WritesAsync(Cancelled)).GetProperty("switches")[0].GetProperty("replicas").EnumerateArray()
                .Any(replica => replica.GetProperty("gate").GetString() == "frozen" && replica.GetProperty("inFlight").GetInt32() == 1),
            "the replica has frozen and names the request under way", Cancelled);
        stack.Awaits.Should().Be(1, "the position is read only after the last request has ended");
        finish.SetResult();

        Ended(await stack.EndOfAsync(id, Cancelled), "switched");
    }

    [Fact]
    public async Task TooMany_AreToldToComeAgain_TheOthersWait()
    {
        await using var stack = await StartAsync(new { tables = new[] { "quote_item" }, maxHeld = 2 });
        var inside = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        stack.OnAwait = async (call, _) =>
        {
            if (call == 2)
            {
                inside.SetResult();
                await go.Task;
            }
        };
        var id = (await stack.BeginAsync("service", Cancelled)).GetProperty("id").GetInt64();
        await inside.Task;
        var waiting = new[] { SwitchStack.PostAsync(stack.First, "1", Cancelled), SwitchStack.PostAsync(stack.First, "2", Cancelled) };
        await Eventually.TrueAsync(async () => await HeldAsync(stack) == 2, "two wait", Cancelled);

        using var third = await stack.First.Storefront.PostAsync(SwitchStack.Path, new StringContent("3"), Cancelled);

        third.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        third.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));
        (await stack.First.AskAsync(SwitchStack.Path, Cancelled)).Status.Should().Be(HttpStatusCode.OK, "reading goes on in a freeze");
        go.SetResult();
        Ended(await stack.EndOfAsync(id, Cancelled), "switched");
        (await Task.WhenAll(waiting)).Should().AllBeEquivalentTo(HttpStatusCode.OK);
        stack.TakenByService.Should().BeEquivalentTo("1", "2");
    }

    [Fact]
    public async Task DrainThatHangs_IsCancelledByItself_BeforeAnyWaitIsOver()
    {
        await using var stack = await StartAsync(new { tables = new[] { "quote_item" }, maxHeldSeconds = 3, cancelSeconds = 5 });
        stack.OnAwait = (call, gone) => call == 2 ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, gone) : Task.CompletedTask;
        var shoppers = new Shoppers(4, stack.First, stack.Second);
        await using (shoppers)
        {
            var view = await stack.SwitchAsync("service", Cancelled);
            Ended(view, "cancelled");
            view.GetProperty("detail").GetString().Should().Contain("took too long");
            await shoppers.MoreAsync(20, Cancelled);
        }

        shoppers.Failed.Should().BeEmpty();
        stack.TakenByService.Should().BeEmpty();
    }

    [Fact]
    public async Task SliceThatWrites_IsNotMovedByAPlainChange_AndItsRecordDecidesAboutUnsafeRequests()
    {
        await using var stack = await StartAsync();
        using (var live = await stack.First.MoveAsync(new { stage = "live", reason = "x" }, Cancelled, SwitchStack.SliceId))
        {
            live.StatusCode.Should().Be(HttpStatusCode.Conflict);
            (await live.Content.ReadAsStringAsync(Cancelled)).Should().Contain("strangler switch cart.items --to service");
        }

        using (var canary = await stack.First.MoveAsync(new { stage = "canary", percent = 100, reason = "x", @override = true }, Cancelled, SwitchStack.SliceId))
        {
            canary.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        (await stack.Second.AskAsync(SwitchStack.Path, Cancelled)).Side.Should().StartWith("extracted; reason=inCohort");
        (await stack.Second.AskAsync(SwitchStack.Path, Cancelled, HttpMethod.Post)).Side.Should().StartWith("magento; reason=systemOfRecord");
        Ended(await stack.SwitchAsync("service", Cancelled), "switched");
        (await stack.Second.AskAsync(SwitchStack.Path, Cancelled, HttpMethod.Post)).Side.Should().StartWith("extracted; reason=systemOfRecord");
        using var back = await stack.First.MoveAsync(new { stage = "legacy", reason = "x" }, Cancelled, SwitchStack.SliceId);
        back.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await back.Content.ReadAsStringAsync(Cancelled)).Should().Contain("--to magento");
        using var explained = await stack.First.Control.PostAsJsonAsync("/api/explain", new { method = "POST", url = SwitchStack.Path }, Cancelled);
        (await explained.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("reason").GetString().Should().Be("systemOfRecord");
        using var killed = await stack.First.Control.PostAsJsonAsync("/api/kill-switch", new { on = true, reason = "x" }, Cancelled);
        (await stack.Second.AskAsync(SwitchStack.Path, Cancelled, HttpMethod.Post)).Side.Should().StartWith("magento; reason=killSwitch");
    }

    private static async Task<long> BeginAndCancelInTheFreezeAsync(SwitchStack stack)
    {
        var frozen = new TaskCompletionSource();
        var next = stack.Awaits + 2;
        stack.OnAwait = async (call, gone) =>
        {
            if (call == next)
            {
                frozen.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, gone);
            }
        };
        var id = (await stack.BeginAsync("service", Cancelled)).GetProperty("id").GetInt64();
        await frozen.Task;
        await Eventually.TrueAsync(async () => await HeldAsync(stack) > 0, "requests wait", Cancelled);
        // At the other replica than the one that runs it.
        using var cancelled = await stack.Second.Control.PostAsJsonAsync($"/api/slices/{SwitchStack.SliceId}/switch/cancel", new { reason = "enough" }, Cancelled);
        cancelled.StatusCode.Should().Be(HttpStatusCode.Accepted);
        return id;
    }

    private static async Task<int> HeldAsync(SwitchStack stack) => (await stack.WritesAsync(Cancelled)).GetProperty("switches")[0].GetProperty("replicas")
        .EnumerateArray().Sum(replica => replica.GetProperty("held").GetInt32());

    private static void Ended(JsonElement view, string outcome) => view.GetProperty("outcome").GetString().Should().Be(outcome, view.GetRawText());

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private async Task<SwitchStack> StartAsync(object? writes = null) => await SwitchStack.StartAsync(await database.CreateAsync(Cancelled), Cancelled, writes);
}
