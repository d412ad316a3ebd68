using System.IO.Compression;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>A page with its fragments in their places, ready to be sent.</summary>
/// <param name="body">Its bytes.</param>
/// <param name="parts">The kept answers it was made of.</param>
/// <param name="isKept">Whether all of them are kept, so that the whole may go out again.</param>
internal sealed class AssembledPage(ReadOnlyMemory<byte> body, IReadOnlyList<CachedAnswer> parts, bool isKept)
{
    // Smaller ones fit into one packet anyway.
    private const int SmallestBytes = 1000;

    private readonly Lock _lock = new();
    private volatile byte[]? _compressed;

    public ReadOnlyMemory<byte> Body => body;

    public IReadOnlyList<CachedAnswer> Parts => parts;

    public bool IsKept => isKept;

    /// <summary>Memory of the compressed form.</summary>
    public int CompressedBytes => _compressed?.Length ?? 0;

    public bool IsWorthCompressing => body.Length >= SmallestBytes;

    /// <summary>Whether it may go out as it is: nothing in it was purged or is too old.</summary>
    public bool IsValid(long now)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].IsDropped || now >= parts[i].ExpiresAt)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same as gzip; made once.</summary>
    public ReadOnlyMemory<byte> Compress()
    {
        if (_compressed is { } made)
        {
            return made;
        }

        lock (_lock)
        {
            return _compressed ??= Make();
        }
    }

    private byte[] Make()
    {
        using var target = new MemoryStream(body.Length / 4);
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
        {
            gzip.Write(body.Span);
        }

        return target.ToArray();
    }
}
