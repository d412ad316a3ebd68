using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

public sealed class RequestFieldTests
{
    [Fact]
    public async Task Fields_Repeated_StayLinesOfTheirOwn()
    {
        var got = await SendAsync("Cookie: a=1; b=2\r\nCookie: c=3\r\nX-Many: 1\r\nX-Many: 2, 3\r\nX-Many: \r\nAccept: a/b\r\nAccept: c/d\r\n");

        got.Values("Cookie").Should().Equal("a=1; b=2", "c=3");
        got.Values("X-Many").Should().Equal("1", "2, 3", "");
        got.Values("Accept").Should().Equal("a/b", "c/d");
    }

    [Fact]
    public async Task Fields_AnyBytes_Survive()
    {
        var got = await SendAsync("X-Latin: \u00fc\u00ff\u0080\r\nX-Utf8: \u00c3\u009c\r\nX-Tab: a\tb\r\nUser-Agent: \u00e9\r\n");

        got.Value("X-Latin").Should().Be("\u00fc\u00ff\u0080");
        got.Value("X-Utf8").Should().Be("\u00c3\u009c");
        got.Value("X-Tab").Should().Be("a\tb");
        got.Value("User-Agent").Should().Be("\u00e9");
    }

    [Fact]
    public async Task Fields_OddValues_AreNotRepaired()
    {
        var got = await SendAsync("If-Modified-Since: yesterday\r\nRange: bytes=9-2\r\nAccept-Encoding: gzip;q=x,,\r\nContent-Type: nonsense\r\nIf-None-Match: abc\r\nAuthorization: \r\nReferer: not a url\r\n");

        got.Value("If-Modified-Since").Should().Be("yesterday");
        got.Value("Range").Should().Be("bytes=9-2");
        got.Value("Accept-Encoding").Should().Be("gzip;q=x,,");
        got.Value("Content-Type").Should().Be("nonsense");
        got.Value("If-None-Match").Should().Be("abc");
        got.Value("Authorization").Should().BeEmpty();
        got.Value("Referer").Should().Be("not a url");
    }

    [Fact]
    public async Task Fields_OfNobodyElse_AreAdded()
    {
        var got = await SendAsync("");

        got.Fields.Select(field => field.Name).Should().BeEquivalentTo("Host", "X-Forwarded-For", "X-Forwarded-Proto");
    }

    [Fact]
    public async Task HopByHopFields_EndHere_AndInternalOnesToo()
    {
        var got = await SendAsync(
            "Connection: X-Mine, Cookie\r\nX-Mine: 1\r\nCookie: a=1\r\nKeep-Alive: 300\r\nProxy-Connection: x\r\nTE: trailers, deflate\r\nX-Strangler-Side: live\r\nx-strangler-x: 1\r\n");

        got.Fields.Select(field => field.Name).Should().BeEquivalentTo("Host", "Cookie", "TE", "X-Forwarded-For", "X-Forwarded-Proto");
        got.Value("TE").Should().Be("trailers");
    }

    [Theory]
    [InlineData("shop.test:8080")]
    [InlineData("SHOP.test")]
    [InlineData("[::1]:80")]
    [InlineData("other.test:80")]
    public async Task Host_IsAsSent(string host)
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        await facade.ExchangeAsync($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");

        upstream.Only().Values("Host").Should().Equal(host);
    }

    [Fact]
    public async Task Http10_WithoutHost_IsForwardedAsHttp10()
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        var response = await facade.ExchangeAsync("GET /old HTTP/1.0\r\n\r\n");

        response.BodyText.Should().Be("ok");
        upstream.Only().StartLine.Should().Be("GET /old HTTP/1.0");
        upstream.Only().Values("Host").Should().BeEmpty();
    }

    [Fact]
    public async Task HeaderBlock_64Kilobytes_Passes()
    {
        var lines = Enumerable.Range(0, 16).Select(i => $"X-Long-{i}: {new string('y', 4096 - 14)}").ToArray();

        var got = await SendAsync(string.Join("\r\n", lines) + "\r\n");

        got.Fields.Where(field => field.Name.StartsWith("X-Long", StringComparison.Ordinal)).Select(field => $"{field.Name}: {field.Value}").Should().Equal(lines);
    }

    [Fact]
    public async Task HeaderBlock_OneLongLine_Passes()
    {
        var got = await SendAsync($"Cookie: {new string('c', 64 * 1024)}\r\n");

        got.Value("Cookie").Should().HaveLength(64 * 1024);
    }

    private static async Task<RawMessage> SendAsync(string fields)
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        var response = await facade.ExchangeAsync($"GET / HTTP/1.1\r\nHost: shop.test\r\n{fields}\r\n");
        response.Status.Should().Be(200, response.BodyText);
        return upstream.Only();
    }
}
