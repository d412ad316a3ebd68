using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

public sealed class ResponseTests
{
    [Fact]
    public async Task Fields_Repeated_StayLinesOfTheirOwn()
    {
        var cookies = Enumerable.Range(1, 7).Select(i => $"form_key=v{i % 2}; expires=Mon, 23 Nov 2026 14:20:50 GMT; Max-Age={i}; path=/").ToArray();

        var got = await AnswerAsync(
            string.Concat(cookies.Select(cookie => $"Set-Cookie: {cookie}\r\n")) + "Cache-Control: max-age=31536000\r\nCache-Control: public\r\nX-A: 1\r\nX-A: \r\nX-A: 3\r\n");

        got.Values("Set-Cookie").Should().Equal(cookies);
        got.Values("Cache-Control").Should().Equal("max-age=31536000", "public");
        got.Values("X-A").Should().Equal("1", "", "3");
    }

    [Fact]
    public async Task Fields_OddValues_AreNotRepaired()
    {
        var got = await AnswerAsync(
            "Expires: -1\r\nDate: today\r\nETag: unquoted\r\nLast-Modified: 0\r\nServer: Apache / nginx, (both)\r\nLocation: not a url \u00fc\r\nContent-Type: ;;\r\nPragma: \r\nVary:\r\nAge: old\r\nX-Tab: a\tb\r\n");

        got.Value("Expires").Should().Be("-1");
        got.Value("Date").Should().Be("today");
        got.Value("ETag").Should().Be("unquoted");
        got.Value("Last-Modified").Should().Be("0");
        got.Value("Server").Should().Be("Apache / nginx, (both)");
        got.Value("Location").Should().Be("not a url \u00fc");
        got.Value("Content-Type").Should().Be(";;");
        got.Values("Pragma").Should().Equal("");
        got.Values("Vary").Should().Equal("");
        got.Value("Age").Should().Be("old");
        got.Value("X-Tab").Should().Be("a\tb");
    }

    [Fact]
    public async Task Fields_Nothing_IsAddedButTheDate()
    {
        var got = await AnswerAsync("");

        got.Fields.Select(field => field.Name).Should().BeEquivalentTo("Content-Length", "Date");
    }

    [Fact]
    public async Task Fields_64Kilobytes_Pass()
    {
        var got = await AnswerAsync($"X-Magento-Tags: {new string('t', 40_000)}\r\nContent-Security-Policy: {new string('p', 24_000)}\r\n");

        got.Value("X-Magento-Tags").Should().HaveLength(40_000);
        got.Value("Content-Security-Policy").Should().HaveLength(24_000);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 Fine by me")]
    [InlineData("HTTP/1.1 299 Odd")]
    [InlineData("HTTP/1.1 404 Gone fishing")]
    [InlineData("HTTP/1.1 503 Service Unavailable")]
    [InlineData("HTTP/1.1 302 Found")]
    [InlineData("HTTP/1.1 500 Internal Server Error")]
    [InlineData("HTTP/1.1 205 Reset Content")]
    public async Task StatusLine_IsAsSent(string line)
    {
        await using var upstream = RawUpstream.Answering($"{line}\r\nContent-Length: 0\r\n\r\n");
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        var response = await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        response.StartLine.Should().Be(line);
        response.Value("Content-Length").Should().Be("0");
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n", "12345")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", null)]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 12345\r\n\r\n", "12345")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", null)]
    public async Task BodylessResponse_KeepsItsLengthField_AndTheConnection(string method, string answer, string? length)
    {
        var token = TestContext.Current.CancellationToken;
        await using var upstream = RawUpstream.Answering(answer);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, token);

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n", token);
            var response = await client.ReadResponseAsync(token, method);

            response.StartLine.Should().Be(answer[..answer.IndexOf('\r')]);
            response.Value("Content-Length").Should().Be(length);
        }

        upstream.Connections.Should().Be(1);
    }

    [Fact]
    public async Task Range_PartialContent_IsAsSent()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-5/10\r\nContent-Length: 4\r\n\r\ncdef");
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        var response = await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=2-5\r\n\r\n");

        response.StartLine.Should().Be("HTTP/1.1 206 Partial Content");
        response.Value("Content-Range").Should().Be("bytes 2-5/10");
        response.BodyText.Should().Be("cdef");
        upstream.Only().Value("Range").Should().Be("bytes=2-5");
    }

    [Fact]
    public async Task Chunked_WithTrailersAndExtensions_ArrivesWithTrailers()
    {
        var token = TestContext.Current.CancellationToken;
        await using var upstream = RawUpstream.Answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3;a=b\r\nabc\r\n00A\r\n0123456789\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\nServer-Timing: db;dur=3\r\n\r\n");
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, token);

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n", token);
            var response = await client.ReadResponseAsync(token);

            response.BodyText.Should().Be("abc0123456789");
            response.Value("Trailer").Should().Be("X-Sum");
            response.Trailers.Should().Equal(new RawField("X-Sum", "1"), new RawField("X-Sum", "2"), new RawField("Server-Timing", "db;dur=3"));
        }

        upstream.Connections.Should().Be(1);
    }

    [Fact]
    public async Task UntilClose_ArrivesWhole()
    {
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            await connection.SendAsync("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it", token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        var response = await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        response.StartLine.Should().Be("HTTP/1.1 200 OK");
        response.BodyText.Should().Be("all of it");
    }

    [Fact]
    public async Task EarlyHints_ArriveBeforeTheResponse()
    {
        var token = TestContext.Current.CancellationToken;
        await using var upstream = RawUpstream.Answering("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" + Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, token);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n", token);

        var hints = await client.ReadResponseAsync(token);
        var response = await client.ReadResponseAsync(token);

        hints.StartLine.Should().Be("HTTP/1.1 103 Early Hints");
        hints.Value("Link").Should().Be("</a.css>; rel=preload");
        response.BodyText.Should().Be("ok");
    }

    [Fact]
    public async Task Response_InSmallPieces_ArrivesWhole()
    {
        const string Answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\nX-T: u\r\n\r\n";
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            foreach (var character in Answer)
            {
                await connection.SendAsync(character.ToString(), token);
            }

            await connection.ReadRequestAsync(token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        var response = await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        response.BodyText.Should().Be("hello!");
        response.Trailers.Should().Equal(new RawField("X-T", "u"));
    }

    private static async Task<RawMessage> AnswerAsync(string fields)
    {
        await using var upstream = RawUpstream.Answering($"HTTP/1.1 200 OK\r\n{fields}Content-Length: 2\r\n\r\nok");
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        var response = await facade.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        response.BodyText.Should().Be("ok");
        return response;
    }
}
