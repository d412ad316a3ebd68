using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.Forwarding;

/// <summary>The names and shapes of YARP's routes and clusters in the facade.</summary>
public static class FacadeRoutes
{
    public const string CatchAllRouteId = "magento.catch-all";
    public const string MagentoClusterId = "magento";

    /// <summary>Takes every request, whatever its method, path and Host, to Magento.</summary>
    public static RouteConfig CatchAll { get; } = new()
    {
        RouteId = CatchAllRouteId,
        ClusterId = MagentoClusterId,
        Order = int.MaxValue,
        Match = new RouteMatch { Path = "/{**path}" },
    };

    /// <summary>A cluster of one address, with the facade's upstream settings.</summary>
    public static ClusterConfig Cluster(string clusterId, Uri address, UpstreamOptions options, TimeSpan? activityTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(options);
        return new ClusterConfig
        {
            ClusterId = clusterId,
            Destinations = new Dictionary<string, DestinationConfig>
            {
                [clusterId] = new() { Address = address.GetLeftPart(UriPartial.Authority) },
            },
            HttpRequest = new ForwarderRequestConfig { ActivityTimeout = activityTimeout ?? options.ActivityTimeout },
        };
    }
}
