using Microsoft.Extensions.Primitives;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.EdgeCache.Shared;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache;

/// <summary>Answers of one replica for the others, by way of a real Redis.</summary>
public sealed class SharedAnswerTests(ControlDatabase database)
{
    // The replicas of one shop: behind one name.
    private static readonly (string Name, string Value) Host = ("Host", "shop.test");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatOneReplicaHasKept_TheOtherServes_UntilItChanges()
    {
        await using var redis = await RedisServer.StartAsync(Cancelled);
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, settings: Settings(redis));
        await using var other = await cache.StartReplicaAsync(Cancelled, Settings(redis));
        // Kept at an event that both have heard.
        cache.Changes.Tell("category/1");
        await cache.ListeningAsync(Cancelled);
        await other.ListeningAsync(Cancelled);
        await cache.WarmAsync(Cancelled, headers: Host);
        var asked = cache.Asked;

        await other.WarmAsync(Cancelled, headers: Host);
        cache.Asked.Should().Be(asked, "the other replica has taken it from Redis");

        cache.Text = "two";
        cache.Changes.Tell("product/5");
        await cache.ListeningAsync(Cancelled);
        await other.ListeningAsync(Cancelled);
        (await other.AskAsync(Cancelled, headers: Host)).Should().Be(("two", false), "what lies in Redis was made before the change");
        (await cache.AskAsync(Cancelled, headers: Host)).Body.Should().Be("two");
    }

    [Fact]
    public async Task RedisGone_NobodyNotices()
    {
        var redis = await RedisServer.StartAsync(Cancelled);
        await using var cache = await CachingFacade.StartAsync(database, Cancelled, settings: Settings(redis));
        await cache.WarmAsync(Cancelled);
        await redis.StopAsync();

        (await cache.AskAsync(Cancelled)).Should().Be(("one", true));
        (await cache.AskAsync(Cancelled, "/rest/V1/products/another")).Should().Be(("one", false));
        (await cache.AskAsync(Cancelled, "/rest/V1/products/another")).Should().Be(("one", true));
        await redis.DisposeAsync();
    }

    [Fact]
    public void Codec_ReadsWhatItWrote_AndNothingElse()
    {
        var answer = new SharedAnswer(
            "e-5", 7, [KeyValuePair.Create("Content-Type", new StringValues("text/plain")), KeyValuePair.Create("X", new StringValues(["a", "ü"]))],
            [new ChangedKey("product", "5")], "body"u8.ToArray());

        var bytes = AnswerCodec.Write(answer);
        var read = AnswerCodec.Read(bytes)!;

        read.Should().BeEquivalentTo(answer, compare => compare.Excluding(one => one.Body));
        read.Body.ToArray().Should().Equal(answer.Body.ToArray());
        for (var length = 0; length < bytes.Length; length++)
        {
            AnswerCodec.Read(bytes[..length]).Should().BeNull();
        }

        AnswerCodec.Read([.. bytes, 0]).Should().BeNull();
    }

    private static string[] Settings(RedisServer redis) => [$"--EdgeCache:Redis={redis.Address}", "--EdgeCache:RedisMilliseconds=60000"];
}
