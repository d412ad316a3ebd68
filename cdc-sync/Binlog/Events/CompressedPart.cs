using Strangler.CdcSync.Binlog.Values;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>A compressed part of a MariaDB event: the length of the length in the low bits, the length big-endian, a zlib stream.</summary>
internal static class CompressedPart
{
    public static byte[] Expand(ReadOnlySpan<byte> data, int maximumRatio)
    {
        var reader = new ByteReader(data);
        var header = reader.ReadByte();
        if ((header & 0x70) != 0)
        {
            throw reader.Malformed($"compression method {(header & 0x70) >> 4}");
        }

        var length = reader.ReadBigEndian(header & 0x07);
        return Inflate.Expand(reader.TakeRest(), length, raw: false, maximumRatio);
    }
}
