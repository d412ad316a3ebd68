namespace Strangler.CdcSync.Binlog.Events;

/// <summary>An event of the log, decoded. Rows are not: see <see cref="RowsEvent"/>.</summary>
internal abstract record BinlogEvent;

/// <summary>An event that says nothing about data.</summary>
internal sealed record IgnoredEvent : BinlogEvent
{
    public static IgnoredEvent Instance { get; } = new();
}

/// <summary>The log goes on in another file.</summary>
internal sealed record RotateEvent(string File, long Position) : BinlogEvent;

/// <summary>A statement: BEGIN, COMMIT, DDL, or DML that was not logged as rows.</summary>
internal sealed record QueryEvent(string Database, string Sql, bool ForeignKeyChecks, uint Thread) : BinlogEvent;

/// <summary>A transaction ends with a commit.</summary>
internal sealed record XidEvent : BinlogEvent
{
    public static XidEvent Instance { get; } = new();
}

/// <summary>A prepared distributed transaction; <see cref="OnePhase"/> means that it is committed at once.</summary>
internal sealed record XaPrepareEvent(bool OnePhase, string Xid) : BinlogEvent;

/// <summary>MySQL's GTID of the transaction that follows, and when it was committed where it was first committed, in microseconds since 1970 (null before 8.0).</summary>
internal sealed record GtidEvent(Guid Source, string Tag, long Number, long? CommittedAt = null) : BinlogEvent
{
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Source}:{(Tag.Length > 0 ? Tag + ":" : "")}{Number}");
}

/// <summary>Marks that a transaction without GTID follows.</summary>
internal sealed record AnonymousGtidEvent : BinlogEvent
{
    public static AnonymousGtidEvent Instance { get; } = new();
}

/// <summary>MariaDB's GTID of the group that follows. A standalone group is one statement without a commit.</summary>
internal sealed record MariaDbGtidEvent(uint Domain, uint Server, ulong Sequence, byte Flags) : BinlogEvent
{
    private const byte Standalone = 1;

    public bool IsStandalone => (Flags & Standalone) != 0;
}

/// <summary>The server is alive and has nothing new beyond the place named.</summary>
internal sealed record HeartbeatEvent(string File, long Position) : BinlogEvent;

/// <summary>The server lost events (an incident): what follows is not the whole truth.</summary>
internal sealed record IncidentEvent(string Message) : BinlogEvent;

/// <summary>Row changes of one table; the rows are decoded only when somebody wants them.</summary>
internal sealed record RowsEvent(EventType Type, ulong TableId, RowsFlags Flags, ReadOnlyMemory<byte> Body) : BinlogEvent
{
    private const int MaximumRatio = 1100;

    public bool IsWrite => Type is EventType.WriteRows or EventType.WriteRowsV1 or EventType.PreGaWriteRows
        or EventType.MariaDbWriteRowsCompressed or EventType.MariaDbWriteRowsCompressedV1;

    public bool IsDelete => Type is EventType.DeleteRows or EventType.DeleteRowsV1 or EventType.PreGaDeleteRows
        or EventType.MariaDbDeleteRowsCompressed or EventType.MariaDbDeleteRowsCompressedV1;

    public bool IsUpdate => !IsWrite && !IsDelete;

    /// <summary>Whether rows after the change may hold differences of JSON documents.</summary>
    public bool IsPartial => Type == EventType.PartialUpdateRows;

    public bool IsCompressed => Type is >= EventType.MariaDbWriteRowsCompressedV1 and <= EventType.MariaDbDeleteRowsCompressed;

    /// <summary>The same event without compression.</summary>
    public RowsEvent Expanded()
    {
        if (!IsCompressed)
        {
            return this;
        }

        var reader = new ByteReader(Body.Span);
        var columns = reader.ReadLengthEncoded();
        var bitmaps = columns <= TableMapEvent.MaximumColumns ? ((int)columns + 7) / 8 * (IsUpdate ? 2 : 1) : throw reader.Malformed($"rows of {columns} columns");
        reader.Skip(bitmaps);
        var head = Body.Span[..reader.Offset];
        var rows = CompressedPart.Expand(reader.TakeRest(), MaximumRatio);
        var body = new byte[head.Length + rows.Length];
        head.CopyTo(body);
        rows.CopyTo(body, head.Length);
        return this with { Type = IsWrite ? EventType.WriteRows : IsDelete ? EventType.DeleteRows : EventType.UpdateRows, Body = body };
    }
}

[Flags]
internal enum RowsFlags : ushort
{
    None = 0,
    StatementEnd = 1,
    NoForeignKeyChecks = 2,
}

/// <summary>Several events in one compressed event.</summary>
internal sealed record TransactionPayloadEvent(ReadOnlyMemory<byte> Payload, bool Compressed) : BinlogEvent;
