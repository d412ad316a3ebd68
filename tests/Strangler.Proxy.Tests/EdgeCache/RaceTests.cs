using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache;

/// <summary>Answers and changes that cross each other, and a stream of changes that breaks.</summary>
public sealed class RaceTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("product/5", false)]
    [InlineData("product/*", false)]
    [InlineData("all/*", false)]
    [InlineData("product/6", true)]
    public async Task AnswerAskedForBeforeAChange_AndComingAfter_IsNotKept(string change, bool isKept)
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        var (asked, open) = (NewSignal(), NewSignal());
        cache.Answer = async context =>
        {
            asked.TrySetResult();
            await open.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("one");
        };
        var first = cache.AskAsync(Cancelled);
        await asked.Task.WaitAsync(Cancelled);
        cache.Changes.Tell(change);
        await cache.ListeningAsync(Cancelled);
        open.SetResult();

        (await first).Body.Should().Be("one", "it was asked for before");
        (await cache.AskAsync(Cancelled)).IsHit.Should().Be(isKept);
    }

    [Fact]
    public async Task AfterABreak_ItGoesOnWhereItWas_AndKeepsWhatDidNotChange()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        await cache.WarmAsync(Cancelled);
        cache.Tags = "product/6";
        await cache.WarmAsync(Cancelled, "/rest/V1/products/other");
        var before = cache.Changes.LastId;
        cache.Changes.Close();
        await Eventually.TrueAsync(() => Task.FromResult(cache.Changes.Listeners == 0), "nobody listens", Cancelled);
        cache.Changes.Tell("product/5");
        cache.Changes.Open();
        await cache.ListeningAsync(Cancelled);

        cache.Changes.ResumedFrom.Should().Be(before);
        (await cache.AskAsync(Cancelled)).IsHit.Should().BeFalse("it changed while nobody listened");
        (await cache.AskAsync(Cancelled, "/rest/V1/products/other")).IsHit.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AfterARestartOrAGap_EverythingIsThrownAway(bool restart)
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        await cache.WarmAsync(Cancelled);
        if (restart)
        {
            cache.Changes.Restart();
        }
        else
        {
            cache.Changes.Close();
            cache.Changes.Tell("category/1");
            cache.Changes.Tell("category/1");
            cache.Changes.Forget();
            cache.Changes.Open();
        }

        await cache.ListeningAsync(Cancelled);

        (await cache.AskAsync(Cancelled)).IsHit.Should().BeFalse();
    }

    [Fact]
    public async Task WhileNothingIsHeard_NothingIsServedBeyondTheSilence()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, settings: "--EdgeCache:SilenceSeconds=1");
        await cache.WarmAsync(Cancelled);

        cache.Changes.Close();
        cache.Changes.Tell("product/5");
        cache.Text = "two";

        await Eventually.TrueAsync(async () => await cache.AskAsync(Cancelled) == ("two", false), "the kept answer is served no more", Cancelled);
        (await cache.AskAsync(Cancelled)).Should().Be(("two", false), "nor is the new one, of which nobody knows either");
    }

    [Fact]
    public async Task Bounded_NothingIsServedThatIsNotProvenWithinTheBound()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, freshness: new { mode = "bounded", milliseconds = 3_600_000 });
        await cache.WarmAsync(Cancelled);
        cache.Changes.LagMilliseconds = null;
        cache.Changes.Restart();
        await cache.ListeningAsync(Cancelled);

        (await cache.AskAsync(Cancelled)).IsHit.Should().BeFalse();
    }

    [Fact]
    public async Task Strict_AHitWaitsUntilTheChangesUpToItsArrivalAreHeard()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, freshness: new { mode = "strict", waitMilliseconds = 500 });
        await cache.WarmAsync(Cancelled);
        cache.Changes.Close();
        await Eventually.TrueAsync(() => Task.FromResult(cache.Changes.Listeners == 0), "nobody listens", Cancelled);

        // Written and projected; the facade cannot have heard of it.
        cache.Text = "two";
        cache.Changes.Tell("product/5");

        var bodies = await UntilTheServiceAnswersAsync(cache);
        cache.Changes.Open();
        await cache.ListeningAsync(Cancelled);
        await cache.WarmAsync(Cancelled);
        bodies.Add((await cache.AskAsync(Cancelled)).Body);
        bodies.Should().NotContain("one");
    }

    [Fact]
    public async Task Session_WhoHasWritten_GetsNothingKeptBefore()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, freshness: new { mode = "session", waitMilliseconds = 500 });
        await cache.WarmAsync(Cancelled);
        cache.Changes.Close();
        await Eventually.TrueAsync(() => Task.FromResult(cache.Changes.Listeners == 0), "nobody listens", Cancelled);
        cache.Changes.LagMilliseconds = null;
        using var write = await cache.Facade.Storefront.PostAsync("/customer/address/save", null, Cancelled);
        var word = write.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        cache.Text = "two";
        cache.Changes.Tell("product/5");

        (await UntilTheServiceAnswersAsync(cache, ("Cookie", word))).Should().NotContain("one");
        (await cache.AskAsync(Cancelled, headers: ("Cookie", "PHPSESSID=other"))).IsHit.Should().BeTrue("others are promised nothing");
    }

    // On a machine that stands still the wait for the data may be too long, and Magento answers.
    private static async Task<List<string>> UntilTheServiceAnswersAsync(CachingFacade cache, params (string Name, string Value)[] headers)
    {
        var bodies = new List<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                bodies.Add((await cache.AskAsync(Cancelled, headers: headers)).Body);
                return bodies[^1] == "two";
            },
            "the service answers", Cancelled);
        return bodies;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
