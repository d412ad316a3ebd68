using System.Buffers.Binary;

namespace Strangler.CdcSync.Binlog.Protocol;

/// <summary>
/// Packets over a byte stream: a three-byte length, a sequence number, a payload; payloads of 16 MB and more come in several packets.
/// Not safe for several threads. See https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html.
/// </summary>
internal sealed class PacketStream(Stream stream) : IAsyncDisposable
{
    private const int HeaderLength = 4;
    private const int MaximumPart = 0xFFFFFF;

    private byte[] _buffer = new byte[128 * 1024];
    private byte[]? _large;
    private int _start;
    private int _end;
    private byte _sequence;

    public Stream Stream { get; private set; } = stream;

    /// <summary>Goes on over an encrypted stream. Nothing read before may be left over: a peer that sent more would smuggle plain text in.</summary>
    public void Upgrade(Stream encrypted)
    {
        if (_start != _end)
        {
            throw new FormatException("The server sent data between its greeting and the TLS handshake.");
        }

        Stream = encrypted;
    }

    public void BeginCommand() => _sequence = 0;

    /// <summary>The next payload; the memory is valid until the next read.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_end - _start < HeaderLength)
        {
            return ReadPartsAsync(cancellationToken);
        }

        // Most packets are small and came together with others: nothing to wait for.
        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start)) & MaximumPart;
        return length < MaximumPart && _end - _start - HeaderLength >= length ? new(Take(length)) : ReadPartsAsync(cancellationToken);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadPartsAsync(CancellationToken cancellationToken)
    {
        var (part, length) = await ReadPartAsync(cancellationToken);
        if (length < MaximumPart)
        {
            return part;
        }

        var total = 0;
        while (true)
        {
            if (_large is null || _large.Length < total + length)
            {
                Array.Resize(ref _large, checked((int)Math.Max((uint)(total + length), Math.Min((uint)total * 2, (uint)Array.MaxLength))));
            }

            part.CopyTo(_large.AsMemory(total));
            total += length;
            if (length < MaximumPart)
            {
                var payload = _large.AsMemory(0, total);
                // An event this large is rare; its memory is not kept for the life of the connection.
                _large = null;
                return payload;
            }

            (part, length) = await ReadPartAsync(cancellationToken);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = Math.Min(payload.Length, MaximumPart);
            var packet = new byte[HeaderLength + length];
            BinaryPrimitives.WriteInt32LittleEndian(packet, length);
            packet[3] = _sequence++;
            payload[..length].CopyTo(packet.AsMemory(HeaderLength));
            await Stream.WriteAsync(packet, cancellationToken);
            payload = payload[length..];
            if (length < MaximumPart)
            {
                break;
            }
        }

        await Stream.FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private async ValueTask<(ReadOnlyMemory<byte> Payload, int Length)> ReadPartAsync(CancellationToken cancellationToken)
    {
        await FillAsync(HeaderLength, cancellationToken);
        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start)) & MaximumPart;
        await FillAsync(HeaderLength + length, cancellationToken);
        return (Take(length), length);
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        // The server restarts its numbering at will while it streams a log, so the number is followed and not checked.
        _sequence = (byte)(_buffer[_start + 3] + 1);
        var payload = _buffer.AsMemory(_start + HeaderLength, length);
        _start += HeaderLength + length;
        return payload;
    }

    private async ValueTask FillAsync(int needed, CancellationToken cancellationToken)
    {
        if (_end - _start >= needed)
        {
            return;
        }

        if (_start > 0 && _buffer.Length - _start < needed)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        while (_end - _start < needed)
        {
            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, MaximumPart + HeaderLength + 1024));
            }

            var read = await Stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException("The server closed the connection.");
            }

            _end += read;
        }
    }
}
