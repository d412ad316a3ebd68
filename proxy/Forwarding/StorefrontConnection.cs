using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// Marks a connection of the storefront listener and keeps what is the same for all its requests. Set once when the connection
/// is accepted; requests without it came through the control listener.
/// </summary>
internal sealed class StorefrontConnection(ConnectionContext connection, bool isHttps, TrustedProxies trusted)
{
    public bool IsHttps { get; } = isHttps;

    /// <summary>The peer as it is written into X-Forwarded-For; <c>unknown</c> on a Unix socket.</summary>
    public string PeerAddress { get; } = Format(connection.RemoteEndPoint);

    public TrustedProxies Trusted { get; } = trusted;

    public bool IsPeerTrusted { get; } = trusted.Contains((connection.RemoteEndPoint as IPEndPoint)?.Address);

    public string LocalPort { get; } = (connection.LocalEndPoint as IPEndPoint)?.Port.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";

    private static string Format(EndPoint? peer) => peer is not IPEndPoint { Address: var address }
        ? "unknown"
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : address.ToString();
}
