using System.Text.Json;
using System.Text.RegularExpressions;
using Strangler.MagentoAdapter.Authentication;
using Strangler.MagentoAdapter.Directory;
using Strangler.MagentoAdapter.Products;
using Strangler.MagentoAdapter.Stores;

namespace Strangler.MagentoAdapter.Tests;

/// <summary>What a real Magento answered fits the models: every field is known, and none is lost.</summary>
public partial class RecordedAnswersTests
{
    // The malformed field lists that Magento answers with an empty list; the adapter sends none.
    private static readonly string[] NotAsked = ["product fields= malformed bracket"];

    [Fact]
    public void Products_Fit()
    {
        var products = Json(ProductPath()).Select(recording => Parse<Product>(recording)).ToList();

        products.Should().HaveCountGreaterThan(20);
        products.Should().AllSatisfy(product => product.Further.Should().BeNull());
        products.Where(product => product.TypeId is not null).Select(product => product.TypeId).Distinct()
            .Should().BeEquivalentTo("simple", "configurable", "bundle", "grouped", "downloadable", "virtual");
        products.Should().Contain(product => product.CustomAttributes != null && product.CustomAttributes.Any(value => value.Value.ValueKind == JsonValueKind.Array));
    }

    [Fact]
    public void ProductPages_Fit()
    {
        var pages = Json(ProductsPath()).Select(recording => Parse<ProductPage>(recording)).ToList();

        pages.Should().HaveCountGreaterThan(20);
        pages.SelectMany(page => page.Items ?? []).Should().NotBeEmpty().And.AllSatisfy(product => product.Further.Should().BeNull());
        pages.Should().Contain(page => page.Items == null && page.TotalCount == 2055);
    }

    [Fact]
    public void Stores_Fit()
    {
        One<IReadOnlyList<StoreView>>("/rest/V1/store/storeViews").Select(view => view.Code).Should().Contain(["admin", "default", "de", "outlet"]);
        One<IReadOnlyList<StoreGroup>>("/rest/V1/store/storeGroups").Should().Contain(group => group.RootCategoryId == 2);
        One<IReadOnlyList<Website>>("/rest/V1/store/websites").Select(site => site.Code).Should().Equal("admin", "base", "outlet");
        One<IReadOnlyList<StoreConfig>>("/rest/V1/store/storeConfigs").Should().Contain(config => config.Timezone == "UTC" && config.BaseUrl.StartsWith("http"));
    }

    [Fact]
    public void Modules_Fit() => One<IReadOnlyList<string>>("/rest/V1/modules").Should().HaveCount(376).And.Contain("Magento_Catalog");

    [Fact]
    public void Directory_Fits()
    {
        One<Currency>("/rest/V1/directory/currency").ExchangeRates.Should().Contain(rate => rate.CurrencyTo == "EUR" && rate.Rate == 0.92m);
        One<IReadOnlyList<Country>>("/rest/V1/directory/countries").Should().Contain(country => country.Id == "DE");
        One<Country>("/rest/V1/directory/countries/US").AvailableRegions.Should().Contain(region => region.Code == "AL");
    }

    [Fact]
    public void Tokens_Fit()
    {
        var tokens = Recording.All().Where(recording => recording.Path.EndsWith("/token", StringComparison.Ordinal) && recording.Status == 200).ToList();

        tokens.Should().NotBeEmpty().And.AllSatisfy(recording => Parse<AccessToken>(recording).Value.Split('.').Should().HaveCount(3));
    }

    private static T One<T>(string path) => Parse<T>(Recording.All().First(recording => recording.Path == path && recording.Status == 200));

    private static IEnumerable<Recording> Json(Regex path) => Recording.All().Where(recording =>
        recording is { Method: "GET", Status: 200, MediaType: "application/json" } && path.IsMatch(recording.Path) && !NotAsked.Contains(recording.Name));

    private static T Parse<T>(Recording recording)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(recording.Body, MagentoJson.Options)!;
        }
        catch (JsonException fault)
        {
            throw new InvalidOperationException($"{recording.Name} ({recording.Path}): {fault.Message}", fault);
        }
    }

    [GeneratedRegex(@"/V1/products/(?!attribute|types|links|media|options|attribute-sets)[^/?]+/?(\?.*)?$")]
    private static partial Regex ProductPath();

    [GeneratedRegex(@"/V1/products\?")]
    private static partial Regex ProductsPath();
}
