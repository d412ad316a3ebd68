using System.IO.Compression;

namespace Strangler.Proxy.Parity;

/// <summary>Takes a body's content coding off. Never gives more than a bound, whatever a few compressed bytes unfold to.</summary>
internal static class BodyDecoder
{
    private const int MaximumBytes = 16 * 1024 * 1024;

    /// <summary>The plain body; null when its coding is unknown, broken, or it is too large.</summary>
    public static ReadOnlyMemory<byte>? Decode(ReadOnlyMemory<byte> body, string? coding)
    {
        switch (coding?.Trim().ToLowerInvariant())
        {
            case null or "" or "identity":
                return body;
            case "gzip" or "x-gzip":
                return Unfold(source => new GZipStream(source, CompressionMode.Decompress), body);
            case "br":
                return Unfold(source => new BrotliStream(source, CompressionMode.Decompress), body);
            case "deflate":
                return Unfold(source => new ZLibStream(source, CompressionMode.Decompress), body);
            default:
                return null;
        }
    }

    private static ReadOnlyMemory<byte>? Unfold(Func<Stream, Stream> open, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var source = new MemoryStream(body.ToArray(), writable: false);
            using var plain = open(source);
            using var target = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (plain.Read(buffer) is > 0 and var read)
            {
                if (target.Length + read > MaximumBytes)
                {
                    return null;
                }

                target.Write(buffer, 0, read);
            }

            return target.ToArray();
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or InvalidOperationException)
        {
            return null;
        }
    }
}
