using Strangler.Catalog.Tests.Support;
using Strangler.WebApi.Authentication;
using Strangler.WebApi.Rendering;

namespace Strangler.Catalog.Tests.Products;

/// <summary>Who may see a product: what the tables of the mirror say, as soon as they say it.</summary>
public sealed class AccessTests(CatalogFixture fixture)
{
    private const string Integration = "jnsuqq28okz9o7qkgdpl96y6osj72j8r";
    private const string Target = "/rest/V1/products/24-MB01?fields=sku,extension_attributes[stock_item[qty]]";
    private const string Whole = """{"sku":"24-MB01","extension_attributes":{"stock_item":{"qty":95}}}""";
    private const string WithoutStock = """{"sku":"24-MB01","extension_attributes":[]}""";

    public static TheoryData<string, int, string?> Mirrors => new()
    {
        // What is done to the mirror, the status, and the body where it is 200.
        { "UPDATE oauth_token SET revoked = 1", 401, null },
        { "DELETE FROM oauth_token", 401, null },
        { "UPDATE core_config_data SET value = '0' WHERE path = 'oauth/consumer/enable_integration_as_bearer'", 401, null },
        { "UPDATE integration SET status = 0", 421, null },
        { "DELETE FROM authorization_rule", 401, null },
        { "UPDATE authorization_rule SET resource_id = 'Magento_Catalog::products' WHERE role_id = 3", 200, WithoutStock },
        { "UPDATE authorization_rule SET resource_id = 'Magento_Catalog::catalog' WHERE role_id = 3", 200, WithoutStock },
        { "INSERT INTO authorization_rule (role_id, resource_id, permission) VALUES (3, 'Magento_CatalogInventory::cataloginventory', 'deny')", 200, WithoutStock },
        { "INSERT INTO authorization_rule (role_id, resource_id, permission) VALUES (3, 'Magento_Catalog::products', 'deny')", 401, null },
        { "UPDATE core_config_data SET value = '1' WHERE path = 'webapi/webapisecurity/allow_insecure'; DELETE FROM oauth_token", 200, WithoutStock },
        { "UPDATE oauth_token SET user_type = 2, admin_id = 1, created_at = UTC_TIMESTAMP()", 200, Whole },
        { "UPDATE oauth_token SET user_type = 2, admin_id = 1, created_at = UTC_TIMESTAMP() - INTERVAL 5 HOUR", 401, null },
        { "UPDATE oauth_token SET user_type = 3, customer_id = 1", 401, null },
    };

    [Fact]
    public async Task The_mirror_decides_at_once_even_before_it_is_projected()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await fixture.OwnAsync(cancellationToken);
        var sequence = 1;
        foreach (var (sql, status, body) in Mirrors.Select(row => row.Data))
        {
            string[] tables = ["oauth_token", "core_config_data", "integration", "authorization_rule"];
            (await GetAsync(host, Integration)).Text.Should().Be(Whole, "it is so before");
            await host.ExecuteAsync(string.Concat(tables.Select(table => $"CREATE TABLE saved_{table} AS SELECT * FROM {table};")), cancellationToken);

            // The key alone, with a sequence that is not complete yet: the projector does not touch it, requests must see it.
            await host.ExecuteAsync($"SET time_zone = '+00:00'; {sql}; INSERT INTO cdc_dirty_key VALUES ('access', '*', {sequence + 1})", cancellationToken);
            var pending = await GetAsync(host, Integration);
            pending.Status.Should().Be(status, sql);
            (body is null || pending.Text == body).Should().BeTrue($"{sql}: {pending.Text}");

            // And the same when it is projected.
            await host.ExecuteAsync($"UPDATE cdc_checkpoint SET sequence = {++sequence}", cancellationToken);
            await Projection.Documents.CaughtUpAsync(host, cancellationToken);
            (await GetAsync(host, Integration)).Status.Should().Be(status, sql);

            await host.ExecuteAsync(
                string.Concat(tables.Select(table => $"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved_{table}; DROP TABLE saved_{table};"))
                + $"INSERT INTO cdc_dirty_key VALUES ('access', '*', {++sequence}); UPDATE cdc_checkpoint SET sequence = {sequence}",
                cancellationToken);
            await Projection.Documents.CaughtUpAsync(host, cancellationToken);
        }
    }

    [Theory]
    [InlineData(UserType.Admin, 1, -60, 3540, 200)]
    [InlineData(UserType.Admin, 1, -3600, 0, 401)]
    [InlineData(UserType.Admin, 99, -60, 3540, 401)]
    [InlineData(UserType.Customer, 1, -60, 3540, 401)]
    public async Task Tokens_of_administrators_count_while_they_live(UserType type, int user, int issued, int expires, int status)
    {
        var host = await fixture.SharedAsync(TestContext.Current.CancellationToken);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var token = new MagentoJwt(CatalogFixture.CryptKey).Issue(new JwtClaims(type, user, now + issued, now + expires));
        (await GetAsync(host, token)).Status.Should().Be(status);
        (await GetAsync(host, token[..^2] + "xx")).Status.Should().Be(401, "the signature is not the store's");
    }

    [Fact]
    public async Task A_revoked_administrator_is_nobody()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await fixture.OwnAsync(cancellationToken);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var token = new MagentoJwt(CatalogFixture.CryptKey).Issue(new JwtClaims(UserType.Admin, 1, now - 60, now + 3540));
        (await GetAsync(host, token)).Text.Should().Be(Whole);
        await host.ExecuteAsync(
            $"INSERT INTO jwt_auth_revoked VALUES (2, 1, {now - 60}); INSERT INTO cdc_dirty_key VALUES ('access', '*', 2)", cancellationToken);
        (await GetAsync(host, token)).Status.Should().Be(401);
    }

    [Theory]
    [InlineData("Authorization", "OAuth oauth_consumer_key=\"x\"", "oauth")]
    [InlineData("Cookie", "admin=abc", "session")]
    public async Task Ways_to_authenticate_that_magento_alone_knows_are_declined(string name, string value, string reason)
    {
        var host = await fixture.SharedAsync(TestContext.Current.CancellationToken);
        var answer = await RawHttp.GetAsync(host.Port, Target, TestContext.Current.CancellationToken, (name, value));
        answer.Status.Should().Be(421);
        answer.Header(RestResponse.DeclineHeader).Should().Be(reason);
    }

    private static Task<RawAnswer> GetAsync(CatalogHost host, string token) =>
        RawHttp.GetAsync(host.Port, Target, TestContext.Current.CancellationToken, ("Authorization", $"Bearer {token}"));
}
