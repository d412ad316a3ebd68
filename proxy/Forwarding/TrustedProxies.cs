using System.Net;

namespace Strangler.Proxy.Forwarding;

/// <summary>The networks whose <c>X-Forwarded-*</c> fields are believed. Immutable.</summary>
internal sealed class TrustedProxies(IEnumerable<string> entries)
{
    private readonly IPNetwork[] _networks = [.. entries.Select(Parse)];

    public bool Contains(IPAddress? address)
    {
        if (address is null || _networks.Length == 0)
        {
            return false;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in _networks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    private static IPNetwork Parse(string entry)
    {
        if (!IPAddress.TryParse(entry, out var address))
        {
            return IPNetwork.Parse(entry);
        }

        return new IPNetwork(address, address.GetAddressBytes().Length * 8);
    }
}
