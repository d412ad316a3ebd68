using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Strangler.Proxy.Forwarding;

/// <summary>Gives every route the exact transformer. Transforms in the configuration are refused: they would be ignored.</summary>
internal sealed class ExactTransformBuilder(ExactTransformer transformer) : ITransformBuilder
{
    public IReadOnlyList<Exception> ValidateRoute(RouteConfig route) => route.Transforms is { Count: > 0 }
        ? [new ArgumentException($"The route '{route.RouteId}' has transforms; the facade forwards exactly and takes none.")]
        : [];

    public IReadOnlyList<Exception> ValidateCluster(ClusterConfig cluster) => [];

    public HttpTransformer Build(RouteConfig route, ClusterConfig? cluster) => transformer;

    public HttpTransformer Create(Action<TransformBuilderContext> action) => transformer;
}
