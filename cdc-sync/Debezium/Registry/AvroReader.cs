namespace Strangler.CdcSync.Debezium.Registry;

/// <summary>Reads Avro's binary form with every length checked against what is there. https://avro.apache.org/docs/1.12.0/specification/#binary-encoding</summary>
internal ref struct AvroReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    public readonly int Remaining => _data.Length - _at;

    public long ReadLong()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = ReadByte();
            value |= (ulong)(part & 0x7F) << shift;
            if ((part & 0x80) == 0)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new FormatException("Malformed Avro: a number without end.");
    }

    public bool ReadBoolean() => ReadByte() != 0;

    public float ReadFloat() => System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double ReadDouble() => System.Buffers.Binary.BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ReadOnlySpan<byte> ReadBytes() => Take(ReadLong());

    public ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > Remaining)
        {
            throw new FormatException($"Malformed Avro: {length} bytes where {Remaining} are left.");
        }

        var part = _data.Slice(_at, (int)length);
        _at += (int)length;
        return part;
    }

    private byte ReadByte() => _at < _data.Length ? _data[_at++] : throw new FormatException("Malformed Avro: it ends in the middle.");
}
