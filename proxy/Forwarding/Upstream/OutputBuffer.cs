using System.Buffers.Text;
using System.Text;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>A growing byte buffer for a message head. One byte per character, so what Kestrel read as Latin-1 goes out as the same bytes.</summary>
internal sealed class OutputBuffer
{
    private const int InitialSize = 4 * 1024;
    private const int KeptSize = 32 * 1024;
    private byte[] _bytes = new byte[InitialSize];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptSize)
        {
            _bytes = new byte[InitialSize];
        }
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        Length += value.Length;
    }

    public void Write(string value)
    {
        Encoding.Latin1.GetBytes(value, Reserve(value.Length));
        Length += value.Length;
    }

    public void Write(long value)
    {
        _ = Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        Length += written;
    }

    public void WriteHex(int value)
    {
        _ = Utf8Formatter.TryFormat(value, Reserve(8), out var written, new System.Buffers.StandardFormat('x'));
        Length += written;
    }

    public void WriteField(string name, string value)
    {
        var size = name.Length + value.Length + 4;
        var room = Reserve(size);
        Encoding.Latin1.GetBytes(name, room);
        room[name.Length] = (byte)':';
        room[name.Length + 1] = (byte)' ';
        Encoding.Latin1.GetBytes(value, room[(name.Length + 2)..]);
        room[size - 2] = (byte)'\r';
        room[size - 1] = (byte)'\n';
        Length += size;
    }

    private Span<byte> Reserve(int size)
    {
        if (_bytes.Length - Length < size)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + size));
        }

        return _bytes.AsSpan(Length, size);
    }
}
