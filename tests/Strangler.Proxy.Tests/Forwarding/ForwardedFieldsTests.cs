using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

public sealed class ForwardedFieldsTests
{
    private const string Spoofed = "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8, 9.9.9.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Port: 1\r\n";

    [Fact]
    public async Task Untrusted_ProtoHostAndPort_AreDropped_ForIsAppended()
    {
        var got = await SendAsync(Spoofed);

        got.Values("X-Forwarded-For").Should().Equal("1.2.3.4", "5.6.7.8, 9.9.9.9, 127.0.0.1");
        got.Values("X-Forwarded-Proto").Should().Equal("http");
        got.Values("X-Forwarded-Host").Should().BeEmpty();
        got.Values("X-Forwarded-Port").Should().BeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task Trusted_Terminator_IsBelieved(string proxy)
    {
        var got = await SendAsync(Spoofed, ("Facade:ForwardedHeaders:TrustedProxies:0", proxy));

        got.Values("X-Forwarded-For").Should().Equal("1.2.3.4", "5.6.7.8, 9.9.9.9, 127.0.0.1");
        got.Values("X-Forwarded-Proto").Should().Equal("https");
        got.Values("X-Forwarded-Host").Should().Equal("evil");
        got.Values("X-Forwarded-Port").Should().Equal("1");
    }

    [Fact]
    public async Task Trusted_Other_IsNotBelieved()
    {
        var got = await SendAsync(Spoofed, ("Facade:ForwardedHeaders:TrustedProxies:0", "10.0.0.0/8"), ("Facade:ForwardedHeaders:For", "AppendTrusted"));

        got.Values("X-Forwarded-For").Should().Equal("127.0.0.1");
        got.Values("X-Forwarded-Proto").Should().Equal("http");
    }

    [Theory]
    [InlineData("Pass", "https")]
    [InlineData("Remove", null)]
    [InlineData("TrustedOnly", null)]
    [InlineData("Set", "http")]
    public async Task Proto_FollowsItsPolicy(string policy, string? expected)
    {
        var got = await SendAsync(Spoofed, ("Facade:ForwardedHeaders:Proto", policy));

        got.Value("X-Forwarded-Proto").Should().Be(expected);
    }

    [Fact]
    public async Task HostAndPort_Set_SayWhatTheFacadeSees()
    {
        var got = await SendAsync("", ("Facade:ForwardedHeaders:Host", "Set"), ("Facade:ForwardedHeaders:Port", "Set"), ("Facade:ForwardedHeaders:For", "Remove"));

        got.Value("X-Forwarded-Host").Should().Be("shop.test:8080");
        got.Value("X-Forwarded-Port").Should().MatchRegex("^[0-9]+$");
        got.Values("X-Forwarded-For").Should().BeEmpty();
    }

    private static async Task<RawMessage> SendAsync(string fields, params (string, string)[] settings)
    {
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address, settings);
        await facade.ExchangeAsync($"GET / HTTP/1.1\r\nHost: shop.test:8080\r\n{fields}\r\n");
        return upstream.Only();
    }
}
