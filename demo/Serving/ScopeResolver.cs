using Microsoft.Extensions.Options;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Serving;

/// <summary>Which store view a request is for: <c>___store</c>, then the <c>store</c> cookie, within the website that the host name stands for.</summary>
internal sealed class ScopeResolver(StoreDirectory stores, IOptions<DemoOptions> options)
{
    public bool IsOutlet(HttpContext http) => string.Equals(http.Request.Host.Host, options.Value.OutletUrl.Host, StringComparison.OrdinalIgnoreCase);

    public Uri BaseUrl(HttpContext http) => IsOutlet(http) ? options.Value.OutletUrl : options.Value.BaseUrl;

    public async ValueTask<StoreView> ResolveAsync(HttpContext http)
    {
        var views = await stores.AllAsync(http.RequestAborted);
        var website = IsOutlet(http) ? "outlet" : "base";
        var asked = http.Request.Query["___store"].ToString() is { Length: > 0 } parameter ? parameter : http.Request.Cookies["store"];
        return views.FirstOrDefault(view => view.Code == asked && view.WebsiteCode == website && view.IsActive) ?? views.First(view => view.WebsiteCode == website);
    }
}
