using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("//double//slashes///")]
    [InlineData("/rest/V1/products/SKU%2FWITH%20SLASH")]
    [InlineData("/rest/V1/products/SKU%252FWITH")]
    [InlineData("/%2f%2F%5c")]
    [InlineData("/a;b=c;d/e")]
    [InlineData("/rest/V1/products?searchCriteria[filter_groups][0][filters][0][field]=sku")]
    [InlineData("/rest/V1/products?searchCriteria%5BpageSize%5D=1&a=%5b%5d")]
    [InlineData("/path?")]
    [InlineData("/path?=")]
    [InlineData("/path?&&")]
    [InlineData("/path??a=b?c")]
    [InlineData("/path?a=1&a=2&a")]
    [InlineData("/path?q=a+b%20c")]
    [InlineData("/./a/../b/.")]
    [InlineData("/..")]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/%zz%")]
    [InlineData("/%C3%9Cml-01?q=%FC")]
    [InlineData("/a|b^c`d{e}\\f\"g<h>")]
    [InlineData("/~user/!$&'()*,:@")]
    [InlineData("/health/live")]
    [InlineData("/metrics")]
    [InlineData("/a:b@c")]
    public async Task Target_AnyForm_ArrivesByteForByte(string target)
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        var response = await facade.ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: shop.test:8080\r\n\r\n");

        response.Status.Should().Be(200);
        upstream.Only().StartLine.Should().Be($"GET {target} HTTP/1.1");
    }

    [Fact]
    public async Task Target_AbsoluteForm_ArrivesAsSent()
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        await facade.ExchangeAsync("GET http://shop.test:8080/a%2Fb?c HTTP/1.1\r\nHost: shop.test:8080\r\n\r\n");

        upstream.Only().Target.Should().Be("http://shop.test:8080/a%2Fb?c");
        upstream.Only().Value("Host").Should().Be("shop.test:8080");
    }

    [Fact]
    public async Task Target_Asterisk_ArrivesAsSent()
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        await facade.ExchangeAsync("OPTIONS * HTTP/1.1\r\nHost: shop.test\r\n\r\n");

        upstream.Only().StartLine.Should().Be("OPTIONS * HTTP/1.1");
    }

    [Fact]
    public async Task Target_EightKilobytes_Arrives()
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        var target = "/search?q=" + new string('x', 8 * 1024);

        await facade.ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: shop.test\r\n\r\n");

        upstream.Only().Target.Should().Be(target);
    }

    [Theory]
    [InlineData("PURGE")]
    [InlineData("PROPFIND")]
    [InlineData("get")]
    [InlineData("M-SEARCH")]
    [InlineData("TRACE")]
    public async Task Method_AnyToken_ArrivesAsSent(string method)
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        await facade.ExchangeAsync($"{method} /x HTTP/1.1\r\nHost: shop.test\r\n\r\n");

        upstream.Only().Method.Should().Be(method);
    }
}
