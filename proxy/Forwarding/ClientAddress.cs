using System.Net;

namespace Strangler.Proxy.Forwarding;

/// <summary>Who the client is, seen through trusted proxies only: the last address of X-Forwarded-For that is not one of them.</summary>
public static class ClientAddress
{
    public static IPAddress? Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var peer = context.Connection.RemoteIpAddress;
        if (context.Features.Get<StorefrontConnection>() is not { IsPeerTrusted: true } connection)
        {
            return peer;
        }

        var hops = context.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = hops.Length - 1; i >= 0; i--)
        {
            if (!IPAddress.TryParse(hops[i], out var hop))
            {
                return peer;
            }

            peer = hop;
            if (!connection.Trusted.Contains(hop))
            {
                return hop;
            }
        }

        return peer;
    }
}
