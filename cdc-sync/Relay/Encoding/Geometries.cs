using System.Buffers.Binary;
using System.Text.Json;

namespace Strangler.CdcSync.Relay.Encoding;

/// <summary>The servers store a geometry as its SRID in four bytes and the well-known binary form; messages hold the two apart.</summary>
internal static class Geometries
{
    private const int SridLength = 4;
    private const int PointLength = SridLength + 1 + 4 + 16;

    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> stored)
    {
        writer.WriteStartObject();
        WriteShared(writer, stored);
        writer.WriteEndObject();
    }

    public static void WritePoint(Utf8JsonWriter writer, ReadOnlySpan<byte> stored)
    {
        if (stored.Length != PointLength)
        {
            throw new FormatException($"Malformed data: a POINT of {stored.Length} bytes.");
        }

        var isLittleEndian = stored[SridLength] == 1;
        var numbers = stored[(PointLength - 16)..];
        writer.WriteStartObject();
        writer.WriteNumber("x", Number(numbers, isLittleEndian));
        writer.WriteNumber("y", Number(numbers[8..], isLittleEndian));
        WriteShared(writer, stored);
        writer.WriteEndObject();
    }

    private static double Number(ReadOnlySpan<byte> bytes, bool isLittleEndian) =>
        isLittleEndian ? BinaryPrimitives.ReadDoubleLittleEndian(bytes) : BinaryPrimitives.ReadDoubleBigEndian(bytes);

    private static void WriteShared(Utf8JsonWriter writer, ReadOnlySpan<byte> stored)
    {
        if (stored.Length < SridLength)
        {
            throw new FormatException($"Malformed data: a geometry of {stored.Length} bytes.");
        }

        writer.WriteBase64String("wkb", stored[SridLength..]);
        var srid = BinaryPrimitives.ReadInt32LittleEndian(stored);
        if (srid == 0)
        {
            writer.WriteNull("srid");
        }
        else
        {
            writer.WriteNumber("srid", srid);
        }
    }
}
