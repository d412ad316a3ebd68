using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Strangler.Proxy.Stages;

/// <summary>The id of a replica: <c>host:process-incarnation</c>, never used twice.</summary>
internal static class ReplicaIdentity
{
    private static readonly ConcurrentDictionary<string, bool> OfThisProcess = new(StringComparer.Ordinal);

    public static string New()
    {
        var id = $"{Environment.MachineName}:{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";
        OfThisProcess[id] = true;
        return id;
    }

    /// <summary>True only when that replica's process has certainly ended: it was on this host, and is not there any more.</summary>
    public static bool HasEnded(string id)
    {
        var colon = id.LastIndexOf(':');
        var dash = id.LastIndexOf('-');
        if (colon <= 0 || dash <= colon || id[..colon] != Environment.MachineName
            || !int.TryParse(id.AsSpan(colon + 1, dash - colon - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var process))
        {
            return false;
        }

        return process == Environment.ProcessId ? !OfThisProcess.ContainsKey(id) : !IsRunning(process);
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
