using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Slices;
using Yarp.ReverseProxy.Configuration;

namespace Strangler.Proxy.Decisions;

/// <summary>YARP's configuration: the catch-all to Magento, a twin route per slice, a cluster per service. Made anew when the catalog changes.</summary>
internal sealed class SliceConfigProvider : IProxyConfigProvider, IDisposable
{
    private readonly FacadeOptions _facade;
    private readonly RoutingOptions _routing;
    private volatile Config _config;

    public SliceConfigProvider(IOptions<FacadeOptions> facade, IOptions<RoutingOptions> routing, SliceCatalogStore catalog)
    {
        _facade = facade.Value;
        _routing = routing.Value;
        _config = Make(catalog.Current);
        catalog.Changed += Replace;
    }

    public IProxyConfig GetConfig() => _config;

    public void Dispose() => _config.Dispose();

    private void Replace(SliceCatalog catalog)
    {
        var old = _config;
        _config = Make(catalog);
        old.SignalChange();
    }

    private Config Make(SliceCatalog catalog) => new(
        [FacadeRoutes.CatchAll, .. SliceProxyConfig.Routes(catalog)],
        [
            FacadeRoutes.Cluster(FacadeRoutes.MagentoClusterId, _facade.Magento, _facade.Upstream),
            .. _routing.Services.Select(service => FacadeRoutes.Cluster(SliceProxyConfig.ClusterIdOf(service.Key), service.Value, _facade.Upstream)),
        ]);

    private sealed class Config : IProxyConfig, IDisposable
    {
        private readonly CancellationTokenSource _changed = new();

        public Config(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters)
        {
            Routes = routes;
            Clusters = clusters;
            ChangeToken = new CancellationChangeToken(_changed.Token);
        }

        public IReadOnlyList<RouteConfig> Routes { get; }

        public IReadOnlyList<ClusterConfig> Clusters { get; }

        public IChangeToken ChangeToken { get; }

        public void SignalChange() => _changed.Cancel();

        public void Dispose() => _changed.Dispose();
    }
}
