using System.IO.Compression;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>
/// Values of MariaDB's COMPRESSED columns, which the log holds as stored: a first byte of zero before plain bytes, else the length of the
/// length in its low bits, the uncompressed length big-endian, and a deflate stream, raw or with zlib's wrapper.
/// </summary>
internal static class CompressedColumn
{
    private const int MaximumRatio = 1100;

    public static ReadOnlySpan<byte> Expand(ReadOnlySpan<byte> stored)
    {
        if (stored.IsEmpty || stored[0] == 0)
        {
            return stored.IsEmpty ? stored : stored[1..];
        }

        var reader = new ByteReader(stored);
        var header = reader.ReadByte();
        var method = header >> 4;
        if (method != 8)
        {
            throw reader.Malformed($"a compressed column value of method {method}");
        }

        var length = reader.ReadBigEndian(header & 0x07);
        var raw = (header & 0x08) != 0;
        return Inflate.Expand(reader.TakeRest(), length, raw, MaximumRatio);
    }
}

/// <summary>Deflate with a bound: the announced length must be possible for that many bytes, and must come out exactly.</summary>
internal static class Inflate
{
    public static byte[] Expand(ReadOnlySpan<byte> compressed, ulong length, bool raw, int maximumRatio)
    {
        if (length > (ulong)compressed.Length * (ulong)maximumRatio)
        {
            throw new FormatException($"Malformed data: {compressed.Length} compressed bytes claim to hold {length}.");
        }

        var expanded = new byte[length];
        try
        {
            using var source = new MemoryStream(compressed.ToArray());
            using Stream inflater = raw ? new DeflateStream(source, CompressionMode.Decompress) : new ZLibStream(source, CompressionMode.Decompress);
            inflater.ReadExactly(expanded);
            return inflater.ReadByte() < 0 ? expanded : throw new FormatException($"Malformed data: more than the announced {length} bytes.");
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            throw new FormatException("Malformed data: a compressed part that does not inflate.", fault);
        }
    }
}
