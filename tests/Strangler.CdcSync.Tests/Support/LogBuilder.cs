using System.Buffers.Binary;
using System.Text;
using Strangler.CdcSync.Binlog.Events;

namespace Strangler.CdcSync.Tests.Support;

/// <summary>
/// Events as a server writes them, without checksums: for logs too large, too odd or too broken to have been recorded. One table
/// <c>store.t (id int, v varchar(2000))</c> with its columns' names.
/// </summary>
internal sealed class LogBuilder
{
    private const int TableId = 77;

    /// <summary>Where the next event begins; a log that outgrew 32 bits goes on in them.</summary>
    public long Offset { get; set; } = 4;

    public byte[] FormatDescription()
    {
        var body = new byte[2 + 50 + 4 + 1 + 41 + 1 + 4];
        BinaryPrimitives.WriteUInt16LittleEndian(body, 4);
        Encoding.ASCII.GetBytes("8.0.36").CopyTo(body, 2);
        body[56] = EventHeader.Size;
        body.AsSpan(57, 41).Fill(8);
        return Event(EventType.FormatDescription, body);
    }

    public byte[] Query(string sql)
    {
        var body = new byte[4 + 4 + 1 + 2 + 2 + "store".Length + 1 + Encoding.UTF8.GetByteCount(sql)];
        body[8] = 5;
        "store"u8.CopyTo(body.AsSpan(13));
        Encoding.UTF8.GetBytes(sql).CopyTo(body, 19);
        return Event(EventType.Query, body);
    }

    public byte[] TableMap()
    {
        using var bytes = new MemoryStream();
        bytes.Write([TableId, 0, 0, 0, 0, 0, 0, 0, 5, .. "store"u8, 0, 1, (byte)'t', 0, 2, 3, 15, 2, 0xD0, 0x07, 0b10]);
        bytes.Write([4, 5, 2, .. "id"u8, 1, (byte)'v']);
        bytes.Write([2, 1, 45]);
        return Event(EventType.TableMap, bytes.ToArray());
    }

    public byte[] Insert(int firstId, int rows, string value)
    {
        using var bytes = new MemoryStream();
        bytes.Write([TableId, 0, 0, 0, 0, 0, 1, 0, 2, 0, 2, 0b11]);
        Span<byte> head = stackalloc byte[7];
        for (var i = 0; i < rows; i++)
        {
            head[0] = 0;
            BinaryPrimitives.WriteInt32LittleEndian(head[1..], firstId + i);
            BinaryPrimitives.WriteUInt16LittleEndian(head[5..], (ushort)value.Length);
            bytes.Write(head);
            bytes.Write(Encoding.ASCII.GetBytes(value));
        }

        return Event(EventType.WriteRows, bytes.ToArray());
    }

    public byte[] Commit() => Event(EventType.Xid, new byte[8]);

    public byte[] XaPrepare(string xid) => Event(EventType.XaPrepare, [0, 1, 0, 0, 0, (byte)xid.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(xid)]);

    public byte[] Rotate(string file)
    {
        var data = Event(EventType.Rotate, [4, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(file)]);
        Offset = 4;
        return data;
    }

    public byte[] Event(EventType type, byte[] body)
    {
        var data = new byte[EventHeader.Size + body.Length];
        Offset += data.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(data, 1_800_000_000);
        data[4] = (byte)type;
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(5), 1);
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(9), data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(13), unchecked((uint)Offset));
        body.CopyTo(data, EventHeader.Size);
        return data;
    }
}
