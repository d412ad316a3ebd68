using Microsoft.Extensions.Options;
using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

public sealed class ListenerTests
{
    [Fact]
    public async Task Storefront_AnswersNothingOfTheControlListener()
    {
        var token = TestContext.Current.CancellationToken;
        await using var upstream = RawUpstream.Answering(Wire.Ok);
        await using var facade = await FacadeHost.StartAsync(upstream.Address);

        // Whatever the Host says: the listener decides.
        (await facade.ExchangeAsync($"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1:{facade.ControlPort}\r\n\r\n")).BodyText.Should().Be("ok");

        await using var control = await RawConnection.ConnectAsync(facade.ControlPort, token);
        await control.SendAsync($"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1:{facade.StorefrontPort}\r\n\r\n", token);
        (await control.ReadResponseAsync(token)).BodyText.Should().Be("control");
        await control.SendAsync("GET /shop HTTP/1.1\r\nHost: a\r\n\r\n", token);
        (await control.ReadResponseAsync(token)).Status.Should().Be(404);
        upstream.Only().Target.Should().Be("/health/live");
    }

    [Theory]
    [InlineData("Facade:StorefrontUrls", "ftp://x", "Facade:StorefrontUrls: 'ftp://x' is not an address")]
    [InlineData("Facade:ControlUrls", "8090", "Facade:ControlUrls: '8090' is not an address")]
    [InlineData("Facade:Magento", "http://shop/path", "must be scheme and authority only")]
    [InlineData("Facade:Magento", "ftp://shop", "is not an http or https address")]
    [InlineData("Facade:ForwardedHeaders:TrustedProxies:0", "10.0.0.0/99", "'10.0.0.0/99' is neither an address nor a network")]
    [InlineData("Facade:Upstream:ConnectTimeout", "00:00:00", "Facade:Upstream:ConnectTimeout")]
    [InlineData("Facade:Limits:TargetBytes", "1", "Facade:Limits:TargetBytes")]
    public async Task Setting_Wrong_StopsTheStartAndIsNamed(string setting, string value, string message)
    {
        var start = () => FacadeHost.StartAsync(new Uri("http://127.0.0.1:1"), (setting, value));

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain(message);
    }
}
