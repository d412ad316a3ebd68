using System.Net;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache;

/// <summary>What is kept of a slice's answers, for whom, and what throws it away.</summary>
public sealed class SliceCacheTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SecondRequest_ComesFromTheStore_AsTheFirstWas()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        cache.Answer = context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.ETag = "\"v1\"";
            context.Response.ContentType = "application/json; charset=utf-8";
            return context.Response.WriteAsync("{\"id\":5}");
        };
        using var first = await cache.GetAsync(Cancelled);
        await cache.WarmAsync(Cancelled);
        var asked = cache.Asked;

        using var second = await cache.GetAsync(Cancelled);

        cache.Asked.Should().Be(asked);
        (await second.Content.ReadAsStringAsync(Cancelled)).Should().Be(await first.Content.ReadAsStringAsync(Cancelled)).And.Be("{\"id\":5}");
        second.Content.Headers.ContentType!.ToString().Should().Be("application/json; charset=utf-8");
        second.Headers.CacheControl!.NoStore.Should().BeTrue("what the service says to clients is not the facade's to change");
        second.Headers.Age.Should().NotBeNull();
        second.Headers.Date.Should().Be(second.Headers.Date);
        first.Headers.Contains("Strangler-Tags").Should().BeFalse("that is for the facade");
        second.Headers.Contains("Strangler-Tags").Should().BeFalse();

        using var same = await cache.GetAsync(Cancelled, null, ("If-None-Match", "W/\"v0\", \"v1\""));
        same.StatusCode.Should().Be(HttpStatusCode.NotModified);
        same.Headers.ETag!.Tag.Should().Be("\"v1\"");
        using var other = await cache.GetAsync(Cancelled, null, ("If-None-Match", "\"v0\""));
        other.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("product/5", true)]
    [InlineData("product/*", true)]
    [InlineData("all/*", true)]
    [InlineData("product/6", false)]
    [InlineData("category/5", false)]
    public async Task Change_ThrowsAwayWhatItConcerns(string change, bool concerns)
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        await cache.WarmAsync(Cancelled);
        cache.Text = "two";

        cache.Changes.Tell(change);
        await cache.ListeningAsync(Cancelled);

        (await cache.AskAsync(Cancelled)).Should().Be(concerns ? ("two", false) : ("one", true));
    }

    [Theory]
    [InlineData("", "product/6", true)]
    [InlineData("", "category/1", false)]
    [InlineData("not understood", "product/6", true)]
    [InlineData("category/1", "product/6", true)]
    public async Task WithoutTagsOfAKind_AnyChangeOfThatKindConcerns(string tags, string change, bool concerns)
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        cache.Tags = tags;
        await cache.WarmAsync(Cancelled);

        cache.Changes.Tell(change);
        await cache.ListeningAsync(Cancelled);

        (await cache.AskAsync(Cancelled)).IsHit.Should().Be(!concerns);
    }

    [Fact]
    public async Task NothingDeclared_AnyChangeOfAKindWithoutTagConcerns()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, new { seconds = 3600 });
        await cache.WarmAsync(Cancelled);
        cache.Changes.Tell("product/6");
        await cache.ListeningAsync(Cancelled);
        (await cache.AskAsync(Cancelled)).IsHit.Should().BeTrue("the answer names its products");

        cache.Changes.Tell("currency/*");
        await cache.ListeningAsync(Cancelled);

        (await cache.AskAsync(Cancelled)).IsHit.Should().BeFalse("it says nothing of currencies");
    }

    [Theory]
    [InlineData("Store", "de")]
    [InlineData("Content-Currency", "EUR")]
    [InlineData("Accept", "application/xml")]
    [InlineData("Accept-Encoding", "gzip")]
    [InlineData("Host", "de.shop.test")]
    [InlineData("Cookie", "X-Magento-Vary=abc")]
    [InlineData("Cookie", "a=b; store=de")]
    [InlineData("X-Price-List", "7")]
    public async Task WhatAnAnswerVariesBy_GetsItsOwn(string name, string value)
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, new { seconds = 3600, varyHeaders = new[] { "X-Price-List" } });
        await cache.WarmAsync(Cancelled);
        cache.Text = "theirs";

        (await cache.AskAsync(Cancelled, headers: (name, value))).Should().Be(("theirs", false));
        (await cache.AskAsync(Cancelled, headers: (name, value))).Should().Be(("theirs", true));
        (await cache.AskAsync(Cancelled)).Should().Be(("one", true));
    }

    [Theory]
    [InlineData("Authorization", "Bearer x")]
    [InlineData("Range", "bytes=0-1")]
    [InlineData("Cookie", "admin=1")]
    [InlineData("Cookie", "st%6Fre=de")]
    [InlineData("Cookie", "store=de; store=fr")]
    public async Task WhatIsOnesOwn_GoesPastTheStore(string name, string value)
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        await cache.WarmAsync(Cancelled);
        cache.Text = "theirs";

        (await cache.AskAsync(Cancelled, headers: (name, value))).Should().Be(("theirs", false));
        (await cache.AskAsync(Cancelled, headers: (name, value))).Should().Be(("theirs", false));
        (await cache.AskAsync(Cancelled)).Should().Be(("one", true));
    }

    [Fact]
    public async Task PerToken_EachTokenHasItsOwn()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, new { seconds = 3600, perToken = true });
        cache.Answer = context => context.Response.WriteAsync(context.Request.Headers.Authorization.ToString());
        foreach (var token in (string[])["Bearer one", "Bearer two"])
        {
            (await cache.AskAsync(Cancelled, headers: ("Authorization", token))).Should().Be((token, false));
            (await cache.AskAsync(Cancelled, headers: ("Authorization", token))).Should().Be((token, true));
        }
    }

    [Theory]
    [InlineData("Set-Cookie", "a=b")]
    [InlineData("Cache-Control", "max-age=5, private")]
    [InlineData("Vary", "Accept, User-Agent")]
    [InlineData("Vary", "*")]
    public async Task AnswersForOneVisitor_AreNotKept(string name, string value)
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        cache.Answer = context =>
        {
            context.Response.Headers[name] = value;
            return context.Response.WriteAsync("mine");
        };

        await cache.AskAsync(Cancelled);

        (await cache.AskAsync(Cancelled)).IsHit.Should().BeFalse();
        cache.Asked.Should().Be(2);
    }

    [Fact]
    public async Task ErrorsAndMagentosAnswers_AreNotKept()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        foreach (var status in (int[])[404, 500, 421])
        {
            cache.Answer = context =>
            {
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            };
            await cache.AskAsync(Cancelled);
            (await cache.AskAsync(Cancelled)).IsHit.Should().BeFalse();
        }
    }

    [Fact]
    public async Task Override_AndAnotherStage_GetNothingFromTheStore()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled);
        await cache.WarmAsync(Cancelled);

        await cache.Facade.MoveAsync(Strangler.Proxy.Stages.Stage.Legacy, Cancelled);

        (await cache.AskAsync(Cancelled)).Body.Should().StartWith("magento");
    }

    [Fact]
    public async Task MemoryIsBounded_AndWhatIsAskedForStays()
    {
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, settings: "--EdgeCache:MaximumBytes=1000000");
        cache.Text = new string('x', 50_000);
        await cache.WarmAsync(Cancelled);
        for (var i = 0; i < 60; i++)
        {
            await cache.AskAsync(Cancelled, $"/rest/V1/products/sku{i}");
            (await cache.AskAsync(Cancelled)).IsHit.Should().BeTrue();
        }

        var status = await cache.StatusAsync(Cancelled);
        status.GetProperty("bytes").GetInt64().Should().BeLessThan(1_000_000).And.BeGreaterThan(500_000);
        status.GetProperty("evicted").GetInt64().Should().BeGreaterThan(30);
    }
}
