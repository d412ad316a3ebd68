using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

/// <summary>One raw request through the facade, for tests that look at what came out on either side.</summary>
internal static class Wire
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>Sends the bytes on a connection of their own and reads one response.</summary>
    public static async Task<RawMessage> ExchangeAsync(this FacadeHost facade, string request, string method = "GET")
    {
        var token = TestContext.Current.CancellationToken;
        await using var client = await RawConnection.ConnectAsync(facade.StorefrontPort, token);
        await client.SendAsync(request, token);
        return await client.ReadResponseAsync(token, method);
    }

    /// <summary>The one request that the upstream got.</summary>
    public static RawMessage Only(this RawUpstream upstream) => upstream.Requests.Should().ContainSingle().Subject;
}
