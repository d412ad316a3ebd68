using System.Text.Json;
using Refit;

namespace Strangler.MagentoAdapter.Stores;

/// <summary>Websites, store groups, store views, and what a view is configured to.</summary>
public interface IStoresApi
{
    [Get("/rest/V1/store/storeViews")]
    Task<ApiResponse<IReadOnlyList<StoreView>>> GetStoreViewsAsync(CancellationToken cancellationToken);

    [Get("/rest/V1/store/storeGroups")]
    Task<ApiResponse<IReadOnlyList<StoreGroup>>> GetStoreGroupsAsync(CancellationToken cancellationToken);

    [Get("/rest/V1/store/websites")]
    Task<ApiResponse<IReadOnlyList<Website>>> GetWebsitesAsync(CancellationToken cancellationToken);

    [Get("/rest/V1/store/storeConfigs")]
    Task<ApiResponse<IReadOnlyList<StoreConfig>>> GetStoreConfigsAsync(CancellationToken cancellationToken);
}

/// <summary>A store view. <c>is_active</c> is 0 or 1.</summary>
public sealed record StoreView(int Id, string Code, string Name, int WebsiteId, int StoreGroupId, int IsActive)
{
    public JsonElement? ExtensionAttributes { get; init; }
}

public sealed record StoreGroup(int Id, int WebsiteId, int RootCategoryId, int DefaultStoreId, string Name, string Code)
{
    public JsonElement? ExtensionAttributes { get; init; }
}

public sealed record Website(int Id, string Code, string Name, int DefaultGroupId)
{
    public JsonElement? ExtensionAttributes { get; init; }
}

public sealed record StoreConfig(
    int Id,
    string Code,
    int WebsiteId,
    string Locale,
    string BaseCurrencyCode,
    string DefaultDisplayCurrencyCode,
    string Timezone,
    string WeightUnit,
    string BaseUrl,
    string BaseLinkUrl,
    string BaseStaticUrl,
    string BaseMediaUrl,
    string SecureBaseUrl,
    string SecureBaseLinkUrl,
    string SecureBaseStaticUrl,
    string SecureBaseMediaUrl)
{
    public JsonElement? ExtensionAttributes { get; init; }
}
