using Strangler.WebApi.Routing;

namespace Strangler.WebApi.Tests.Routing;

public sealed class RestTargetTests
{
    [Theory]
    [InlineData("/rest/V1/products/x", null, "V1/products/x")]
    [InlineData("/rest/de/V1/products/x", "de", "V1/products/x")]
    [InlineData("/rest/all/V1/products/x", "(all)", "V1/products/x")]
    [InlineData("/rest//V1/products/x", null, "V1/products/x")]
    [InlineData("/rest///de/V1/products/x", "de", "V1/products/x")]
    [InlineData("/rest/V1/products/x/", null, "V1/products/x")]
    [InlineData("/rest/V1/products//x", null, "V1/products//x")]
    [InlineData("/index.php/rest/V1/products/x?a=1", null, "V1/products/x")]
    [InlineData("/rest/V1/products/A%2FB%20C", null, "V1/products/A%2FB%20C")]
    [InlineData("http://shop.test/rest/de/V1/products/x", "de", "V1/products/x")]
    public void Reads_store_and_segments(string target, string? store, string segments)
    {
        var parsed = RestTarget.Parse(target, code => code == "de");
        parsed.Should().NotBeNull();
        (parsed!.IsAllStores ? "(all)" : parsed.StoreCode).Should().Be(store);
        string.Join('/', parsed.Segments).Should().Be(segments);
        parsed.IsSynchronous.Should().BeTrue();
    }

    [Theory]
    [InlineData("/rest/nosuch/V1/products/x", false)]
    [InlineData("/rest/v1/products/x", false)]
    [InlineData("/rest/DE/V1/products/x", false)]
    [InlineData("/rest/de//V1/products/x", false)]
    [InlineData("/rest", false)]
    [InlineData("/rest/async/V1/products", true)]
    [InlineData("/rest/all/schema", true)]
    public void What_is_no_route_is_told_from_what_others_process(string target, bool other)
    {
        var parsed = RestTarget.Parse(target, code => code == "de");
        parsed!.IsSynchronous.Should().BeFalse();
        parsed.IsOtherProcessor.Should().Be(other);
    }

    [Theory]
    [InlineData("/REST/V1/products/x")]
    [InlineData("//rest/V1/products/x")]
    [InlineData("/restful")]
    [InlineData("/")]
    [InlineData("*")]
    [InlineData("/index.php")]
    public void What_is_not_below_rest_is_nothing(string target) => RestTarget.Parse(target, _ => false).Should().BeNull();

    [Theory]
    [InlineData("24-MB01", "24-MB01")]
    [InlineData("SKU%2FWITH%20SLASH", "SKU/WITH SLASH")]
    [InlineData("SKU%252FWITH", "SKU%2FWITH")]
    [InlineData("%C3%9CML-01", "ÜML-01")]
    [InlineData("%3Cscript%3E", "<script>")]
    [InlineData("a+b", null)]
    [InlineData("%zz", null)]
    [InlineData("abc%2", null)]
    [InlineData("%FF", null)]
    [InlineData("%00", null)]
    public void A_segment_is_decoded_once(string segment, string? text) => RestTarget.DecodeSegment(segment).Should().Be(text);

    [Theory]
    [InlineData("a=1", "a", true, "1")]
    [InlineData("a=1&a=2", "a", true, "2")]
    [InlineData("a", "a", true, "")]
    [InlineData("a=x+y%26z", "a", true, "x y&z")]
    [InlineData("a[]=1", "a", true, null)]
    [InlineData("a%5Bb%5D=1", "a", true, null)]
    [InlineData("a.b=1", "a_b", true, "1")]
    [InlineData("b=1", "a", false, null)]
    [InlineData("", "a", false, null)]
    public void A_query_is_read_as_php_reads_it(string query, string name, bool found, string? value)
    {
        PhpQuery.Parse(query).TryGet(name, out var read).Should().Be(found);
        read.Should().Be(value);
    }
}
