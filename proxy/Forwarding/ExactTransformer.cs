using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Strangler.Proxy.Forwarding.Upstream;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// Hands the client's request to the upstream client as it is, and copies the response's fields line by line. The only one for all
/// routes: nothing about a route changes what a request or a response looks like.
/// </summary>
internal sealed class ExactTransformer : HttpTransformer
{
    private readonly ConcurrentDictionary<string, Uri> _addresses = new(StringComparer.Ordinal);

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        proxyRequest.RequestUri = _addresses.GetOrAdd(destinationPrefix, static prefix => new Uri(prefix));
        UpstreamHandler.SetContext(proxyRequest, httpContext);
        return default;
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not UpstreamResponse upstream)
        {
            return new ValueTask<bool>(false);
        }

        if (httpContext.Features.Get<IUpstreamResponseFilter>() is { } filter && !filter.Accept(httpContext, upstream))
        {
            return new ValueTask<bool>(false);
        }

        if (upstream.Body is { } tapped && httpContext.Features.Get<IUpstreamResponseTap>() is { } tap)
        {
            tap.Begin(upstream);
            tapped.Tap = tap;
            if (tapped.IsEnded)
            {
                tap.End();
            }
        }

        CopyFields(upstream, httpContext.Response.Headers);
        if (upstream.Body is { IsChunked: true } && HttpProtocol.IsHttp11(httpContext.Request.Protocol))
        {
            ChunkedResponse.Install(httpContext);
        }

        return new ValueTask<bool>(true);
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        var trailers = ((UpstreamResponse)proxyResponse).Body?.Trailers ?? [];
        if (httpContext.Response.Body is ChunkedResponse chunked)
        {
            return chunked.FinishAsync(trailers, cancellationToken);
        }

        if (trailers.Count > 0 && httpContext.Features.Get<IHttpResponseTrailersFeature>() is { Trailers.IsReadOnly: false } feature)
        {
            foreach (var trailer in trailers)
            {
                Append(feature.Trailers, trailer);
            }
        }

        return default;
    }

    private static void CopyFields(UpstreamResponse upstream, IHeaderDictionary headers)
    {
        foreach (var field in upstream.Fields)
        {
            if (FieldRules.PassesInResponse(field.Name))
            {
                Append(headers, field);
            }
        }

        // A 204 may not have a length (RFC 9110, 8.6), and the server would refuse to send it.
        if (upstream.ContentLength is { } length && upstream.StatusCode != System.Net.HttpStatusCode.NoContent)
        {
            headers.ContentLength = length;
        }
    }

    private static void Append(IHeaderDictionary headers, UpstreamField field)
    {
        var before = headers[field.Name];
        headers[field.Name] = before.Count == 0 ? field.Value : StringValues.Concat(before, field.Value);
    }
}
