using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.WriteSwitch;

public sealed class RehearsalTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rehearsal_SwitchesAndComesBack_ForMarkedRequestsAlone_AndIsKept()
    {
        await using var stack = await StartAsync(new { method = "POST", path = SwitchStack.Path, body = "rehearsal", perSecond = 50 });
        var shoppers = new Shoppers(2, stack.First, stack.Second);
        await using (shoppers)
        {
            await shoppers.MoreAsync(10, Cancelled);

            var rehearsal = await RehearseAsync(stack);

            rehearsal.GetProperty("passed").GetBoolean().Should().BeTrue(rehearsal.GetRawText());
            rehearsal.GetProperty("failed").GetInt32().Should().Be(0);
            rehearsal.GetProperty("forwardFrozenMilliseconds").GetDouble().Should().BePositive();
            rehearsal.GetProperty("reverseFrozenMilliseconds").GetDouble().Should().BePositive();
        }

        shoppers.Failed.Should().BeEmpty();
        stack.TakenByService.Should().NotBeEmpty().And.OnlyContain(order => order == "rehearsal", "no shopper's order takes part");
        stack.TakenByMagento.Should().Contain("rehearsal");
        (await stack.StageAsync(Cancelled)).Should().Be("legacy");
        (await stack.WritesAsync(Cancelled)).GetProperty("rehearsalAgeHours").GetDouble().Should().BeLessThan(1);
        var evidence = await ((IRehearsalEvidence)stack.Second.Services.GetService(typeof(IRehearsalEvidence))!).ReadAsync(SwitchStack.SliceId, Cancelled);
        evidence!.Passed.Should().BeTrue();
    }

    [Fact]
    public async Task Rehearsal_ThatCannotComeBack_FailsAndSaysWhy()
    {
        await using var stack = await StartAsync(null);
        stack.OnVerify = call =>
        {
            stack.VerifyResult = call >= 3 ? "different" : "equal";
            return Task.CompletedTask;
        };

        var rehearsal = await RehearseAsync(stack);

        rehearsal.GetProperty("passed").GetBoolean().Should().BeFalse();
        rehearsal.GetProperty("detail").GetString().Should().Contain("the way back was not made");
        (await stack.WritesAsync(Cancelled)).GetProperty("rehearsalAgeHours").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task Rehearsal_WhoseRequestsAreRefused_Fails()
    {
        await using var stack = await StartAsync(new { method = "POST", path = SwitchStack.Path, body = "rehearsal", perSecond = 50 });
        stack.First.Magento.Answer = context =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
            return Task.CompletedTask;
        };

        var rehearsal = await RehearseAsync(stack);

        rehearsal.GetProperty("passed").GetBoolean().Should().BeFalse();
        rehearsal.GetProperty("detail").GetString().Should().Contain("requests failed");
    }

    [Fact]
    public async Task Rehearsal_BeginsWhereTheStorefrontIs()
    {
        await using var stack = await StartAsync(null);
        (await stack.SwitchAsync("service", Cancelled)).GetProperty("outcome").GetString().Should().Be("switched");

        var rehearsal = await RehearseAsync(stack);

        rehearsal.GetProperty("passed").GetBoolean().Should().BeTrue(rehearsal.GetRawText());
        (await stack.WritesAsync(Cancelled)).GetProperty("record").GetString().Should().Be("extracted");
    }

    private static async Task<JsonElement> RehearseAsync(SwitchStack stack)
    {
        using var begun = await stack.First.Control.PostAsJsonAsync($"/api/slices/{SwitchStack.SliceId}/rehearse", new { reason = "test" }, Cancelled);
        begun.StatusCode.Should().Be(HttpStatusCode.Accepted, await begun.Content.ReadAsStringAsync(Cancelled));
        JsonElement writes = default;
        await Eventually.TrueAsync(
            async () => (writes = await stack.WritesAsync(Cancelled)).GetProperty("rehearsals").GetArrayLength() == 1, "the rehearsal is kept", Cancelled);
        return writes.GetProperty("rehearsals")[0];
    }

    private async Task<SwitchStack> StartAsync(object? rehearsal) => await SwitchStack.StartAsync(
        await database.CreateAsync(Cancelled), Cancelled,
        rehearsal is null ? new { tables = new[] { "quote_item" } } : new { tables = new[] { "quote_item" }, rehearsal });
}
