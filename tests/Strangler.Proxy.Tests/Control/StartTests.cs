using Microsoft.Extensions.Options;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Control;

public sealed class StartTests
{
    [Theory]
    [InlineData("--Control:Open=false", "Control:ApiKeys is empty")]
    [InlineData("--Control:ApiKeys:0=ada:short", "Control:ApiKeys:0")]
    [InlineData("--Control:OverrideKey=short", "Control:OverrideKey")]
    [InlineData("--Facade:Services:catalog=ftp://x", "Facade:Services:catalog")]
    [InlineData("--ConnectionStrings:Control=", "ConnectionStrings:Control")]
    public async Task Start_BadSetting_EndsWithItsName(string setting, string expected)
    {
        var start = async () =>
        {
            await using var facade = await FacadeUnderTest.StartAsync(
                "Server=127.0.0.1;Port=1;User ID=x", TestContext.Current.CancellationToken, null, setting);
        };

        (await start.Should().ThrowAsync<OptionsValidationException>()).WithMessage($"*{expected}*");
    }
}
