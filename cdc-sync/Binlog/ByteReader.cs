using System.Buffers.Binary;
using System.Text;

namespace Strangler.CdcSync.Binlog;

/// <summary>
/// Reads the primitive types of the protocol and the log from a span. Every length is checked before it is used; input that is too
/// short or impossible gives a <see cref="FormatException"/> naming the offset, never another exception and never a large allocation.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    public int Offset { get; private set; }

    public readonly int Remaining => _data.Length - Offset;

    public readonly ReadOnlySpan<byte> Rest => _data[Offset..];

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint ReadUInt24()
    {
        var bytes = Take(3);
        return (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16));
    }

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ulong ReadUInt48()
    {
        var bytes = Take(6);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) << 32);
    }

    /// <summary>A big-endian unsigned number of one to eight bytes.</summary>
    public ulong ReadBigEndian(int length)
    {
        if (length is < 0 or > 8)
        {
            throw Malformed($"a number of {length} bytes");
        }

        ulong value = 0;
        foreach (var part in Take(length))
        {
            value = (value << 8) | part;
        }

        return value;
    }

    /// <summary>A little-endian unsigned number of one to eight bytes.</summary>
    public ulong ReadLittleEndian(int length)
    {
        if (length is < 0 or > 8)
        {
            throw Malformed($"a number of {length} bytes");
        }

        var bytes = Take(length);
        ulong value = 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    /// <summary>A length-encoded integer; the NULL marker is malformed here.</summary>
    public ulong ReadLengthEncoded() => ReadByte() switch
    {
        < 0xFB and var small => small,
        0xFC => ReadUInt16(),
        0xFD => ReadUInt24(),
        0xFE => ReadUInt64(),
        var other => throw Malformed($"a length-encoded integer that begins with 0x{other:X2}"),
    };

    /// <summary>A length-encoded integer that counts bytes or items to come, each of which takes at least one byte.</summary>
    public int ReadLength()
    {
        var length = ReadLengthEncoded();
        return length <= (ulong)Remaining ? (int)length : throw Malformed($"a length of {length} where {Remaining} bytes are left");
    }

    public ReadOnlySpan<byte> ReadLengthEncodedBytes() => Take(ReadLength());

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > Remaining)
        {
            throw Malformed($"{length} bytes where {Remaining} are left");
        }

        var bytes = _data.Slice(Offset, length);
        Offset += length;
        return bytes;
    }

    public ReadOnlySpan<byte> TakeRest() => Take(Remaining);

    public void Skip(int length) => Take(length);

    public ReadOnlySpan<byte> ReadNullTerminated()
    {
        var end = Rest.IndexOf((byte)0);
        if (end < 0)
        {
            throw Malformed("a string without its closing zero");
        }

        var bytes = Take(end);
        Skip(1);
        return bytes;
    }

    public string ReadUtf8(int length) => Encoding.UTF8.GetString(Take(length));

    public readonly FormatException Malformed(string found) => new($"Malformed data at byte {Offset} of {_data.Length}: {found}.");
}
