using System.Runtime.InteropServices;
using ZstdSharp;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>MySQL's compressed transaction: its fields, and the events inside, which are decompressed one after the other.</summary>
/// <remarks>https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Transaction__payload__event.html</remarks>
internal static class TransactionPayload
{
    private const ulong EndMark = 0;
    private const ulong CompressionType = 2;
    private const ulong Zstandard = 0;
    private const ulong Uncompressed = 255;

    private const int FirstBuffer = 64 * 1024;

    // The largest packet a server can be told to send.
    private const uint MaximumEvent = 1u << 30;

    public static TransactionPayloadEvent Parse(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.Span);
        var compression = Zstandard;
        while (true)
        {
            var field = reader.ReadLengthEncoded();
            if (field == EndMark)
            {
                break;
            }

            var value = new ByteReader(reader.ReadLengthEncodedBytes());
            if (field == CompressionType)
            {
                compression = value.ReadLengthEncoded();
            }
        }

        return compression is Zstandard or Uncompressed
            ? new TransactionPayloadEvent(body[reader.Offset..], compression == Zstandard)
            : throw reader.Malformed($"a transaction payload of compression type {compression}");
    }

    /// <summary>The events inside, decompressed one after the other; the memory of each is valid until the next.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Events(TransactionPayloadEvent payload)
    {
        using var bytes = Readable(payload.Payload);
        using Stream stream = payload.Compressed ? new DecompressionStream(bytes) : bytes;
        var data = new byte[FirstBuffer];
        while (true)
        {
            var read = ReadUpTo(stream, data.AsSpan(0, EventHeader.Size));
            if (read == 0)
            {
                yield break;
            }

            var length = read == EventHeader.Size ? EventHeader.Parse(data).Length : 0;
            if (length is < EventHeader.Size or > MaximumEvent)
            {
                throw new FormatException($"Malformed transaction payload: an event of {length} bytes.");
            }

            data = ReadEvent(stream, data, (int)length);
            yield return data.AsMemory(0, (int)length);
        }
    }

    private static MemoryStream Readable(ReadOnlyMemory<byte> payload) => MemoryMarshal.TryGetArray(payload, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(payload.ToArray(), writable: false);

    // Memory follows what really comes out, not what the header claims.
    private static byte[] ReadEvent(Stream stream, byte[] data, int length)
    {
        var filled = EventHeader.Size;
        while (true)
        {
            var wanted = Math.Min(length, data.Length);
            filled += ReadUpTo(stream, data.AsSpan(filled, wanted - filled));
            if (filled == length)
            {
                return data;
            }

            if (filled < wanted)
            {
                throw new FormatException($"Malformed transaction payload: ends after {filled} of an event's {length} bytes.");
            }

            Array.Resize(ref data, (int)Math.Min(length, data.Length * 2L));
        }
    }

    private static int ReadUpTo(Stream stream, Span<byte> target)
    {
        try
        {
            return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (Exception fault) when (fault is ZstdException or EndOfStreamException or InvalidDataException)
        {
            throw new FormatException("Malformed transaction payload: it does not decompress.", fault);
        }
    }
}
