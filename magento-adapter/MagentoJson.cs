using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.MagentoAdapter.Authentication;
using Strangler.MagentoAdapter.Directory;
using Strangler.MagentoAdapter.Products;
using Strangler.MagentoAdapter.Stores;

namespace Strangler.MagentoAdapter;

/// <summary>How Magento writes JSON: snake case, and numbers now and then as strings.</summary>
public static class MagentoJson
{
    public static JsonSerializerOptions Options { get; } = MagentoJsonContext.Default.Options;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccessToken))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(IReadOnlyList<StoreView>))]
[JsonSerializable(typeof(IReadOnlyList<StoreGroup>))]
[JsonSerializable(typeof(IReadOnlyList<Website>))]
[JsonSerializable(typeof(IReadOnlyList<StoreConfig>))]
[JsonSerializable(typeof(Product))]
[JsonSerializable(typeof(ProductPage))]
[JsonSerializable(typeof(Country))]
[JsonSerializable(typeof(IReadOnlyList<Country>))]
[JsonSerializable(typeof(Currency))]
internal sealed partial class MagentoJsonContext : JsonSerializerContext;
