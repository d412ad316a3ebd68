using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace Strangler.Proxy.Forwarding;

/// <summary>The routing table without any slice: everything goes to Magento.</summary>
internal sealed class CatchAllConfigProvider(IOptions<FacadeOptions> options) : IProxyConfigProvider
{
    private readonly Config _config = new(options.Value);

    public IProxyConfig GetConfig() => _config;

    private sealed class Config(FacadeOptions options) : IProxyConfig
    {
        public IReadOnlyList<RouteConfig> Routes { get; } = [FacadeRoutes.CatchAll];

        public IReadOnlyList<ClusterConfig> Clusters { get; } = [FacadeRoutes.Cluster(FacadeRoutes.MagentoClusterId, options.Magento, options.Upstream)];

        public IChangeToken ChangeToken { get; } = new CancellationChangeToken(CancellationToken.None);
    }
}
