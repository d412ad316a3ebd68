using System.Text;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>
/// MySQL's GTID event with a tag, written in the server's self-describing form: numbered fields, each number in one to nine bytes whose
/// first byte tells by its trailing ones how many follow.
/// </summary>
/// <remarks>https://dev.mysql.com/doc/dev/mysql-server/latest/PageLibsMysqlSerialization.html</remarks>
internal static class TaggedGtid
{
    private const int UuidLength = 16;
    private const int MaximumTagLength = 32;

    public static GtidEvent Parse(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        ReadUnsigned(ref reader);
        ReadUnsigned(ref reader);
        ReadUnsigned(ref reader);
        Expect(ref reader, 0);
        ReadUnsigned(ref reader);
        Expect(ref reader, 1);
        Span<byte> uuid = stackalloc byte[UuidLength];
        foreach (ref var part in uuid)
        {
            part = (byte)ReadUnsigned(ref reader);
        }

        Expect(ref reader, 2);
        var number = ReadSigned(ref reader);
        Expect(ref reader, 3);
        var length = ReadUnsigned(ref reader);
        var tag = length <= MaximumTagLength ? Encoding.ASCII.GetString(reader.Take((int)length)) : throw reader.Malformed($"a GTID tag of {length} bytes");
        return new GtidEvent(new Guid(uuid, bigEndian: true), tag, number);
    }

    private static void Expect(ref ByteReader reader, ulong field)
    {
        var found = ReadUnsigned(ref reader);
        if (found != field)
        {
            throw reader.Malformed($"field {found} where field {field} of a GTID belongs");
        }
    }

    private static ulong ReadUnsigned(ref ByteReader reader)
    {
        var first = reader.ReadByte();
        var more = System.Numerics.BitOperations.TrailingZeroCount((uint)~first);
        if (more >= 8)
        {
            return reader.ReadUInt64();
        }

        var rest = reader.ReadLittleEndian(more);
        var firstBits = (ulong)first >> (more + 1);
        return firstBits | (rest << (7 - more));
    }

    // Signed numbers are folded so that small negatives stay small.
    private static long ReadSigned(ref ByteReader reader)
    {
        var folded = ReadUnsigned(ref reader);
        return (long)(folded >> 1) ^ -(long)(folded & 1);
    }
}
