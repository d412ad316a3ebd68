using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

public sealed class UpgradeTests
{
    private const string Handshake =
        "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x\r\n\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WebSocket_BytesFlowBothWays_AndBothSeeTheEnd()
    {
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            var request = await connection.ReadHeadAsync(token);
            request!.Value("Connection").Should().Be("Upgrade");
            request.Value("Upgrade").Should().Be("websocket");
            request.Value("Sec-WebSocket-Key").Should().Be("dGhlIHNhbXBsZSBub25jZQ==");
            await connection.SendAsync(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-A: 1\r\nX-A: 2\r\n\r\nfirst", token);
            await connection.SendAsync(await connection.ReadExactlyAsync(4, token), token);
        });
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, Token);

        await client.SendAsync(Handshake, Token);
        var response = await client.ReadHeadAsync(Token);
        response!.StartLine.Should().Be("HTTP/1.1 101 Switching Protocols");
        response.Value("Upgrade").Should().Be("websocket");
        response.Value("Sec-WebSocket-Accept").Should().Be("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        response.Values("X-A").Should().Equal("1", "2");
        (await client.ReadExactlyAsync(5, Token)).Should().Equal("first"u8.ToArray());
        await client.SendAsync([0, 1, 0xff, 0x0d], Token);

        (await client.ReadExactlyAsync(4, Token)).Should().Equal([0, 1, 0xff, 0x0d]);
        (await client.IsClosedByPeerAsync(Token)).Should().BeTrue();
    }

    [Fact]
    public async Task WebSocket_Refused_IsAnOrdinaryResponse()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        var response = await facade.ExchangeAsync(Handshake);

        response.Status.Should().Be(403);
        response.BodyText.Should().Be("no");
    }
}
