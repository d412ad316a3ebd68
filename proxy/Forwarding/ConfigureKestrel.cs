using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Strangler.Proxy.Forwarding;

/// <summary>The two listeners, and a Kestrel that lets bytes through as they are.</summary>
internal sealed class ConfigureKestrel(IOptions<FacadeOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    static ConfigureKestrel() =>
        // A line ends with CR LF; a bare LF that passes for one is how fields are injected.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

    public void Configure(KestrelServerOptions kestrel)
    {
        var facade = options.Value;
        kestrel.AddServerHeader = false;
        // Latin-1 maps every byte to one character and back, so a field value in any encoding survives.
        kestrel.RequestHeaderEncodingSelector = static name => name == HeaderNames.ContentLength ? DigitsEncoding.Instance : Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        SetLimits(kestrel.Limits, facade.Limits);

        var trusted = new TrustedProxies(facade.ForwardedHeaders.TrustedProxies);
        foreach (var address in Parse(facade.StorefrontUrls))
        {
            address.Listen(kestrel, listen =>
            {
                listen.Protocols = address.IsHttps ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
                listen.Use(next => connection =>
                {
                    connection.Features.Set(new StorefrontConnection(connection, address.IsHttps, trusted));
                    return next(connection);
                });
                UseTls(listen, address);
            });
        }

        foreach (var address in Parse(facade.ControlUrls))
        {
            address.Listen(kestrel, listen => UseTls(listen, address));
        }
    }

    private static void UseTls(ListenOptions listen, ListenerAddress address)
    {
        if (address.IsHttps)
        {
            listen.UseHttps();
        }
    }

    private static void SetLimits(KestrelServerLimits kestrel, RequestLimits limits)
    {
        kestrel.MaxRequestBodySize = null;
        kestrel.MinRequestBodyDataRate = null;
        kestrel.MinResponseDataRate = null;
        kestrel.MaxRequestLineSize = limits.TargetBytes + RequestLimits.KestrelHeadroom;
        kestrel.MaxRequestHeadersTotalSize = limits.HeaderBytes + RequestLimits.KestrelHeadroom;
        kestrel.MaxRequestHeaderCount = limits.HeaderCount * 2;
        kestrel.MaxRequestBufferSize = Math.Max(kestrel.MaxRequestLineSize, kestrel.MaxRequestHeadersTotalSize);
        kestrel.KeepAliveTimeout = limits.KeepAliveTimeout;
        kestrel.RequestHeadersTimeout = limits.RequestHeadersTimeout;
        kestrel.Http2.MaxRequestHeaderFieldSize = limits.HeaderBytes;
    }

    private static IEnumerable<ListenerAddress> Parse(string urls) =>
        ListenerAddress.Split(urls).Select(url => ListenerAddress.TryParse(url, out var address) ? address : throw new FormatException(url));
}
