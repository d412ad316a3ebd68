using System.Net;

namespace Strangler.Proxy.Flags;

/// <summary>A network or a single address, IPv4 or IPv6; an IPv4 address mapped into IPv6 counts as IPv4.</summary>
internal static class IpRange
{
    public static bool TryParse(string text, out IPNetwork range)
    {
        if (IPNetwork.TryParse(text, out range))
        {
            return true;
        }

        if (!IPAddress.TryParse(text, out var address))
        {
            return false;
        }

        range = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    public static bool Contains(IPNetwork range, IPAddress? address) =>
        address is not null && range.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
