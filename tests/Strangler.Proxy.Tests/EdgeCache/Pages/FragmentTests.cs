using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.EdgeCache.Pages;

/// <summary>Fragments in the places of Magento's <c>esi:include</c>.</summary>
public sealed class FragmentTests(ControlDatabase database)
{
    private const string Menu = "/page_cache/block/esi/blocks/%5B%22catalog.topnav%22%5D/handles/WyJkZWZhdWx0Il0=/";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fragments_AreSharedByPages_AndPurgedByThemselves()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        ServePages(shop);
        var menu = "one";
        shop.Serve(Uri.UnescapeDataString(Menu), context => ShopUnderTest.PublicAsync(context, $"<nav>{menu}</nav>", "cat_c,FPC"));

        (await shop.AskAsync("/a", Cancelled)).Should().Be(("<p><nav>one</nav></p>", "miss"));
        (await shop.AskAsync("/b", Cancelled)).Body.Should().Be("<p><nav>one</nav></p>");
        menu = "two";
        (await shop.AskAsync("/a", Cancelled)).Should().Be(("<p><nav>one</nav></p>", "hit"));
        await shop.PurgeAsync(ShopUnderTest.PatternOf("cat_c"), Cancelled);

        (await shop.AskAsync("/a", Cancelled)).Should().Be(("<p><nav>two</nav></p>", "hit"), "the page itself is still right");
        shop.AskedFor("/a").Should().Be(1);
        shop.Asked.Count(request => request.Target.Contains("/esi/", StringComparison.Ordinal)).Should().Be(2);
        shop.Asked.Single(request => request.Target == "/a").Fields["Host"].Should().Be(shop.Address.Authority);
    }

    [Fact]
    public async Task Fragment_IsAskedForAsTheVisitorIs()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", context => ShopUnderTest.PublicAsync(context, "<esi:include src='http://shop.test/menu?a=1&amp;b=2' />"));
        shop.Serve("/menu", context => ShopUnderTest.PublicAsync(context, context.Request.Cookies["X-Magento-Vary"] ?? "guest"));

        (await shop.AskAsync("/", Cancelled)).Body.Should().Be("guest");
        (await shop.AskAsync("/", Cancelled, ("Cookie", "X-Magento-Vary=wholesale"))).Body.Should().Be("wholesale");

        var asked = shop.Asked.Where(request => request.Target == "/menu?a=1&b=2").ToList();
        asked.Should().HaveCount(2).And.OnlyContain(request => request.Fields["Host"] == "shop.test" && request.Fields["X-Forwarded-Proto"] == "http");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(302)]
    [InlineData(0)]
    public async Task FailingFragment_LeavesItsPlaceEmpty_AndIsAskedForAgain(int status)
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", context => ShopUnderTest.PublicAsync(context, "<p><esi:include src=\"/menu\"/></p>"));
        shop.Serve("/menu", context =>
        {
            if (status == 0)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            context.Response.StatusCode = status;
            return ShopUnderTest.PrivateAsync(context, "broken");
        });

        (await shop.AskAsync("/", Cancelled)).Body.Should().Be("<p></p>");
        shop.Serve("/menu", context => ShopUnderTest.PublicAsync(context, "menu"));

        await Eventually.TrueAsync(async () => (await shop.AskAsync("/", Cancelled)) == ("<p>menu</p>", "hit"), "the fragment is there", Cancelled);
        shop.AskedFor("/").Should().Be(1);
    }

    [Fact]
    public async Task PageOfOneShopper_HasItsFragmentsToo_AndTheyAreShared()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/customer/account/login", context => ShopUnderTest.PrivateAsync(context, "<p><esi:include src=\"/menu\"/></p>"));
        shop.Serve("/menu", context => ShopUnderTest.PublicAsync(context, "menu"));

        (await shop.AskAsync("/customer/account/login", Cancelled)).Body.Should().Be("<p>menu</p>");
        (await shop.AskAsync("/customer/account/login", Cancelled)).Body.Should().Be("<p>menu</p>");

        (shop.AskedFor("/customer/account/login"), shop.AskedFor("/menu")).Should().Be((2, 1));
    }

    [Fact]
    public async Task PersonalFragment_StaysWithItsShopper()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/", context => ShopUnderTest.PublicAsync(context, "<esi:include src=\"/greeting\"/>"));
        shop.Serve("/greeting", context => ShopUnderTest.PrivateAsync(context, context.Request.Cookies["PHPSESSID"] ?? "nobody"));

        (await shop.AskAsync("/", Cancelled, ("Cookie", "PHPSESSID=ann"))).Body.Should().Be("ann");
        (await shop.AskAsync("/", Cancelled, ("Cookie", "PHPSESSID=bob"))).Body.Should().Be("bob");
    }

    [Fact]
    public async Task FragmentsOfFragments_EndAtThree()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/0", context => ShopUnderTest.PublicAsync(context, "0<esi:include src=\"/again\"/>"));
        shop.Serve("/again", context => ShopUnderTest.PublicAsync(context, "x<esi:include src=\"/again\"/>"));

        (await shop.AskAsync("/0", Cancelled)).Body.Should().Be("0xxx");
    }

    [Fact]
    public async Task OnlyPages_AreLookedThrough()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled);
        shop.Serve("/feed", context => ShopUnderTest.PublicAsync(context, "{\"a\":\"<esi:include src='/menu'/>\"}", type: "application/json"));

        (await shop.AskAsync("/feed", Cancelled)).Body.Should().Contain("esi:include");
        shop.AskedFor("/menu").Should().Be(0);
    }

    [Fact]
    public async Task LargePage_HasItsFragmentsInTheStream()
    {
        await using var shop = await ShopUnderTest.StartAsync(database, Cancelled, "--EdgeCache:MaximumAnswerBytes=100000");
        var (before, after) = (new string('a', 200_000), new string('b', 200_000));
        shop.Serve("/", context => ShopUnderTest.PublicAsync(context, $"{before}<esi:include src=\"/menu\"/>{after}"));
        shop.Serve("/menu", context => ShopUnderTest.PublicAsync(context, "menu"));

        (await shop.AskAsync("/", Cancelled)).Body.Should().Be($"{before}menu{after}");
    }

    private static void ServePages(ShopUnderTest shop)
    {
        foreach (var path in new[] { "/a", "/b" })
        {
            // Magento writes the address of its configuration, with http whatever the page came by.
            shop.Serve(path, context => ShopUnderTest.PublicAsync(context, $"<p><esi:include src=\"http://{context.Request.Host}{Menu}\" /></p>"));
        }
    }
}
