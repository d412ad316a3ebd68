using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Strangler.TestKit;

/// <summary>
/// Loopback ports that nobody listens on at the moment of asking, each given once. They lie below the range from which outgoing connections
/// get theirs: between asking and listening, on a busy machine, one of those would take it.
/// </summary>
public static class FreePort
{
    private const int Lowest = 12_000;
    private const int Highest = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            if (IsFree(port) && Given.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    /// <summary>A port whose next one is free as well and is given with it.</summary>
    public static int NextPair()
    {
        while (true)
        {
            var port = Next();
            if (port + 1 < Highest && IsFree(port + 1) && Given.TryAdd(port + 1, true))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
