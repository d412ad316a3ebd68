using System.Net;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache;

/// <summary>Many who want the same at once, answers in need, and HEAD.</summary>
public sealed class FlightTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyAtOnce_TheServiceIsAskedOnce()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        var gate = new Gate();
        cache.Answer = gate.AnswerAsync;
        var first = cache.AskAsync(Cancelled);
        await gate.Asked.WaitAsync(Cancelled);
        var others = Enumerable.Range(0, 20).Select(_ => cache.AskAsync(Cancelled)).ToList();
        gate.Open();

        (await first).IsHit.Should().BeFalse();
        (await Task.WhenAll(others)).Should().AllBeEquivalentTo(("one", true));
        cache.Asked.Should().Be(1);
    }

    [Fact]
    public async Task TheOneWhoAskedLeaves_AnotherAsks()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        var gate = new Gate();
        cache.Answer = gate.AnswerAsync;
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var first = cache.AskAsync(leaving.Token);
        await gate.Asked.WaitAsync(Cancelled);
        var second = cache.AskAsync(Cancelled);
        await leaving.CancelAsync();
        await first.Invoking(async asking => await asking).Should().ThrowAsync<OperationCanceledException>();
        gate.Open();

        (await second).Body.Should().Be("one");
    }

    [Fact]
    public async Task AnswersThatAreNotKept_AreNotWaitedForTwice()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        cache.Answer = context =>
        {
            context.Response.Headers.SetCookie = "a=b";
            return context.Response.WriteAsync("mine");
        };
        await cache.AskAsync(Cancelled);
        var gate = new Gate();
        cache.Answer = gate.AnswerAsync;

        var both = Task.WhenAll(cache.AskAsync(Cancelled), cache.AskAsync(Cancelled));

        await Eventually.TrueAsync(() => Task.FromResult(cache.Asked == 3), "both are with the service at once", Cancelled);
        gate.Open();
        await both;
    }

    [Fact]
    public async Task Strict_WhoComesAfterAWrite_GetsNoAnswerAskedForBefore()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, freshness: new { mode = "strict", waitMilliseconds = 10_000 });
        var gate = new Gate();
        cache.Answer = async context =>
        {
            var text = cache.Text;
            await gate.AnswerAsync(context, text);
        };
        var first = cache.AskAsync(Cancelled);
        await gate.Asked.WaitAsync(Cancelled);
        // Written, projected and told while the first answer is under way.
        cache.Text = "two";
        cache.Changes.Tell("product/5");
        await cache.ListeningAsync(Cancelled);
        var second = cache.AskAsync(Cancelled);
        gate.Open();

        (await first).Body.Should().Be("one");
        (await second).Body.Should().NotBe("one");
    }

    [Fact]
    public async Task NeitherSideAnswers_AnOldAnswerDoes_WithinItsGrace()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, new { seconds = 1, graceSeconds = 3600 });
        await cache.AskAsync(Cancelled);
        cache.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        cache.Facade.Magento.AnswerWith(503);

        await Eventually.TrueAsync(async () => (await cache.StatusAsync(Cancelled)).GetProperty("slices")[0].GetProperty("inNeed").GetInt64() + await AskedAgainAsync() > 0, "it has expired", Cancelled);
        using var answer = await cache.GetAsync(Cancelled);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Cancelled)).Should().Be("one");

        cache.Changes.Tell("product/5");
        await cache.ListeningAsync(Cancelled);
        using var none = await cache.GetAsync(Cancelled);
        none.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, "what is known to be wrong serves in no need");

        async Task<long> AskedAgainAsync()
        {
            await cache.AskAsync(Cancelled);
            return 0;
        }
    }

    [Fact]
    public async Task Head_ComesFromWhatGetHasKept()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, slice: slice => slice.Methods = ["GET", "HEAD"]);
        await cache.WarmAsync(Cancelled);
        var asked = cache.Asked;

        using var head = await cache.GetAsync(Cancelled, HttpMethod.Head);

        cache.Asked.Should().Be(asked);
        head.StatusCode.Should().Be(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.Should().Be(3);
        (await head.Content.ReadAsByteArrayAsync(Cancelled)).Should().BeEmpty();
    }

    [Fact]
    public async Task LargeAnswers_ComeWhole_AndTooLargeOnesAreNotKept()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        cache.Text = new string('x', 900_000);
        await cache.WarmAsync(Cancelled);
        (await cache.AskAsync(Cancelled)).Should().Be((cache.Text, true));
        cache.Text = new string('y', 1_100_000);

        (await cache.AskAsync(Cancelled, "/rest/V1/products/large")).Should().Be((cache.Text, false));
        (await cache.AskAsync(Cancelled, "/rest/V1/products/large")).Should().Be((cache.Text, false));
    }

    private sealed class Gate
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public void Open() => _open.TrySetResult();

        public Task AnswerAsync(HttpContext context) => AnswerAsync(context, "one");

        public async Task AnswerAsync(HttpContext context, string text)
        {
            _asked.TrySetResult();
            await _open.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(text);
        }
    }
}
