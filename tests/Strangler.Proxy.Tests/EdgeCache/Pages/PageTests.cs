using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache.Pages;

/// <summary>What is kept of Magento's answers, for whom, and what browsers see of it.</summary>
public sealed class PageTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PublicPage_IsAskedForOnce_AndBrowsersKeepNothing()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/bag.html", context =>
        {
            context.Response.Headers["X-Powered-By"] = "PHP/8.2";
            return ShopUnderTest.PublicAsync(context, "the bag");
        });

        (await shop.AskAsync("/bag.html", Cancelled)).Should().Be(("the bag", "miss"));
        (await shop.AskAsync("/bag.html", Cancelled)).Should().Be(("the bag", "hit"));
        using var answer = await shop.GetAsync("/bag.html", Cancelled);

        shop.AskedFor("/bag.html").Should().Be(1);
        answer.Content.Headers.ContentType!.ToString().Should().Be("text/html; charset=UTF-8");
        answer.Headers.CacheControl!.ToString().Should().Contain("no-store");
        answer.Headers.Pragma.ToString().Should().Be("no-cache");
        answer.Headers.Should().NotContainKey("X-Magento-Tags").And.NotContainKey("X-Powered-By").And.NotContainKey("Age").And.NotContainKey("X-Magento-Cache-Debug");
    }

    [Fact]
    public async Task DeveloperMode_SaysWhatBecameOfAPage()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", context =>
        {
            context.Response.Headers["X-Magento-Debug"] = "1";
            return ShopUnderTest.PublicAsync(context, "home");
        });
        shop.Serve("/contact", context =>
        {
            context.Response.Headers["X-Magento-Debug"] = "1";
            return ShopUnderTest.PrivateAsync(context, "contact");
        });

        using var miss = await shop.GetAsync("/", Cancelled);
        using var hit = await shop.GetAsync("/", Cancelled);
        using var never = await shop.GetAsync("/contact", Cancelled);

        miss.Headers.GetValues("X-Magento-Cache-Debug").Should().Equal("MISS");
        hit.Headers.GetValues("X-Magento-Cache-Debug").Should().Equal("HIT");
        hit.Headers.Age.Should().NotBeNull();
        never.Headers.GetValues("X-Magento-Cache-Debug").Should().Equal("UNCACHEABLE");
        hit.Headers.Should().NotContainKey("X-Magento-Debug");
    }

    [Fact]
    public async Task VaryCookie_SeparatesPages()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", context => ShopUnderTest.PublicAsync(context, context.Request.Cookies["X-Magento-Vary"] ?? "guest"));

        (await shop.AskAsync("/", Cancelled)).Body.Should().Be("guest");
        (await shop.AskAsync("/", Cancelled, ("Cookie", "X-Magento-Vary=wholesale; PHPSESSID=a"))).Should().Be(("wholesale", "miss"));
        (await shop.AskAsync("/", Cancelled, ("Cookie", "PHPSESSID=b; X-Magento-Vary=wholesale"))).Should().Be(("wholesale", "hit"));
        (await shop.AskAsync("/", Cancelled, ("Cookie", "PHPSESSID=c"))).Should().Be(("guest", "hit"));
    }

    [Fact]
    public async Task PageOfAnotherGroupThanAskedFor_IsNotKept_AndItsCookiePasses()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", context =>
        {
            var isKnown = context.Request.Cookies["PHPSESSID"] == "wholesaler";
            if (isKnown)
            {
                context.Response.Headers.SetCookie = "X-Magento-Vary=wholesale; path=/";
            }

            return ShopUnderTest.PublicAsync(context, isKnown ? "wholesale" : "guest");
        });

        using var first = await shop.GetAsync("/", Cancelled, null, ("Cookie", "PHPSESSID=wholesaler"));

        (await first.Content.ReadAsStringAsync(Cancelled)).Should().Be("wholesale");
        first.Headers.GetValues("Set-Cookie").Should().Equal("X-Magento-Vary=wholesale; path=/");
        (await shop.AskAsync("/", Cancelled)).Should().Be(("guest", "miss"));
        (await shop.AskAsync("/", Cancelled)).Should().Be(("guest", "hit"));
    }

    [Fact]
    public async Task SetCookie_OfASharedPage_ReachesNobody()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", context =>
        {
            context.Response.Headers.SetCookie = new[] { "PHPSESSID=secret; path=/", "form_key=key" };
            return ShopUnderTest.PublicAsync(context, "home");
        });

        using var first = await shop.GetAsync("/", Cancelled);
        using var second = await shop.GetAsync("/", Cancelled);

        shop.AskedFor("/").Should().Be(1);
        first.Headers.Should().NotContainKey("Set-Cookie");
        second.Headers.Should().NotContainKey("Set-Cookie");
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("private, max-age=100")]
    [InlineData("max-age=100")]
    [InlineData("public, max-age=0")]
    [InlineData("")]
    public async Task AnswerThatIsNotForAll_IsNeverKept_AndKeepsItsCookies(string control)
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        var count = 0;
        shop.Serve("/account", context =>
        {
            context.Response.Headers.CacheControl = control;
            context.Response.Headers.SetCookie = "PHPSESSID=mine";
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync($"{Interlocked.Increment(ref count)}");
        });

        using var first = await shop.GetAsync("/account", Cancelled);

        first.Headers.GetValues("Set-Cookie").Should().Equal("PHPSESSID=mine");
        (await shop.AskAsync("/account", Cancelled)).Body.Should().Be("2");
        (await shop.AskAsync("/account", Cancelled)).Body.Should().Be("3");
        (await shop.StatusAsync(Cancelled)).GetProperty("pages").GetInt32().Should().Be(0);
    }

    [Theory]
    [InlineData("/customer/account/")]
    [InlineData("/de/checkout/cart/")]
    [InlineData("/media/a.jpg")]
    [InlineData("/static/version1/a.css")]
    [InlineData("/rest/V1/products")]
    [InlineData("/health_check.php")]
    [InlineData("/graphql?query={x}")]
    public async Task WhatIsNotForTheStore_GoesToMagento_WhateverItSays(string target)
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);

        await shop.AskAsync(target, Cancelled);
        await shop.AskAsync(target, Cancelled);

        shop.Asked.Should().HaveCount(2);
    }

    [Fact]
    public async Task OtherMethods_Tokens_AndRanges_GoToMagento()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        await shop.AskAsync("/", Cancelled);

        using var post = await shop.GetAsync("/", Cancelled, HttpMethod.Post);
        using var token = await shop.GetAsync("/", Cancelled, null, ("Authorization", "Bearer abc"));
        using var range = await shop.GetAsync("/", Cancelled, null, ("Range", "bytes=0-1"));
        using var script = await shop.GetAsync("/", Cancelled, null, ("X-Requested-With", "XMLHttpRequest"));
        using var head = await shop.GetAsync("/", Cancelled, HttpMethod.Head);

        shop.AskedFor("/").Should().Be(5, "all but the last one");
        head.Content.Headers.ContentLength.Should().Be(3);
    }

    [Fact]
    public async Task MarketingParameters_MakeNoPagesOfTheirOwn()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled, "--EdgeCache:Pages:IgnoredParameters:0=ref_*");

        await shop.AskAsync("/bag.html?utm_source=mail&p=2&gclid=x%20y", Cancelled);
        (await shop.AskAsync("/bag.html?p=2&ref_a=1&utm_campaign=autumn", Cancelled)).Cache.Should().Be("hit");
        (await shop.AskAsync("/bag.html?p=3", Cancelled)).Cache.Should().Be("miss");

        shop.Asked.Select(request => request.Target).Should().Equal("/bag.html?p=2", "/bag.html?p=3");
    }

    [Fact]
    public async Task NotFound_IsKept_ARedirectIsNot()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/gone.html", context =>
        {
            context.Response.StatusCode = 404;
            return ShopUnderTest.PublicAsync(context, "gone");
        });
        shop.Serve("/old.html", context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/new.html";
            return ShopUnderTest.PublicAsync(context, "");
        });

        await shop.AskAsync("/gone.html", Cancelled);
        using var gone = await shop.GetAsync("/gone.html", Cancelled);
        await shop.AskAsync("/old.html", Cancelled);
        using var old = await shop.GetAsync("/old.html", Cancelled);

        (gone.StatusCode, shop.AskedFor("/gone.html")).Should().Be((HttpStatusCode.NotFound, 1));
        (old.StatusCode, shop.AskedFor("/old.html")).Should().Be((HttpStatusCode.Redirect, 2));
        old.Headers.Location.Should().Be(new Uri("/new.html", UriKind.Relative));
    }

    [Fact]
    public async Task GraphQl_IsKeptUnderMagentosOwnId()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/graphql", context =>
        {
            context.Response.Headers["X-Magento-Cache-Id"] = "abc";
            return ShopUnderTest.PublicAsync(context, $"{{\"store\":\"{context.Request.Headers["Store"]}\"}}", type: "application/json");
        });
        const string Target = "/graphql?query={products{items{sku}}}";

        await shop.AskAsync(Target, Cancelled, ("X-Magento-Cache-Id", "abc"), ("Store", "de"));
        (await shop.AskAsync(Target, Cancelled, ("X-Magento-Cache-Id", "abc"), ("Store", "de"))).Should().Be(("{\"store\":\"de\"}", "hit"));
        (await shop.AskAsync(Target, Cancelled, ("X-Magento-Cache-Id", "abc"), ("Store", "fr"))).Body.Should().Be("{\"store\":\"fr\"}");
        (await shop.AskAsync(Target, Cancelled, ("X-Magento-Cache-Id", "abc"), ("Store", "de"), ("Authorization", "Bearer t"))).Cache.Should().Be("miss");
        await shop.AskAsync(Target, Cancelled, ("X-Magento-Cache-Id", "old"), ("Store", "de"));
        (await shop.AskAsync(Target, Cancelled, ("X-Magento-Cache-Id", "old"), ("Store", "de"))).Cache.Should().NotBe("hit", "Magento answered under another id");
    }

    [Fact]
    public async Task Pages_AreFetchedPlain_AndSentCompressed()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        var text = new string('x', 50_000);
        shop.Serve("/kept", context => ShopUnderTest.PublicAsync(context, text));
        shop.Serve("/mine", context => ShopUnderTest.PrivateAsync(context, text));

        foreach (var path in new[] { "/kept", "/kept", "/mine" })
        {
            using var answer = await shop.GetAsync(path, Cancelled, null, ("Accept-Encoding", "br, gzip;q=0.5"));
            answer.Content.Headers.ContentEncoding.Should().Equal("gzip");
            answer.Headers.Vary.Should().Contain("Accept-Encoding");
            await using var unpacked = new GZipStream(await answer.Content.ReadAsStreamAsync(Cancelled), CompressionMode.Decompress);
            using var reader = new StreamReader(unpacked);
            (await reader.ReadToEndAsync(Cancelled)).Should().Be(text);
            using var plain = await shop.GetAsync(path, Cancelled);
            plain.Content.Headers.ContentEncoding.Should().BeEmpty();
            (await plain.Content.ReadAsStringAsync(Cancelled)).Should().Be(text);
        }

        shop.Asked.Should().OnlyContain(request => !request.Fields.ContainsKey("Accept-Encoding"));
    }

    [Fact]
    public async Task TooLargeAnswers_PassWhole()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled, "--EdgeCache:MaximumAnswerBytes=100000");
        shop.Text = new string('y', 300_000);

        (await shop.AskAsync("/large", Cancelled)).Body.Should().Be(shop.Text);
        (await shop.AskAsync("/large", Cancelled)).Body.Should().Be(shop.Text);

        shop.AskedFor("/large").Should().Be(2);
    }

    [Fact]
    public async Task SliceAtLegacy_IsKeptLikeAnyPage_FromShadowOnMagentoIsAsked()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, slice => slice.Path = "/shop/{page}", Cancelled);
        shop.Serve("/shop/a", context => ShopUnderTest.PublicAsync(context, "<p><esi:include src=\"/menu\"/></p>"));
        shop.Serve("/menu", context => ShopUnderTest.PublicAsync(context, "menu"));

        await shop.AskAsync("/shop/a", Cancelled);
        (await shop.AskAsync("/shop/a", Cancelled)).Should().Be(("<p>menu</p>", "hit"));
        await shop.Facade.MoveAsync(Stage.Shadow, Cancelled);
        (await shop.AskAsync("/shop/a", Cancelled)).Should().Be(("<p>menu</p>", ""));
        await shop.Facade.MoveAsync(Stage.Live, Cancelled);
        (await shop.AskAsync("/shop/a", Cancelled)).Body.Should().Be("service:GET:/shop/a");

        shop.AskedFor("/shop/a").Should().Be(2);
    }

    [Fact]
    public async Task Off_NothingIsKept_AndPurgeGoesOn()
    {
        await using var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        facade.Magento.Answer = context => ShopUnderTest.PublicAsync(context, "<esi:include src=\"/x\"/>");

        (await facade.AskAsync("/", Cancelled)).Body.Should().Be("<esi:include src=\"/x\"/>");
        await facade.AskAsync("/", Cancelled);
        await facade.AskAsync("/", Cancelled, new HttpMethod("PURGE"));

        facade.Magento.Requests.Should().Equal("GET /", "GET /", "PURGE /");
    }
}
