using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium.Envelope;

/// <summary>What a message on a topic with rows says.</summary>
internal enum RecordKind
{
    /// <summary>A row was there, came, changed or went.</summary>
    Row,

    /// <summary>The table was emptied.</summary>
    Truncate,

    /// <summary>A key without a value: for compaction, or the only word of a delete.</summary>
    Tombstone,

    /// <summary>Something that touches no row.</summary>
    Nothing,

    /// <summary>A statement that changed definitions.</summary>
    SchemaChange,

    /// <summary>It cannot be understood.</summary>
    Poison,
}

/// <summary>
/// Where a change stands in the source's log, as its message tells; comparable between all topics of a connector. The epoch grows when the
/// connector goes over to another server, whose log counts anew.
/// </summary>
internal readonly record struct OrderKey(int Epoch, long File, long Offset, int Row) : IComparable<OrderKey>
{
    public int CompareTo(OrderKey other)
    {
        var order = Epoch.CompareTo(other.Epoch);
        order = order != 0 ? order : File.CompareTo(other.File);
        order = order != 0 ? order : Offset.CompareTo(other.Offset);
        return order != 0 ? order : Row.CompareTo(other.Row);
    }

    public static bool operator <(OrderKey left, OrderKey right) => left.CompareTo(right) < 0;

    public static bool operator >(OrderKey left, OrderKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(OrderKey left, OrderKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(OrderKey left, OrderKey right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// One message, read so far that it can be put in order; its row is decoded when its turn comes, with the definition that the table had then.
/// </summary>
internal sealed class ChangeRecord
{
    public RecordKind Kind { get; set; }

    /// <summary>The operation's letter, <c>c</c>, <c>u</c>, <c>d</c>, <c>r</c>, <c>t</c> or <c>m</c>.</summary>
    public char Operation { get; set; }

    public TableName Table { get; set; }

    /// <summary>The message as JSON, without its schema.</summary>
    public ReadOnlyMemory<byte> Payload { get; set; }

    public ReadOnlyMemory<byte> Before { get; set; }

    public ReadOnlyMemory<byte> After { get; set; }

    /// <summary>The message's key as JSON, without its schema.</summary>
    public ReadOnlyMemory<byte> Key { get; set; }

    /// <summary>What the message says of the row's fields, null when it says nothing.</summary>
    public FieldSchema? RowSchema { get; set; }

    public FieldSchema? KeySchema { get; set; }

    /// <summary>The log file of the source, empty when the message does not tell.</summary>
    public string File { get; set; } = "";

    public long Offset { get; set; }

    public int Row { get; set; }

    public string? Gtid { get; set; }

    public string? Transaction { get; set; }

    /// <summary>Its number among all changes of its transaction, zero when the message does not tell.</summary>
    public int TotalOrder { get; set; }

    /// <summary>The source's <c>snapshot</c>: null or <c>false</c> for the stream.</summary>
    public string? Snapshot { get; set; }

    public long CommittedAtMilliseconds { get; set; }

    public string? Connector { get; set; }

    /// <summary>The header <c>__debezium.newkey</c>: this delete is half of a change of the key.</summary>
    public bool IsHalfOfKeyChange { get; set; }

    /// <summary>The header <c>__debezium.oldkey</c>: the key that the row had, when this is the other half.</summary>
    public ReadOnlyMemory<byte> OldKey { get; set; }

    public bool IsUnwrapped { get; set; }

    /// <summary>Why it cannot be understood.</summary>
    public string? Fault { get; set; }

    public OrderKey Order { get; set; }

    /// <summary>Since when others that were written with it are waited for.</summary>
    public long KnownSince { get; set; }

    public int Partition { get; set; }

    public long MessageOffset { get; set; }

    public int Bytes { get; set; }

    public bool IsSnapshot => Snapshot is not (null or "false");

    public bool HasPosition => File.Length > 0;
}
