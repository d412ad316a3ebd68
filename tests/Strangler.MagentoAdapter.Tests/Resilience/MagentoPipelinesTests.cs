using Polly.CircuitBreaker;
using Strangler.MagentoAdapter.Authentication;
using Strangler.MagentoAdapter.Errors;
using Strangler.MagentoAdapter.Modules;

namespace Strangler.MagentoAdapter.Tests.Resilience;

public class MagentoPipelinesTests
{
    [Theory]
    [InlineData(503)]
    [InlineData(502)]
    [InlineData(429)]
    [InlineData(0)]
    public async Task Read_IsTriedAgain(int failure)
    {
        await using var magento = await FakeMagento.StartAsync(call => call < 2 ? (failure, "text/html", "later") : (200, "application/json", """["Magento_Store"]"""));

        var response = await magento.Client<IModulesApi>().GetModulesAsync(TestContext.Current.CancellationToken);

        response.Require().Should().Equal("Magento_Store");
        magento.Requests.Should().HaveCount(3);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Read_AnAnswer_IsNotAskedForAgain(int status)
    {
        await using var magento = await FakeMagento.StartAsync(status, """{"message":"no"}""");

        await magento.Client<IModulesApi>().GetModulesAsync(TestContext.Current.CancellationToken);

        magento.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Read_MaintenanceThatStays_IsThatErrorInTheEnd()
    {
        await using var magento = await FakeMagento.StartAsync(503, "<html><title>We'll be back</title>", "text/html");

        var response = await magento.Client<IModulesApi>(options => options.Retries = 2).GetModulesAsync(TestContext.Current.CancellationToken);

        response.ReadError().Kind.Should().Be(MagentoErrorKind.Maintenance);
        magento.Requests.Should().HaveCount(3);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(502)]
    public async Task Write_IsSentOnce(int status)
    {
        await using var magento = await FakeMagento.StartAsync(status, "later", "text/html");

        var response = await magento.Client<IIntegrationTokensApi>().CreateAdminTokenAsync(new TokenRequest("a", "b"), TestContext.Current.CancellationToken);

        response.IsSuccessful.Should().BeFalse();
        magento.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Breaker_Opens_AndTheStoreIsLeftAlone()
    {
        await using var magento = await FakeMagento.StartAsync(503, "later", "text/html");
        var modules = magento.Client<IModulesApi>(options =>
        {
            options.Retries = 0;
            options.BreakerMinimumCalls = 2;
            options.BreakerOpenFor = TimeSpan.FromMinutes(10);
        });

        var seen = new List<Exception?>();
        for (var call = 0; call < 5; call++)
        {
            try
            {
                seen.Add((await modules.GetModulesAsync(TestContext.Current.CancellationToken)).Error?.InnerException);
            }
            catch (BrokenCircuitException fault)
            {
                seen.Add(fault);
            }
        }

        magento.Requests.Should().HaveCount(2);
        seen.OfType<BrokenCircuitException>().Should().HaveCount(3);
    }
}
