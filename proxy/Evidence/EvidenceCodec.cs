using System.Buffers;

namespace Strangler.Proxy.Evidence;

/// <summary>
/// Counts as bytes for the control database: for each that is not zero, its distance from the one before and the count, as variable-length
/// integers. A reader takes what it does not know (a newer replica's counts beyond its own) for absent.
/// </summary>
internal static class EvidenceCodec
{
    public static byte[] Write(ReadOnlySpan<long> counts)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var last = -1;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] != 0)
            {
                Append(bytes, (ulong)(i - last));
                Append(bytes, (ulong)counts[i]);
                last = i;
            }
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Adds what was written to <paramref name="into"/>.</summary>
    public static void AddTo(ReadOnlySpan<byte> bytes, Span<long> into)
    {
        long at = -1;
        while (!bytes.IsEmpty)
        {
            at += (long)Read(ref bytes);
            var count = (long)Read(ref bytes);
            if (at >= 0 && at < into.Length)
            {
                into[(int)at] += count;
            }
        }
    }

    private static void Append(ArrayBufferWriter<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Write([(byte)(value | 0x80)]);
        }

        bytes.Write([(byte)value]);
    }

    private static ulong Read(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (bytes.IsEmpty)
            {
                throw new FormatException("Evidence ends within a number.");
            }

            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("Evidence holds a number of more than 64 bits.");
    }
}
