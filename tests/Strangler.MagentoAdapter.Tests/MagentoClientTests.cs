using System.Net;
using Strangler.MagentoAdapter.Authentication;
using Strangler.MagentoAdapter.Errors;
using Strangler.MagentoAdapter.Modules;
using Strangler.MagentoAdapter.Products;
using Strangler.MagentoAdapter.SearchCriteria;
using Strangler.MagentoAdapter.Stores;

namespace Strangler.MagentoAdapter.Tests;

public class MagentoClientTests
{
    [Fact]
    public async Task Requests_CarryTheTokenTheFormAndTheHost()
    {
        await using var magento = await FakeMagento.StartAsync(200, """["Magento_Store"]""");
        var modules = magento.Client<IModulesApi>(options =>
        {
            options.AccessToken = "abc123";
            options.Host = "shop.example";
        });

        var response = await modules.GetModulesAsync(TestContext.Current.CancellationToken);

        response.Require().Should().Equal("Magento_Store");
        var request = magento.Requests.Should().ContainSingle().Subject;
        request.Target.Should().Be("/rest/V1/modules");
        request.Headers.Authorization.ToString().Should().Be("Bearer abc123");
        request.Headers.Accept.ToString().Should().Be("application/json");
        request.Headers.Host.ToString().Should().Be("shop.example");
        request.Headers.Cookie.Should().BeEmpty();
    }

    [Theory]
    [InlineData("SKU/WITH SLASH", "/rest/default/V1/products/SKU%2FWITH%20SLASH")]
    [InlineData("ÜML-01", "/rest/default/V1/products/%C3%9CML-01")]
    [InlineData("a+b%c?d", "/rest/default/V1/products/a%2Bb%25c%3Fd")]
    public async Task Sku_IsOnePathSegment(string sku, string target)
    {
        await using var magento = await FakeMagento.StartAsync(200, "{}");

        await magento.Client<IProductsApi>().GetProductAsync("default", sku, TestContext.Current.CancellationToken);

        magento.Requests.Should().ContainSingle().Which.Target.Should().Be(target);
    }

    [Fact]
    public async Task SearchCriteria_AreSent()
    {
        await using var magento = await FakeMagento.StartAsync(200, """{"items":null,"total_count":0}""");
        var query = new SearchQuery().Where("sku", "like", "24-%").OrderBy("name", descending: true).Page(2, 50).Fields("items[sku]").Build();

        var page = (await magento.Client<IProductsApi>().GetProductsAsync("all", query, TestContext.Current.CancellationToken)).Require();

        page.Items.Should().BeNull();
        var sent = WebUtility.UrlDecode(magento.Requests.Should().ContainSingle().Subject.Target);
        sent.Should().StartWith("/rest/all/V1/products?")
            .And.Contain("searchCriteria[filter_groups][0][filters][0][field]=sku")
            .And.Contain("[condition_type]=like").And.Contain("[value]=24-%")
            .And.Contain("searchCriteria[sortOrders][0][direction]=DESC")
            .And.Contain("searchCriteria[currentPage]=2").And.Contain("searchCriteria[pageSize]=50")
            .And.Contain("fields=items[sku]");
    }

    [Fact]
    public async Task FolderInTheBaseAddress_IsKept()
    {
        await using var magento = await FakeMagento.StartAsync(200, "[]");

        await magento.Client<IStoresApi>(options => options.BaseAddress = new Uri(options.BaseAddress!, "/shop/")).GetWebsitesAsync(TestContext.Current.CancellationToken);

        magento.Requests.Should().ContainSingle().Which.Target.Should().Be("/shop/rest/V1/store/websites");
    }

    [Fact]
    public async Task Refusal_IsAnErrorWithItsParameters()
    {
        await using var magento = await FakeMagento.StartAsync(
            401, """{"message":"The consumer isn't authorized to access %resources.","parameters":{"resources":"Magento_Backend::admin"}}""");

        var response = await magento.Client<IModulesApi>().GetModulesAsync(TestContext.Current.CancellationToken);

        var error = response.ReadError();
        error.Status.Should().Be(HttpStatusCode.Unauthorized);
        error.Message.Should().Be("The consumer isn't authorized to access Magento_Backend::admin.");
        FluentActions.Invoking(() => response.Require()).Should().Throw<MagentoException>().Which.Error.Kind.Should().Be(MagentoErrorKind.Api);
    }

    [Fact]
    public async Task AnswerThatIsNotTheJsonAskedFor_IsAnError()
    {
        await using var magento = await FakeMagento.StartAsync(200, "<html>hello</html>", "text/html");

        var response = await magento.Client<IModulesApi>().GetModulesAsync(TestContext.Current.CancellationToken);

        response.ReadError().Kind.Should().Be(MagentoErrorKind.NotMagento);
    }

    [Fact]
    public async Task NoAnswer_IsAnErrorToo()
    {
        await using var magento = await FakeMagento.StartAsync(_ => (0, "", ""));

        var response = await magento.Client<IModulesApi>(options => options.Retries = 1).GetModulesAsync(TestContext.Current.CancellationToken);

        response.ReadError().Kind.Should().Be(MagentoErrorKind.Unreachable);
    }

    [Fact]
    public async Task Token_IsPostedAsJson()
    {
        await using var magento = await FakeMagento.StartAsync(200, "\"a.b.c\"");

        var token = await magento.Client<IIntegrationTokensApi>().CreateAdminTokenAsync(new TokenRequest("admin", "secret"), TestContext.Current.CancellationToken);

        token.Require().Value.Should().Be("a.b.c");
        token.Content!.ToString().Should().NotContain("a.b.c");
        var request = magento.Requests.Should().ContainSingle().Subject;
        request.Body.Should().Be("""{"username":"admin","password":"secret"}""");
        request.Headers.ContentType.ToString().Should().StartWith("application/json");
    }
}
