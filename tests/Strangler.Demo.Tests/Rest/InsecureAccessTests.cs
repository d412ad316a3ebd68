using System.Net;

namespace Strangler.Demo.Tests.Rest;

/// <summary>By itself: what it changes is the store's configuration.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class StoreConfiguration;

[Collection(typeof(StoreConfiguration))]
public sealed class InsecureAccessTests(DemoServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guests_MayReadTheCatalog_WhileTheConfigurationSaysSo()
    {
        using var guest = server.Client();
        (await guest.GetAsync("rest/V1/products/BAG-00002", Cancelled)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        await server.ScalarAsync<object>(
            "INSERT INTO core_config_data (scope, scope_id, path, value) VALUES ('default', 0, 'webapi/webapisecurity/allow_insecure', '1')", Cancelled);
        try
        {
            (await guest.GetStringAsync("rest/V1/products/BAG-00002", Cancelled)).Should().Contain("\"sku\":\"BAG-00002\"").And.NotContain("stock_item");
            (await guest.GetAsync("rest/V1/categories", Cancelled)).StatusCode.Should().Be(HttpStatusCode.OK);
            (await guest.GetAsync("rest/V1/stockItems/BAG-00002", Cancelled)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            (await guest.DeleteAsync("rest/V1/products/BAG-00002", Cancelled)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }
        finally
        {
            await server.ScalarAsync<object>("DELETE FROM core_config_data WHERE path = 'webapi/webapisecurity/allow_insecure'", Cancelled);
        }

        (await guest.GetAsync("rest/V1/products/BAG-00002", Cancelled)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }
}
