using Strangler.Catalog.Tests.Support;
using Strangler.WebApi.Rendering;

namespace Strangler.Catalog.Tests.Products;

/// <summary>Requests nobody recorded, by the rules.</summary>
public sealed class RequestTests(CatalogFixture fixture)
{
    private const string Token = "Bearer jnsuqq28okz9o7qkgdpl96y6osj72j8r";

    [Theory]
    [InlineData("/rest/V1/products/24-MB01%20?fields=sku", 200, """{"sku":"24-MB01"}""")]
    [InlineData("/rest/V1/products/24-MB0%31?fields=sku", 200, """{"sku":"24-MB01"}""")]
    [InlineData("/index.php/rest/all/V1/products/24-MB01?fields=id", 200, """{"id":1}""")]
    [InlineData("/rest///de//V1/products/24-MB01?fields=id", 400, """{"message":"Specified request cannot be processed."}""")]
    [InlineData("/rest/admin/V1/products/24-MB01", 400, """{"message":"Specified request cannot be processed."}""")]
    [InlineData("/rest/V1/products/24-MB01?fields=0&x=1", 200, null)]
    [InlineData("/rest/V1/products/24-MB01?fields[]=sku", 200, "[]")]
    [InlineData("/rest/V1/products/24-MB01?fields=sku&fields=id", 200, """{"id":1}""")]
    [InlineData("/rest/V1/products/24-MB01?fields=sku,options[x]", 200, """{"sku":"24-MB01","options":null}""")]
    [InlineData("/rest/V1/products/24-MB01?fields=custom_attributes[color,image]", 200,
        """{"custom_attributes":{"0":{"attribute_code":"image","value":"\/m\/b\/mb01-blue-0.jpg"},"15":{"attribute_code":"color","value":"49"}}}""")]
    [InlineData("/rest/V1/products/24-MB01?storeId=3&fields=price", 200, """{"price":10}""")]
    [InlineData("/rest/outlet/V1/products/24-MB01?store_id=0&fields=price", 200, """{"price":34}""")]
    [InlineData("/rest/V1/products/24-MB01?___store=de&fields=name", 200, """{"name":"Joust Sporttasche"}""")]
    [InlineData("/rest/V1/products/24-MB01?___store=outlet&fields=price", 200, """{"price":34}""")]
    [InlineData("/rest/outlet/V1/products/24-WG085_Group?fields=product_links", 200, """{"product_links":[]}""")]
    [InlineData("/rest/V1/products/nosuch?editMode=1", 404,
        """{"message":"The product that was requested doesn't exist. Verify the product and try again."}""")]
    public async Task Is_answered(string target, int status, string? body)
    {
        var answer = await GetAsync(target);
        answer.Status.Should().Be(status, answer.Text);
        if (body is not null)
        {
            answer.Text.Should().Be(body);
        }
    }

    [Theory]
    [InlineData("/rest/V1/products/types", "route")]
    [InlineData("/rest/V1/products/24-MB01/media", "route")]
    [InlineData("/rest/V1/categories/3", "route")]
    [InlineData("/rest/async/V1/products/24-MB01", "path")]
    [InlineData("//rest/V1/products/24-MB01", "path")]
    [InlineData("/somewhere", "path")]
    [InlineData("/rest/V1/products/a+b", "sku encoding")]
    [InlineData("/rest/V1/products/%FF", "sku encoding")]
    [InlineData("/rest/V1/products/24-MB01?storeId=abc", "storeId")]
    [InlineData("/rest/V1/products/24-MB01?storeId=99", "storeId")]
    [InlineData("/rest/V1/products/24-MB01?storeId=1&store_id=2", "parameters")]
    [InlineData("/rest/V1/products/24-MB01?fields=extension_attributes[website_ids[x]]", "fields")]
    [InlineData("/rest/V1/products/24-WG080?storeId=3", "product")]
    public async Task Is_left_to_magento(string target, string reason)
    {
        var answer = await GetAsync(target);
        answer.Status.Should().Be(421, answer.Text);
        answer.Header(RestResponse.DeclineHeader).Should().Be(reason);
    }

    [Theory]
    [InlineData("24-MB01", "product/1")]
    [InlineData("MH01", "product/53")]
    public async Task A_facade_that_asks_is_told_of_which_products_the_answer_shows_something(string sku, string expected)
    {
        var host = await fixture.SharedAsync(TestContext.Current.CancellationToken);
        var target = $"/rest/V1/products/{sku}";

        var told = await RawHttp.GetAsync(host.Port, target, TestContext.Current.CancellationToken, ("Authorization", Token), ("Strangler-Want-Tags", "1"));
        var untold = await RawHttp.GetAsync(host.Port, target, TestContext.Current.CancellationToken, ("Authorization", Token));

        var tags = told.Header(AnswerTags.Field)!.Split(' ');
        tags.Should().Contain(expected);
        tags.Should().OnlyHaveUniqueItems().And.AllSatisfy(tag => tag.Should().MatchRegex("^product/[0-9]+$"));
        untold.Header(AnswerTags.Field).Should().BeNull();
        untold.Text.Should().Be(told.Text);
    }

    [Fact]
    public async Task While_the_mirror_is_copied_anew_nothing_is_answered()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await fixture.OwnAsync(cancellationToken);
        await host.ExecuteAsync("UPDATE cdc_checkpoint SET state = 'snapshot'; DELETE FROM oauth_token", cancellationToken);
        (await RawHttp.GetAsync(host.Port, "/rest/V1/products/24-MB01", cancellationToken, ("Authorization", Token))).Status.Should().Be(503);
    }

    [Fact]
    public async Task Without_its_database_the_service_says_so()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await fixture.OwnAsync(cancellationToken);
        await host.ExecuteAsync("RENAME TABLE product_document TO gone", cancellationToken);
        (await RawHttp.GetAsync(host.Port, "/rest/V1/products/24-MB01", cancellationToken, ("Authorization", Token))).Status.Should().Be(503);
    }

    [Fact]
    public async Task Of_equal_skus_the_first_product_is_answered()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await fixture.OwnAsync(cancellationToken);
        await host.ExecuteAsync(
            """
            UPDATE catalog_product_entity SET sku = '24-mb01 ' WHERE entity_id = 7;
            INSERT INTO cdc_dirty_key VALUES ('product_identity', '7', 2); UPDATE cdc_checkpoint SET sequence = 2
            """,
            cancellationToken);
        await Projection.Documents.CaughtUpAsync(host, cancellationToken);
        (await RawHttp.GetAsync(host.Port, "/rest/de/V1/products/24-MB01?fields=id", cancellationToken, ("Authorization", Token)))
            .Text.Should().Be("""{"id":1}""");
    }

    private async Task<RawAnswer> GetAsync(string target)
    {
        var host = await fixture.SharedAsync(TestContext.Current.CancellationToken);
        return await RawHttp.GetAsync(host.Port, target, TestContext.Current.CancellationToken, ("Authorization", Token));
    }
}
