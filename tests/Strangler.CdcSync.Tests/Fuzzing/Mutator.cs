using System.Buffers.Binary;

namespace Strangler.CdcSync.Tests.Fuzzing;

/// <summary>Damages real input in the ways that find decoders' faults. The same random numbers give the same damage.</summary>
internal sealed class Mutator(Random random)
{
    private const int MaximumSteps = 4;
    private const int MaximumInserted = 64;

    private static readonly ulong[] Boundaries =
        [0, 1, 0x7F, 0x80, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0xFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, ulong.MaxValue];

    /// <summary>A damaged copy; the first <paramref name="kept"/> bytes stay as they are.</summary>
    public byte[] Mutate(byte[] input, int kept, IReadOnlyList<byte[]> others)
    {
        var data = input.AsSpan().ToArray();
        for (var steps = random.Next(1, MaximumSteps + 1); steps > 0 && data.Length > kept; steps--)
        {
            data = Step(data, kept, others);
        }

        return data;
    }

    private byte[] Step(byte[] data, int kept, IReadOnlyList<byte[]> others)
    {
        var at = random.Next(kept, data.Length);
        switch (random.Next(9))
        {
            case 0:
                data[at] ^= (byte)(1 << random.Next(8));
                return data;
            case 1:
                data[at] = (byte)random.Next(256);
                return data;
            case 2 or 3:
                WriteBoundary(data.AsSpan(at));
                return data;
            case 4:
                return data[..at];
            case 5:
                var inserted = new byte[random.Next(1, MaximumInserted)];
                random.NextBytes(inserted);
                return [.. data[..at], .. inserted, .. data[at..]];
            case 6:
                var length = random.Next(1, Math.Min(MaximumInserted, data.Length - at) + 1);
                return [.. data[..at], .. data[(at + length)..]];
            case 7:
                var repeated = data.AsSpan(at, Math.Min(data.Length - at, random.Next(1, MaximumInserted))).ToArray();
                return [.. data[..at], .. repeated, .. data[at..]];
            default:
                var other = others[random.Next(others.Count)];
                var from = Math.Min(other.Length, kept) + random.Next(Math.Max(1, other.Length - kept));
                return from < other.Length ? [.. data[..at], .. other[from..]] : data;
        }
    }

    private void WriteBoundary(Span<byte> target)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Boundaries[random.Next(Boundaries.Length)]);
        var length = Math.Min(1 << random.Next(4), target.Length);
        if (random.Next(4) == 0)
        {
            bytes[..length].Reverse();
        }

        bytes[..length].CopyTo(target);
    }
}
