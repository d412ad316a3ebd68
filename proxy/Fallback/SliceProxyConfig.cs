using Strangler.Proxy.Slices;
using Yarp.ReverseProxy.Configuration;

namespace Strangler.Proxy.Fallback;

/// <summary>The twin routes that YARP needs for the slices.</summary>
/// <remarks>
/// A twin is reached by reassigning a request inside the pipeline, never by matching: its path holds a random word of this process. So one slice
/// or fifty, an ordinary request has a single candidate route.
/// </remarks>
internal static class SliceProxyConfig
{
    private static readonly string Unguessable = Guid.NewGuid().ToString("N");

    public static string ClusterIdOf(string service) => "service." + service;

    public static IEnumerable<RouteConfig> Routes(SliceCatalog catalog) => catalog.Slices.Select(slice => new RouteConfig
    {
        RouteId = slice.ExtractedRouteId,
        ClusterId = ClusterIdOf(slice.Config.Service),
        Match = new RouteMatch { Path = $"/{Unguessable}/{slice.Id}" },
    });
}
