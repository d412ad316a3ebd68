using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Strangler.Cli.Processes;

/// <summary>Who has a TCP port.</summary>
internal static class PortUse
{
    private const string Listening = "0A";

    public static bool IsFree(int port)
    {
        if (Inodes(port).Count > 0)
        {
            return false;
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // As servers do: a connection of an earlier run that is still being forgotten is no reason.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The process that listens on the port, such as <c>nginx (812)</c>; null where this user may not see it.</summary>
    public static string? OwnerOf(int port)
    {
        var links = Inodes(port).Select(inode => $"socket:[{inode}]").ToHashSet();
        if (links.Count == 0)
        {
            return null;
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(folder), out var pid)
                    && Directory.EnumerateFiles($"{folder}/fd").Any(file => new FileInfo(file).LinkTarget is { } target && links.Contains(target)))
                {
                    return $"{File.ReadAllText($"{folder}/comm").Trim()} ({pid})";
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that ended in between.
            }
        }

        return null;
    }

    private static List<string> Inodes(int port)
    {
        var inodes = new List<string>();
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(table))
            {
                continue;
            }

            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && fields[3] == Listening
                    && int.Parse(fields[1][(fields[1].LastIndexOf(':') + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port)
                {
                    inodes.Add(fields[9]);
                }
            }
        }

        return inodes;
    }
}
