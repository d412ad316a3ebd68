using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

public sealed class BodyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(300_000)]
    public async Task Request_WithLength_ArrivesWithLength(int length)
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        var body = Text(length);

        var response = await facade.ExchangeAsync($"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}");

        response.Status.Should().Be(200);
        upstream.Only().Values("Content-Length").Should().Equal($"{length}");
        upstream.Only().Values("Transfer-Encoding").Should().BeEmpty();
        upstream.Only().BodyText.Should().Be(body);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public async Task Request_Chunked_ArrivesChunkedWithTrailers(int length)
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        var body = Text(length);
        var chunks = string.Concat(body.Chunk(7000).Select(chunk => $"{chunk.Length:X};x=y\r\n{new string(chunk)}\r\n"));

        var response = await facade.ExchangeAsync(
            $"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n{chunks}0\r\nX-Sum: 1\r\nX-Sum: 2\r\nHost: evil\r\n\r\n");

        response.Status.Should().Be(200);
        upstream.Only().Values("Transfer-Encoding").Should().Equal("chunked");
        upstream.Only().Values("Content-Length").Should().BeEmpty();
        upstream.Only().BodyText.Should().Be(body);
        upstream.Only().Trailers.Should().Equal(new RawField("X-Sum", "1"), new RawField("X-Sum", "2"));
    }

    [Fact]
    public async Task Request_GetWithBody_KeepsIt()
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        await facade.ExchangeAsync("GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");

        upstream.Only().BodyText.Should().Be("abc");
    }

    [Fact]
    public async Task Requests_WithBodies_OverOneConnection_UseOneUpstreamConnection()
    {
        await using var upstream = RawUpstream.Answering(request => System.Text.Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {request.Body.Length}\r\n\r\n{request.BodyText}"));
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);

        for (var i = 1; i <= 20; i++)
        {
            var body = Text(i * 1000);
            await client.SendAsync($"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}", Token);
            (await client.ReadResponseAsync(Token)).BodyText.Should().Be(body);
        }

        upstream.Connections.Should().Be(1);
    }

    [Fact]
    public async Task Requests_Pipelined_AreAnsweredInOrder()
    {
        await using var upstream = RawUpstream.Answering(request => System.Text.Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{request.Target}"));
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);

        await client.SendAsync(string.Concat("abc".Select(c => $"GET /{c} HTTP/1.1\r\nHost: a\r\n\r\n")), Token);

        foreach (var expected in new[] { "/a", "/b", "/c" })
        {
            (await client.ReadResponseAsync(Token)).BodyText.Should().Be(expected);
        }
    }

    [Fact]
    public async Task ExpectContinue_Accepted_AsksTheClientThen()
    {
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            var head = await connection.ReadHeadAsync(token);
            head!.Value("Expect").Should().Be("100-continue");
            await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n", token);
            var request = await connection.ReadBodyAsync(head, hasBody: true, untilClose: false, token);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {request.Body.Length}\r\n\r\n{request.BodyText}", token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address, ("Facade:Upstream:ExpectContinueTimeout", "00:05:00"));
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", Token);
        (await client.ReadResponseAsync(Token)).Status.Should().Be(100);
        await client.SendAsync("hello", Token);

        (await client.ReadResponseAsync(Token)).BodyText.Should().Be("hello");
    }

    [Fact]
    public async Task ExpectContinue_Refused_NeverAsksForTheBody()
    {
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadHeadAsync(token);
            await connection.SendAsync("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno", token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address, ("Facade:Upstream:ExpectContinueTimeout", "00:05:00"));

        var response = await facade.ExchangeAsync("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");

        response.StartLine.Should().Be("HTTP/1.1 401 Unauthorized");
        response.BodyText.Should().Be("no");
    }

    [Fact]
    public async Task ExpectContinue_UpstreamSilent_SendsTheBodyAfterTheWait()
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address, ("Facade:Upstream:ExpectContinueTimeout", "00:00:00.050"));
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", Token);
        (await client.ReadResponseAsync(Token)).Status.Should().Be(100);
        await client.SendAsync("hello", Token);

        (await client.ReadResponseAsync(Token)).BodyText.Should().Be("ok");
        upstream.Only().BodyText.Should().Be("hello");
    }

    [Fact]
    public async Task Upload_IsStreamed_NotCollected()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadHeadAsync(token);
            (await connection.ReadExactlyAsync(5, token)).Should().Equal("hello"u8.ToArray());
            first.SetResult();
            (await connection.ReadExactlyAsync(6, token)).Should().Equal(" world"u8.ToArray());
            await connection.SendAsync(Wire.Ok, token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello", Token);
        await first.Task.WaitAsync(Token);
        await client.SendAsync(" world", Token);

        (await client.ReadResponseAsync(Token)).BodyText.Should().Be("ok");
    }

    [Fact]
    public async Task Upload_SlowAndChunked_IsStreamedOnceTheReadAheadIsOver()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadHeadAsync(token);
            (await connection.ReadChunkAsync(token)).Should().Equal("hello"u8.ToArray());
            first.SetResult();
            (await connection.ReadChunkAsync(token)).Should().Equal(" world"u8.ToArray());
            (await connection.ReadChunkAsync(token)).Should().BeEmpty();
            await connection.SendAsync(Wire.Ok, token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address, ("Facade:Limits:ChunkedReadAheadTimeout", "00:00:00.050"));
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Token);
        await first.Task.WaitAsync(Token);
        await client.SendAsync("6\r\n world\r\n0\r\n\r\n", Token);

        (await client.ReadResponseAsync(Token)).BodyText.Should().Be("ok");
    }

    [Fact]
    public async Task Download_IsStreamed_NotCollected()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", token);
            await seen.Task.WaitAsync(token);
            await connection.SendAsync("6\r\n world\r\n0\r\n\r\n", token);
            await connection.ReadRequestAsync(token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);

        await client.SendAsync("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", Token);
        await client.ReadHeadAsync(Token);
        (await client.ReadChunkAsync(Token)).Should().Equal("hello"u8.ToArray());
        seen.SetResult();

        (await client.ReadChunkAsync(Token)).Should().Equal(" world"u8.ToArray());
        (await client.ReadChunkAsync(Token)).Should().BeEmpty();
    }

    [Fact]
    public async Task Upstream_AnsweringEarly_ReachesAClientThatStillSends()
    {
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadHeadAsync(token);
            await connection.SendAsync("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno", token);
            await connection.ReadToEndAsync(token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        var response = await facade.ExchangeAsync("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nsome");

        response.StartLine.Should().Be("HTTP/1.1 413 Content Too Large");
        response.BodyText.Should().Be("no");
    }

    private static string Text(int length) => string.Create(length, 0, (span, _) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = (char)(i * 31 % 256);
        }
    });
}
