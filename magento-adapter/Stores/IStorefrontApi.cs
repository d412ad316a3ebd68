using Refit;

namespace Strangler.MagentoAdapter.Stores;

/// <summary>What the storefront itself tells about the store.</summary>
public interface IStorefrontApi
{
    /// <summary>Such as <c>Magento/2.4 (Community)</c>. A store may have this page switched off: 404 then.</summary>
    [Get("/magento_version")]
    [Headers("Accept: text/plain, */*")]
    Task<HttpResponseMessage> GetVersionAsync(CancellationToken cancellationToken);

    /// <summary>The home page of a store that may be anything: its status, headers and clock are what is asked for.</summary>
    [Get("/")]
    [Headers("Accept: text/html, */*")]
    Task<HttpResponseMessage> GetHomePageAsync(CancellationToken cancellationToken);
}
