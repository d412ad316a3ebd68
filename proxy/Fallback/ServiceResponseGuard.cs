using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Strangler.Proxy.Fallback;

/// <summary>Stands on every twin route between the service's answer and the client: an answer that Magento should give instead is dropped before a byte of it is copied.</summary>
internal sealed class ServiceResponseGuard(HttpTransformer inner) : HttpTransformer
{
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken) =>
        inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null && httpContext.Features.Get<ExtractedAttempt>() is { } attempt && attempt.Refuse((int)proxyResponse.StatusCode))
        {
            return ValueTask.FromResult(false);
        }

        return inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
}

/// <summary>Puts a <see cref="ServiceResponseGuard"/> around the transformer of each twin route; Magento's own route stays as it is.</summary>
internal sealed class GuardingTransformBuilder(ITransformBuilder inner) : ITransformBuilder
{
    public IReadOnlyList<Exception> ValidateRoute(RouteConfig route) => inner.ValidateRoute(route);

    public IReadOnlyList<Exception> ValidateCluster(ClusterConfig cluster) => inner.ValidateCluster(cluster);

    public HttpTransformer Build(RouteConfig route, ClusterConfig? cluster)
    {
        var transformer = inner.Build(route, cluster);
        return SliceProxyConfig.IsTwin(route) ? new ServiceResponseGuard(transformer) : transformer;
    }

    public HttpTransformer Create(Action<TransformBuilderContext> action) => inner.Create(action);
}
