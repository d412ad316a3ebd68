using System.Text.Json;
using Strangler.Catalog.Tests.Support;

namespace Strangler.Catalog.Tests.Projection;

public sealed class AllProductsTests(CatalogFixture fixture)
{
    [Fact]
    public async Task Every_product_has_a_document_in_every_scope()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var host = await fixture.SharedAsync(cancellationToken);
        (await Documents.ScalarAsync(host, "SELECT COUNT(*) FROM product_document WHERE store_id = 0", cancellationToken)).Should().Be(2055);
        (await Documents.ScalarAsync(host, "SELECT COUNT(*) FROM product_document WHERE flags & 2", cancellationToken)).Should().Be(0);
        foreach (var document in (await Documents.ReadAsync(host, cancellationToken)).Values)
        {
            using var json = JsonDocument.Parse(document[document.IndexOf("{\"id\":", StringComparison.Ordinal)..]);
            var root = json.RootElement;
            root.GetProperty("id").GetInt32().Should().BePositive();
            root.GetProperty("extension_attributes").GetProperty("stock_item").GetProperty("product_id").GetInt32().Should().Be(root.GetProperty("id").GetInt32());
            root.GetProperty("custom_attributes").GetArrayLength().Should().BePositive();
        }
    }

    [Fact]
    public async Task Store_views_share_the_document_of_the_admin_scope_where_they_can()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var host = await fixture.SharedAsync(cancellationToken);
        var documents = await Documents.ReadAsync(host, cancellationToken);
        documents.Count.Should().BeLessThan(4 * 2055, "four scopes of most products look alike");
        documents.Should().AllSatisfy(document =>
        {
            var admin = $"{document.Key.Split('/')[0]}/0";
            (document.Key == admin || documents[admin] != document.Value).Should().BeTrue();
        });
    }
}
