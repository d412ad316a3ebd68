using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

/// <summary>What is malformed or ambiguous is answered with 400, and Magento does not see one byte of it.</summary>
public sealed class MalformedRequestTests
{
    private const string Post = "POST /x HTTP/1.1\r\nHost: a\r\n";

    public static TheoryData<string, string> Malformed => new()
    {
        { "two lengths", Post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd" },
        { "the same length twice", Post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" },
        { "a list of lengths", Post + "Content-Length: 3, 3\r\n\r\nabc" },
        { "a signed length", Post + "Content-Length: +3\r\n\r\nabc" },
        { "a negative length", Post + "Content-Length: -1\r\n\r\nabc" },
        { "a hexadecimal length", Post + "Content-Length: 0x3\r\n\r\nabc" },
        { "a negative zero length", Post + "Content-Length: -0\r\n\r\n" },
        { "a length with a vertical tab", Post + "Content-Length: 3\u000b\r\n\r\nabc" },
        { "an empty length", Post + "Content-Length: \r\n\r\nabc" },
        { "an endless length", Post + "Content-Length: 99999999999999999999\r\n\r\nabc" },
        { "length and chunked", Post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "chunked and length", Post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n" },
        { "an unknown coding", Post + "Transfer-Encoding: gzip\r\n\r\nabc" },
        { "a coding before chunked", Post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
        { "chunked twice", Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "a disguised chunked", Post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "identity", Post + "Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc" },
        { "chunked with a vertical tab", Post + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n" },
        { "chunked in HTTP/1.0", "POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "a chunk size that is no number", Post + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n" },
        { "a chunk size with a prefix", Post + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n" },
        { "a negative chunk size", Post + "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n" },
        { "a chunk size that overflows", Post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n" },
        { "a chunk longer than its size", Post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n" },
        { "a bad second chunk", Post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nq\r\nx\r\n0\r\n\r\n" },
        { "a space before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n" },
        { "a space before the length's colon", Post + "Content-Length : 3\r\n\r\nabc" },
        { "a folded line", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n" },
        { "a field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n" },
        { "a field without a colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n" },
        { "a name with a parenthesis", "GET / HTTP/1.1\r\nHost: a\r\nX(A): b\r\n\r\n" },
        { "a name with a high byte", "GET / HTTP/1.1\r\nHost: a\r\nX-\u00fc: b\r\n\r\n" },
        { "a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rX-B: c\r\n\r\n" },
        { "a bare LF in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\nX-B: c\r\n\r\n" },
        { "a NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n" },
        { "an escape in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\u001bc\r\n\r\n" },
        { "a DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\u007fc\r\n\r\n" },
        { "no Host", "GET / HTTP/1.1\r\nX-A: b\r\n\r\n" },
        { "two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
        { "the same Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" },
        { "a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" },
        { "a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n" },
        { "a Host against the target", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a NUL in the target", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a control character in the target", "GET /a\u0001b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a DEL in the target", "GET /a\u007fb HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a raw high byte in the target", "GET /\u00fc HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a method that is no token", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a line end of LF only", "GET / HTTP/1.1\nHost: a\n\n" },
        { "a tunnel", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n" },
        { "a tunnel of HTTP/1.0", "CONNECT a:443 HTTP/1.0\r\nHost: a:443\r\n\r\n" },
        { "a target that is too long", $"GET /{new string('x', 20_000)} HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a header block that is too large", $"GET / HTTP/1.1\r\nHost: a\r\nX-A: {new string('x', 200_000)}\r\n\r\n" },
        { "too many lines", $"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 1_500))}\r\n" },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Malformed))]
    public async Task Request_Malformed_IsRefusedAndNeverForwarded(string what, string request)
    {
        var token = TestContext.Current.CancellationToken;
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, token);

        await client.SendAsync(request, token);
        var response = await client.ReadResponseAsync(token);

        response.Status.Should().Be(400, what);
        upstream.Connections.Should().Be(0, what);
        (await client.IsClosedByPeerAsync(token)).Should().BeTrue("nothing after a malformed request is read as a request");
    }

    [Fact(Timeout = 30_000)]
    public async Task Chunk_BadAfterTheReadAhead_NeverCompletesTheRequest()
    {
        var token = TestContext.Current.CancellationToken;
        var sawBody = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sawEnd = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Serving(async (connection, stop) =>
        {
            await connection.ReadHeadAsync(stop);
            try
            {
                while (await connection.ReadChunkAsync(stop) is { Length: > 0 })
                {
                    sawBody.TrySetResult();
                }

                sawEnd.TrySetResult(true);
            }
            catch (Exception)
            {
                sawEnd.TrySetResult(false);
                throw;
            }
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, token);
        var chunk = $"10000\r\n{new string('x', 0x10000)}\r\n";

        await client.SendAsync(Post + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk, token);
        await sawBody.Task.WaitAsync(token);
        await client.SendAsync("nonsense\r\n", token);
        var response = await client.ReadResponseAsync(token);

        response.Status.Should().Be(400);
        (await sawEnd.Task.WaitAsync(token)).Should().BeFalse("the upstream must not take the request for whole");
    }

    [Theory]
    [InlineData("GET x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task Target_OfATunnelForAnotherMethod_IsRefused(string request)
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        // The server's own answer, which it gives before any middleware.
        (await facade.ExchangeAsync(request)).Status.Should().Be(405);

        upstream.Connections.Should().Be(0);
    }

    [Fact]
    public async Task Limits_AreSettings()
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address, ("Facade:Limits:TargetBytes", "300"), ("Facade:Limits:HeaderBytes", "2000"));

        (await facade.ExchangeAsync($"GET /{new string('x', 290)} HTTP/1.1\r\nHost: a\r\n\r\n")).Status.Should().Be(200);
        (await facade.ExchangeAsync($"GET /{new string('x', 310)} HTTP/1.1\r\nHost: a\r\n\r\n")).Status.Should().Be(400);
        (await facade.ExchangeAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 1900)}\r\n\r\n")).Status.Should().Be(200);
        (await facade.ExchangeAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 2000)}\r\n\r\n")).Status.Should().Be(400);
    }
}
