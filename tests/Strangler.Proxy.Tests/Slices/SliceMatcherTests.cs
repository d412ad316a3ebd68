using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Tests.Slices;

public sealed class SliceMatcherTests
{
    private static readonly SliceMatcher Matcher = Make(
        Slice("product", ["GET"], ["/rest/{storeCode?}/V1/products/{sku}"], ["/rest/{storeCode?}/V1/products/types"]),
        Slice("cart", ["GET", "POST"], ["/rest/{storeCode?}/V1/guest-carts/{cartId}/items"]),
        Slice("media", ["GET"], ["/media/catalog/{**path}"]));

    [Theory]
    [InlineData("/rest/V1/products/24-MB01", "product")]
    [InlineData("/rest/de/V1/products/24-MB01", "product")]
    [InlineData("/rest/all/V1/products/24-MB01?fields=sku", "product")]
    [InlineData("/index.php/rest/V1/products/24-MB01", "product")]
    [InlineData("/rest//V1/products/24-MB01/", "product")]
    [InlineData("/rest/V1/products/SKU%2FWITH%20SLASH", "product")]
    [InlineData("/rest/V1/products/SKU%252FX", "product")]
    [InlineData("/rest/V1/products/a;b[c]", "product")]
    [InlineData("/rest/V1/products/types", null)]
    [InlineData("/rest/de/V1/products/types", null)]
    [InlineData("/rest/V1/products", null)]
    [InlineData("/rest/V1/products/", null)]
    [InlineData("/rest/V1/products/SKU/WITH", null)]
    [InlineData("/rest/v1/products/24-MB01", null)]
    [InlineData("/REST/V1/products/24-MB01", null)]
    [InlineData("/rest/V1/%70roducts/24-MB01", null)]
    [InlineData("/rest/de/en/V1/products/24-MB01", null)]
    [InlineData("/index.php/index.php/rest/V1/products/x", null)]
    [InlineData("/media/catalog/product/m/b/mb01.jpg", "media")]
    [InlineData("/media/catalog", "media")]
    [InlineData("/media/catalogue/x", null)]
    [InlineData("/", null)]
    [InlineData("*", null)]
    [InlineData("http://shop.test/rest/V1/products/24-MB01", null)]
    [InlineData("?x", null)]
    public void Match_Target_FindsItsSlice(string target, string? expected)
    {
        Matcher.Match("GET", target)?.Id.Should().Be(expected is null ? null : expected + ".x");
    }

    [Theory]
    [InlineData("HEAD", "/rest/V1/products/24-MB01", null)]
    [InlineData("get", "/rest/V1/products/24-MB01", null)]
    [InlineData("POST", "/rest/V1/guest-carts/abc/items", "cart")]
    [InlineData("DELETE", "/rest/V1/guest-carts/abc/items", null)]
    public void Match_Method_CountsExactly(string method, string target, string? expected)
    {
        Matcher.Match(method, target)?.Id.Should().Be(expected is null ? null : expected + ".x");
    }

    [Fact]
    public void Conflicts_TwoSlicesTakeOneRequest_AreNamed()
    {
        var matcher = Make(Slice("a", ["GET"], ["/rest/V1/{x}"]), Slice("b", ["GET"], ["/rest/V1/{y}"]));

        matcher.Conflicts.Should().ContainSingle().Which.Should().Contain("a.x").And.Contain("b.x").And.Contain("/rest/V1/{y}");
    }

    [Fact]
    public void Match_NoSlices_FindsNothing() => Make().Match("GET", "/rest/V1/products/x").Should().BeNull();

    private static SliceMatcher Make(params Func<int, Slice>[] slices) => new(slices.Select((make, index) => make(index)));

    private static Func<int, Slice> Slice(string name, string[] methods, string[] paths, string[]? except = null) => index => new Slice(
        new SliceConfig(name + ".x", name, "catalog", [.. paths.Select(path => new SliceMatchConfig(methods, path))],
            except is null ? null : [.. except.Select(path => new SliceMatchConfig(methods, path))], [], null, null, null),
        index);
}
