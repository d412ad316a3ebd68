using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

/// <summary>HTTPS on the client side, with HTTP/1.1 and HTTP/2; the upstream gets plain HTTP/1.1 that says how it came.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strangler-tls-").FullName;

    public TlsTests()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=shop.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(Path.Combine(_folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Http11_OverTls_SaysHttps()
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await StartAsync(upstream);
        await using var client = await RawConnection.ConnectTlsAsync(facade.StorefrontPort, "shop.test", Token);

        await client.SendAsync("GET /a%2Fb HTTP/1.1\r\nHost: shop.test\r\nX-Forwarded-Proto: http\r\n\r\n", Token);

        (await client.ReadResponseAsync(Token)).BodyText.Should().Be("ok");
        upstream.Only().Values("X-Forwarded-Proto").Should().Equal("https");
        upstream.Only().Target.Should().Be("/a%2Fb");
    }

    [Fact]
    public async Task Http2_RequestAndResponse_KeepWhatTheyHave()
    {
        await using var upstream = RawUpstream.Answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n");
        await using var facade = await StartAsync(upstream);
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://127.0.0.1:{facade.StorefrontPort}/a//b?x=%2F&&")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StreamContent(new NoLength("hello"u8.ToArray())),
        };
        request.Headers.Host = "shop.test:8443";
        request.Headers.TryAddWithoutValidation("Cookie", "c=3");

        using var response = await client.SendAsync(request, Token);

        response.Version.Should().Be(HttpVersion.Version20);
        (await response.Content.ReadAsStringAsync(Token)).Should().Be("ok");
        response.Headers.GetValues("Set-Cookie").Should().Equal("a=1", "b=2");
        response.TrailingHeaders.GetValues("X-Sum").Should().Equal("7");
        upstream.Only().StartLine.Should().Be("POST /a//b?x=%2F&& HTTP/1.1");
        upstream.Only().Values("Host").Should().Equal("shop.test:8443");
        upstream.Only().Values("Transfer-Encoding").Should().Equal("chunked");
        upstream.Only().BodyText.Should().Be("hello");
        upstream.Only().Values("X-Forwarded-Proto").Should().Equal("https");
    }

    [Fact]
    public async Task Http2_UpstreamDyingInTheBody_IsSeenByTheClient()
    {
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            await connection.ReadRequestAsync(token);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", token);
        });
        await using var facade = await StartAsync(upstream);
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{facade.StorefrontPort}/")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        var exchange = async () => await (await client.SendAsync(request, Token)).Content.ReadAsByteArrayAsync(Token);

        await exchange.Should().ThrowAsync<HttpRequestException>("the stream is reset");
    }

    [Fact]
    public async Task WebSocket_OverHttp2_ReachesTheUpstreamAsAnUpgrade()
    {
        await using var upstream = RawUpstream.Serving(async (connection, token) =>
        {
            var request = await connection.ReadHeadAsync(token);
            request!.Method.Should().Be("GET");
#pragma warning disable CA5350 // The protocol's own (RFC 6455, 4.2.2).
            var accept = Convert.ToBase64String(SHA1.HashData(System.Text.Encoding.ASCII.GetBytes(
                request.Value("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
            await connection.SendAsync($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", token);
            using var socket = WebSocket.CreateFromStream(connection.Stream, new WebSocketCreationOptions { IsServer = true });
            var buffer = new byte[16];
            var message = await socket.ReceiveAsync(buffer, token);
            await socket.SendAsync(buffer.AsMemory(0, message.Count), WebSocketMessageType.Text, endOfMessage: true, token);
            await socket.ReceiveAsync(buffer, token);
        });
        await using var facade = await StartAsync(upstream);
        using var client = Client();
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{facade.StorefrontPort}/chat"), client, Token);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Token);
        var answer = new byte[16];
        var got = await socket.ReceiveAsync(answer, Token);

        answer.AsSpan(0, got.Count).ToArray().Should().Equal("hello"u8.ToArray());
    }

    [Fact]
    public async Task Upstream_OverTls_IsReached()
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var inner = await StartAsync(upstream);
        await using var outer = await FacadeHost.StartAsync(
            new Uri($"https://127.0.0.1:{inner.StorefrontPort}"), ("Facade:Upstream:AcceptAnyCertificate", "true"), ("Facade:Upstream:TlsServerName", "shop.test"));
        await using var strict = await FacadeHost.StartAsync(new Uri($"https://127.0.0.1:{inner.StorefrontPort}"));

        (await outer.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).BodyText.Should().Be("ok");
        (await strict.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status.Should().Be(502, "nobody vouches for the certificate");
    }

    private Task<FacadeHost> StartAsync(RawUpstream upstream) => FacadeHost.StartAsync(
        upstream.Address,
        ("Facade:StorefrontUrls", "https://127.0.0.1:0"),
        ("Kestrel:Certificates:Default:Path", Path.Combine(_folder, "cert.pem")),
        ("Kestrel:Certificates:Default:KeyPath", Path.Combine(_folder, "key.pem")));

#pragma warning disable CA5359 // The test made the certificate itself.
    private static HttpMessageInvoker Client() => new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
#pragma warning restore CA5359

    private sealed class NoLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
