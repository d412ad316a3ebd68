namespace Strangler.CdcSync.Binlog.Events;

/// <summary>What every event begins with. <see cref="NextPosition"/> is zero for events that are not in the log file.</summary>
internal readonly record struct EventHeader(uint Timestamp, EventType Type, uint ServerId, uint Length, uint NextPosition, ushort Flags)
{
    public const int Size = 19;

    /// <summary>Made by the server for this stream; not in any file.</summary>
    private const ushort Artificial = 0x20;

    public bool IsArtificial => (Flags & Artificial) != 0 || NextPosition == 0;

    public static EventHeader Parse(ReadOnlySpan<byte> data)
    {
        var reader = new ByteReader(data);
        return new EventHeader(reader.ReadUInt32(), (EventType)reader.ReadByte(), reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt16());
    }
}
