using System.Net;
using System.Net.Sockets;

namespace Strangler.Proxy.Protection;

/// <summary>
/// A client as one of a fixed number of slots, so that no number of addresses fills the memory. Which two share a slot is another matter at each
/// start, and cannot be chosen from outside.
/// </summary>
internal static class ClientSlot
{
    private const int Count = 1 << 18;
    private const int IPv6Site = 8;

    /// <summary>IPv6 counts by its first 64 bits: within them a client takes whatever address it likes.</summary>
    public static int Of(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.TryWriteBytes(bytes, out var length);
        var hash = default(HashCode);
        hash.AddBytes(bytes[..(plain.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6Site : length)]);
        return hash.ToHashCode() & (Count - 1);
    }
}
