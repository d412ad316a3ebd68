using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>
/// Turns the bytes of one event into its meaning, following the format description and verifying checksums. Malformed input is a
/// <see cref="FormatException"/> that names the event and where it ends. A table map that is
/// sent again unchanged, as servers do for every statement, gives the same object again.
/// </summary>
internal sealed class EventDecoder(bool hasChecksums)
{
    private const int ChecksumLength = 4;
    private const byte InUse = 0x01;
    private const int FlagsOffset = 17;
    private const uint QueryNoForeignKeyChecks = 1u << 26;
    // What LOAD DATA says of its file.
    private const int LoadHeaderLength = 13;
    private const int MaximumRememberedMaps = 4096;

    private readonly Dictionary<ulong, (byte[] Body, TableMapEvent Map)> _maps = [];

    public FormatDescription Format { get; private set; } = FormatDescription.Default(hasChecksums);

    /// <summary>Decodes an event; rows and payloads keep pointing into <paramref name="data"/>.</summary>
    public (EventHeader Header, BinlogEvent Event) Decode(ReadOnlyMemory<byte> data)
    {
        var header = EventHeader.Parse(data.Span);
        try
        {
            if (header.Length != data.Length)
            {
                throw new FormatException($"Malformed data: an event of {header.Length} bytes in {data.Length}.");
            }

            return (header, DecodeBody(header, data, Format.HasChecksums));
        }
        catch (FormatException fault)
        {
            throw new FormatException($"{header.Type} event that ends at {header.NextPosition}: {fault.Message}", fault);
        }
    }

    /// <summary>Decodes an event that stands inside another: it has no checksum of its own.</summary>
    public (EventHeader Header, BinlogEvent Event) DecodeInner(ReadOnlyMemory<byte> data)
    {
        var header = EventHeader.Parse(data.Span);
        return (header, DecodeBody(header, data, hasChecksum: false));
    }

    private BinlogEvent DecodeBody(EventHeader header, ReadOnlyMemory<byte> data, bool hasChecksum)
    {
        if (header.Type == EventType.FormatDescription)
        {
            Format = FormatDescription.Parse(data.Span[EventHeader.Size..]);
            Verify(data.Span, Format.HasChecksums, clearInUse: true);
            return Format;
        }

        // A rotation made for the stream comes before the format that would tell whether it has a checksum.
        if (header.Type == EventType.Rotate && header.IsArtificial)
        {
            hasChecksum = data.Length > EventHeader.Size + 8 + ChecksumLength && IsChecksumRight(data.Span);
        }

        Verify(data.Span, hasChecksum, clearInUse: false);
        var body = data[EventHeader.Size..(hasChecksum ? ^ChecksumLength : ^0)];
        return header.Type switch
        {
            EventType.Rotate => Rotate(body.Span),
            EventType.Query => Query(body.Span, 0, compressed: false),
            EventType.ExecuteLoadQuery => Query(body.Span, LoadHeaderLength, compressed: false),
            EventType.MariaDbQueryCompressed => Query(body.Span, 0, compressed: true),
            EventType.Xid => XidEvent.Instance,
            EventType.XaPrepare => XaPrepare(body.Span),
            EventType.TableMap => TableMap(body.Span),
            EventType.Gtid => Gtid(body.Span),
            EventType.GtidTagged => TaggedGtid.Parse(body.Span),
            EventType.AnonymousGtid => AnonymousGtidEvent.Instance,
            EventType.MariaDbGtid => MariaDbGtid(body.Span, header.ServerId),
            EventType.Heartbeat => new HeartbeatEvent(Encoding.UTF8.GetString(body.Span), header.NextPosition),
            EventType.Incident => Incident(body.Span),
            EventType.TransactionPayload => TransactionPayload.Parse(body),
            EventType.MariaDbStartEncryption => throw new NotSupportedException("The source's log files are encrypted."),
            EventType.PreGaWriteRows or EventType.PreGaUpdateRows or EventType.PreGaDeleteRows
                or EventType.WriteRowsV1 or EventType.UpdateRowsV1 or EventType.DeleteRowsV1
                or (>= EventType.MariaDbWriteRowsCompressedV1 and <= EventType.MariaDbDeleteRowsCompressedV1) => Rows(header.Type, body, hasExtraData: false),
            EventType.WriteRows or EventType.UpdateRows or EventType.DeleteRows or EventType.PartialUpdateRows
                or (>= EventType.MariaDbWriteRowsCompressed and <= EventType.MariaDbDeleteRowsCompressed) => Rows(header.Type, body, hasExtraData: true),
            _ => IgnoredEvent.Instance,
        };
    }

    private TableMapEvent TableMap(ReadOnlySpan<byte> body)
    {
        var id = new ByteReader(body).ReadLittleEndian(Format.TableIdLength(EventType.TableMap));
        if (_maps.TryGetValue(id, out var known) && body.SequenceEqual(known.Body))
        {
            return known.Map;
        }

        if (_maps.Count >= MaximumRememberedMaps)
        {
            _maps.Clear();
        }

        var map = TableMapEvent.Parse(body, Format);
        _maps[id] = (body.ToArray(), map);
        return map;
    }

    private static RotateEvent Rotate(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var position = (long)reader.ReadUInt64();
        return new RotateEvent(Encoding.UTF8.GetString(reader.TakeRest()), position);
    }

    private static QueryEvent Query(ReadOnlySpan<byte> body, int moreHeader, bool compressed)
    {
        var reader = new ByteReader(body);
        var thread = reader.ReadUInt32();
        reader.Skip(4);
        var databaseLength = reader.ReadByte();
        reader.Skip(2);
        var variablesLength = reader.ReadUInt16();
        reader.Skip(moreHeader);
        var variables = new ByteReader(reader.Take(variablesLength));
        // The session's flags come first among the status variables, when they are there.
        var flags = variables.Remaining >= 5 && variables.ReadByte() == 0 ? variables.ReadUInt32() : 0;
        var database = reader.ReadUtf8(databaseLength);
        reader.Skip(1);
        var sql = compressed ? CompressedPart.Expand(reader.TakeRest(), 1100) : reader.TakeRest();
        return new QueryEvent(database, Encoding.UTF8.GetString(sql), (flags & QueryNoForeignKeyChecks) == 0, thread);
    }

    private static XaPrepareEvent XaPrepare(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var onePhase = reader.ReadByte() != 0;
        var format = reader.ReadUInt32();
        var (global, branch) = ((int)reader.ReadUInt32(), (int)reader.ReadUInt32());
        return new XaPrepareEvent(onePhase, $"X'{Convert.ToHexString(reader.Take(global))}',X'{Convert.ToHexString(reader.Take(branch))}',{format}");
    }

    private static GtidEvent Gtid(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        reader.Skip(1);
        var source = new Guid(reader.Take(16), bigEndian: true);
        var number = (long)reader.ReadUInt64();
        return new GtidEvent(source, "", number, CommittedAt(ref reader));
    }

    // After the logical clock: 55 bits of microseconds here, and the same for the first server when the highest bit says that they differ.
    private static long? CommittedAt(ref ByteReader reader)
    {
        const int LogicalClock = 17;
        const ulong Differs = 1UL << 55;
        if (reader.Remaining < LogicalClock + 7)
        {
            return null;
        }

        reader.Skip(LogicalClock);
        var here = reader.ReadLittleEndian(7);
        return (long)((here & Differs) == 0 ? here : reader.ReadLittleEndian(7));
    }

    private static MariaDbGtidEvent MariaDbGtid(ReadOnlySpan<byte> body, uint server)
    {
        var reader = new ByteReader(body);
        var sequence = reader.ReadUInt64();
        var domain = reader.ReadUInt32();
        return new MariaDbGtidEvent(domain, server, sequence, reader.ReadByte());
    }

    private static IncidentEvent Incident(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        reader.Skip(2);
        return new IncidentEvent(Encoding.UTF8.GetString(reader.Take(reader.ReadByte())));
    }

    private RowsEvent Rows(EventType type, ReadOnlyMemory<byte> body, bool hasExtraData)
    {
        var reader = new ByteReader(body.Span);
        var id = reader.ReadLittleEndian(Format.TableIdLength(type));
        var flags = (RowsFlags)reader.ReadUInt16();
        if (hasExtraData)
        {
            reader.Skip(reader.ReadUInt16() - 2);
        }

        return new RowsEvent(type, id, flags, body[reader.Offset..]);
    }

    private static void Verify(ReadOnlySpan<byte> data, bool hasChecksum, bool clearInUse)
    {
        if (!hasChecksum)
        {
            return;
        }

        if (data.Length < EventHeader.Size + ChecksumLength)
        {
            throw new FormatException("Malformed data: too short for a checksum.");
        }

        // The first event's flag "file in use" is set and cleared without a new checksum.
        if (clearInUse && (data[FlagsOffset] & InUse) != 0)
        {
            var copy = data.ToArray();
            copy[FlagsOffset] &= unchecked((byte)~InUse);
            data = copy;
        }

        if (!IsChecksumRight(data))
        {
            throw new FormatException("the checksum is wrong: the event was damaged on disk or on the way.");
        }
    }

    private static bool IsChecksumRight(ReadOnlySpan<byte> data) =>
        Crc32.HashToUInt32(data[..^ChecksumLength]) == BinaryPrimitives.ReadUInt32LittleEndian(data[^ChecksumLength..]);
}
