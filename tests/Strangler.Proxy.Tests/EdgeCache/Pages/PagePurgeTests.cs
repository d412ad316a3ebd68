using System.Net;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache.Pages;

/// <summary>Magento's <c>PURGE</c>.</summary>
public sealed class PagePurgeTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("((^|,)cat_p_1(,|$))", true)]
    [InlineData("((^|,)cat_p_7(,|$))|((^|,)cat_p_1(,|$))", true)]
    [InlineData("((^|,)cat_p(,|$))", false)]
    [InlineData("((^|,)cat_p_12(,|$))", false)]
    [InlineData(".*", true)]
    [InlineData("cat_p_[12](,|$)", true)]
    [InlineData("^cat_p_1,(?=FPC)", true)]
    [InlineData("cms_p", false)]
    public async Task Tags_ThrowAwayWhatCarriesThem(string pattern, bool isGone)
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", context => ShopUnderTest.PublicAsync(context, "home", "cat_p_1,FPC"));
        await shop.AskAsync("/", Cancelled);

        (await shop.PurgeAsync(pattern, Cancelled)).Should().Be(HttpStatusCode.OK);

        (await shop.AskAsync("/", Cancelled)).Cache.Should().Be(isGone ? "miss" : "hit");
    }

    [Fact]
    public async Task Protocol_IsThatOfMagentosConfiguration()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", context =>
        {
            context.Response.Headers["X-Pool"] = "blue";
            return ShopUnderTest.PublicAsync(context, "home");
        });
        await shop.AskAsync("/", Cancelled);

        using var done = await shop.GetAsync("/", Cancelled, new HttpMethod("PURGE"), ("X-Magento-Tags-Pattern", ShopUnderTest.PatternOf("no_such")));
        using var nothing = await shop.GetAsync("/", Cancelled, new HttpMethod("PURGE"));
        (await shop.PurgeAsync("((", Cancelled)).Should().Be(HttpStatusCode.BadRequest);
        (await shop.AskAsync("/", Cancelled)).Cache.Should().Be("hit");
        using var pool = await shop.GetAsync("/", Cancelled, new HttpMethod("PURGE"), ("X-Pool", "blue"));

        (done.StatusCode, await done.Content.ReadAsStringAsync(Cancelled)).Should().Be((HttpStatusCode.OK, "Purged"));
        (nothing.StatusCode, await nothing.Content.ReadAsStringAsync(Cancelled)).Should().Be((HttpStatusCode.BadRequest, "X-Magento-Tags-Pattern or X-Pool header required"));
        (await shop.AskAsync("/", Cancelled)).Cache.Should().Be("miss");
        shop.Asked.Should().OnlyContain(request => request.Target == "/" && !request.Fields.ContainsKey("X-Magento-Tags-Pattern"));
    }

    [Theory]
    [InlineData(HttpStatusCode.MethodNotAllowed)]
    [InlineData(HttpStatusCode.MethodNotAllowed, "--EdgeCache:Pages:PurgeFrom:0=203.0.113.0/24")]
    [InlineData(HttpStatusCode.MethodNotAllowed, "--Facade:ForwardedHeaders:TrustedProxies:0=127.0.0.1")]
    [InlineData(HttpStatusCode.OK, "--Facade:ForwardedHeaders:TrustedProxies:0=127.0.0.1", "--EdgeCache:Pages:PurgeFrom:0=203.0.113.0/24")]
    public async Task WhoComesThroughAProxy_IsWhoTheProxySays(HttpStatusCode status, params string[] settings)
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled, settings);
        await shop.AskAsync("/", Cancelled);

        (await shop.PurgeAsync(".*", Cancelled, ("X-Forwarded-For", "203.0.113.7"))).Should().Be(status);

        (await shop.AskAsync("/", Cancelled)).Cache.Should().Be(status == HttpStatusCode.OK ? "miss" : "hit");
    }

    [Fact]
    public async Task PageUnderWay_WhenItsTagIsPurged_GoesToItsShopperAndIsNotKept()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        var (asked, open) = (new TaskCompletionSource(), new TaskCompletionSource());
        shop.Serve("/", async context =>
        {
            var text = shop.Text;
            asked.TrySetResult();
            await open.Task;
            await ShopUnderTest.PublicAsync(context, text);
        });
        var first = shop.AskAsync("/", Cancelled);
        await asked.Task.WaitAsync(Cancelled);
        shop.Text = "two";
        await shop.PurgeAsync(ShopUnderTest.PatternOf("cat_p_1"), Cancelled);
        open.SetResult();

        (await first).Body.Should().Be("one");
        (await shop.AskAsync("/", Cancelled)).Should().Be(("two", "miss"));
        (await shop.StatusAsync(Cancelled)).GetProperty("overtaken").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task OtherReplicas_FollowAPurge()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        await using var other = await shop.StartReplicaAsync(Cancelled);
        await shop.AskAsync("/", Cancelled);
        await other.AskAsync("/", Cancelled);
        (await other.AskAsync("/", Cancelled)).Cache.Should().Be("hit");
        shop.Text = "two";

        await shop.PurgeAsync(ShopUnderTest.PatternOf("cat_p"), Cancelled);

        await Eventually.TrueAsync(async () => (await other.AskAsync("/", Cancelled)).Body == "two", "the other one has followed", Cancelled);
        (await shop.AskAsync("/", Cancelled)).Body.Should().Be("two");
        (await other.StatusAsync(Cancelled)).GetProperty("followedPurges").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task OrderOfAPerson_KnowsPagesAndTheirTags()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        await shop.AskAsync("/", Cancelled);

        using var other = await OrderAsync(shop, """{ "slice": "pages", "tags": [ "page/cat_p_2" ], "reason": "test" }""");
        (await shop.AskAsync("/", Cancelled)).Cache.Should().Be("hit");
        using var order = await OrderAsync(shop, """{ "slice": "pages", "tags": [ "page/cat_p_1" ], "reason": "test" }""");

        order.StatusCode.Should().Be(HttpStatusCode.OK);
        (await shop.AskAsync("/", Cancelled)).Cache.Should().Be("miss");
    }

    private static async Task<HttpResponseMessage> OrderAsync(ShopUnderTest shop, string order)
    {
        using var content = new StringContent(order, System.Text.Encoding.UTF8, "application/json");
        return await shop.Facade.Control.PostAsync(new Uri("/api/cache/purge", UriKind.Relative), content, Cancelled);
    }
}
