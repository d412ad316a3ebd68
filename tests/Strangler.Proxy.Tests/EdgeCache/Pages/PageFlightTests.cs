using System.Net;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache.Pages;

/// <summary>Many at once, and a Magento that does not answer.</summary>
public sealed class PageFlightTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyAtOnce_AskOnce()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled, "--EdgeCache:Pages:FetchSeconds=3600");
        var (asked, open) = (new TaskCompletionSource(), new TaskCompletionSource());
        shop.Serve("/", async context =>
        {
            asked.TrySetResult();
            await open.Task;
            await ShopUnderTest.PublicAsync(context, "home");
        });
        var all = Enumerable.Range(0, 20).Select(_ => shop.AskAsync("/", Cancelled)).ToList();
        await asked.Task.WaitAsync(Cancelled);
        open.SetResult();

        (await Task.WhenAll(all)).Should().OnlyContain(answer => answer.Body == "home");
        shop.AskedFor("/").Should().Be(1);
    }

    [Fact]
    public async Task WhatIsNotForKeeping_IsNotWaitedFor()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled, "--EdgeCache:Pages:FetchSeconds=3600");
        var open = new TaskCompletionSource();
        shop.Serve("/search", async context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.ContentType = "text/html";
            // The head is enough to know.
            await context.Response.Body.FlushAsync();
            await open.Task;
            await context.Response.WriteAsync("found");
        });

        var all = Enumerable.Range(0, 5).Select(_ => shop.AskAsync("/search", Cancelled)).ToList();
        await Eventually.TrueAsync(() => Task.FromResult(shop.AskedFor("/search") == 5), "all are with Magento at once", Cancelled);
        open.SetResult();

        (await Task.WhenAll(all)).Should().OnlyContain(answer => answer.Body == "found");
    }

    [Fact]
    public async Task OldPage_IsServedWhileANewOneIsFetched()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled, "--EdgeCache:Pages:GraceSeconds=36000");
        shop.Serve("/", context => ShopUnderTest.PublicAsync(context, shop.Text, seconds: 1));
        await shop.AskAsync("/", Cancelled);
        shop.Text = "two";

        await Eventually.TrueAsync(async () => (await shop.AskAsync("/", Cancelled)).Body == "two", "the new one has come", Cancelled);
        (await shop.StatusAsync(Cancelled)).GetProperty("misses").GetInt64().Should().Be(1, "nobody has waited for it");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MagentoDoesNotAnswer_AnOldPageDoes_UntilItIsPurged(bool isDown)
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled, "--EdgeCache:Pages:GraceSeconds=0");
        shop.Serve("/", context =>
        {
            if (shop.Text == "maintenance")
            {
                context.Response.StatusCode = 503;
                return context.Response.WriteAsync("maintenance");
            }

            return ShopUnderTest.PublicAsync(context, shop.Text, seconds: 1);
        });
        await shop.AskAsync("/", Cancelled);
        shop.Text = "maintenance";
        shop.IsDown = isDown;

        await Eventually.TrueAsync(async () => (await shop.AskAsync("/", Cancelled)) == ("one", "stale"), "it serves in need", Cancelled);
        await shop.PurgeAsync(".*", Cancelled);
        using var none = await shop.GetAsync("/", Cancelled);

        none.StatusCode.Should().Be(isDown ? HttpStatusCode.BadGateway : HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task PageThatBreaksOff_IsNeverKept()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", async context =>
        {
            context.Response.ContentLength = 1000;
            await ShopUnderTest.PublicAsync(context, "half");
            context.Abort();
        });

        using var broken = await shop.GetAsync("/", Cancelled);
        broken.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        shop.Serve("/", context => ShopUnderTest.PublicAsync(context, "whole"));
        (await shop.AskAsync("/", Cancelled)).Body.Should().Be("whole");
    }

    [Fact]
    public async Task PageThatMagentoShareNoMore_IsForgotten()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled, "--EdgeCache:Pages:GraceSeconds=36000");
        shop.Serve("/", context => ShopUnderTest.PublicAsync(context, "for all", seconds: 1));
        await shop.AskAsync("/", Cancelled);
        shop.Serve("/", context => ShopUnderTest.PrivateAsync(context, "for one"));

        await Eventually.TrueAsync(async () => (await shop.AskAsync("/", Cancelled)).Body == "for one", "the old one is gone", Cancelled);
    }
}
