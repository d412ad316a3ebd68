using Strangler.WebApi.Stores;

namespace Strangler.WebApi.Tests.Stores;

public sealed class StoreDirectoryTests
{
    private static readonly StoreView[] Stores =
    [
        new(0, "admin", 0, 0, true), new(1, "default", 1, 1, true), new(2, "de", 1, 1, true), new(3, "outlet", 2, 2, true),
        new(4, "closed", 1, 1, false),
    ];

    private static readonly Website[] Websites = [new(0, "admin", false, 0), new(1, "base", true, 1), new(2, "outlet", false, 3)];

    private static readonly MagentoConfig Config = new(
    [
        new("default", 0, "web/unsecure/base_url", "http://shop.test:8080/"),
        new("websites", 2, "web/unsecure/base_url", "http://outlet.shop.test:8080/"),
        new("stores", 2, "web/unsecure/base_url", "http://shop.test:8080/"),
        new("stores", 2, "web/secure/base_url", "https://shop.de/"),
    ]);

    [Theory]
    [InlineData("shop.test:8080", null, "default")]
    [InlineData("other.test", null, "default")]
    [InlineData("shop.test:8080", "de", "de")]
    [InlineData("shop.test:8080", "nosuch", "default")]
    [InlineData("shop.test:8080", "closed", "default")]
    [InlineData("shop.test:8080", "outlet", "default")]
    [InlineData("outlet.shop.test:8080", null, "outlet")]
    [InlineData("OUTLET.shop.test", "de", "outlet")]
    [InlineData("shop.de", null, "de")]
    [InlineData("shop.de", "default", null)]
    [InlineData("b2b.test", null, "outlet")]
    public void A_host_has_a_website_and_a_cookie_chooses_within_it(string host, string? cookie, string? code)
    {
        var store = new StoreDirectory(Stores, Websites, Config, [new RunCode { Host = "b2b.test", Code = "outlet" }]).ByHost(host, cookie);
        (store?.Code).Should().Be(code);
    }

    [Fact]
    public void The_admin_scope_has_no_code_in_a_path() =>
        new StoreDirectory(Stores, Websites, Config, []).IsCode("admin").Should().BeFalse();

    [Fact]
    public void A_store_views_value_goes_before_its_websites_and_the_default()
    {
        var config = new MagentoConfig([new("default", 0, "a", "1"), new("websites", 1, "a", "2"), new("stores", 2, "a", "3"), new("stores", 1, "b", "x")]);
        config.Get("a").Should().Be("1");
        config.Get("a", Stores[1]).Should().Be("2");
        config.Get("a", Stores[2]).Should().Be("3");
        config.Get("a", Stores[3]).Should().Be("1");
        config.Number("b", 5, Stores[1]).Should().Be(0);
        config.Number("c", 5, Stores[1]).Should().Be(5);
        config.HasScopedValues("a").Should().BeTrue();
        config.HasScopedValues("c").Should().BeFalse();
    }
}
