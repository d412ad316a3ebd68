using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache;

/// <summary>Throwing kept answers away by hand.</summary>
public sealed class PurgeTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Purge_ThrowsAwayWhatFits_OnAllReplicas_AndIsAudited()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        await using var other = await cache.StartReplicaAsync(Cancelled);
        await cache.WarmAsync(Cancelled);
        await other.WarmAsync(Cancelled);

        (await PurgeAsync(cache, new { tags = new[] { "product/6" }, reason = "try" })).GetProperty("dropped").GetInt32().Should().Be(0);
        (await cache.AskAsync(Cancelled)).IsHit.Should().BeTrue();
        (await PurgeAsync(cache, new { slice = FacadeUnderTest.SliceId, tags = new[] { "product/5" }, reason = "a new template" })).GetProperty("dropped").GetInt32().Should().Be(1);

        cache.Text = "two";
        (await cache.AskAsync(Cancelled)).Should().Be(("two", false));
        await Eventually.TrueAsync(async () => (await other.AskAsync(Cancelled)).Body == "two", "the other replica has followed", Cancelled);
        var audit = await cache.Facade.Control.GetStringAsync(new Uri("/api/audit", UriKind.Relative), Cancelled);
        audit.Should().Contain("cache-purge").And.Contain("a new template");
    }

    [Theory]
    [InlineData("""{ "reason": "" }""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{ "tags": [ "product" ], "reason": "x" }""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{ "tags": [], "reason": "x" }""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{ "slice": "no.such.slice", "reason": "x" }""", HttpStatusCode.NotFound)]
    public async Task Purge_WrongOrders_AreRefused(string order, HttpStatusCode status)
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        using var content = new StringContent(order, System.Text.Encoding.UTF8, "application/json");

        using var response = await cache.Facade.Control.PostAsync(new Uri("/api/cache/purge", UriKind.Relative), content, Cancelled);

        response.StatusCode.Should().Be(status);
    }

    private static async Task<JsonElement> PurgeAsync(CachingFacade cache, object order)
    {
        using var response = await cache.Facade.Control.PostAsJsonAsync("/api/cache/purge", order, Cancelled);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
    }
}
