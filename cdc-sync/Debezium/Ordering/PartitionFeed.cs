using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>What a topic is for.</summary>
internal enum TopicRole
{
    Rows,
    SchemaChanges,
    Transactions,
}

/// <summary>One partition as it is read: what waits, how far it is read, how far its changes are handed on. One thread.</summary>
internal sealed class PartitionFeed(int index, string topic, int partition, TopicRole role, TableName? table)
{
    public int Index { get; } = index;

    public string Topic { get; } = topic;

    public int Partition { get; } = partition;

    public TopicRole Role { get; } = role;

    /// <summary>The table that the topic's name stands for, null when it does not tell.</summary>
    public TableName? Table { get; } = table;

    /// <summary>Messages that wait for their turn, in their order.</summary>
    public Queue<ChangeRecord> Waiting { get; } = [];

    /// <summary>Bytes of the waiting messages.</summary>
    public long Bytes { get; set; }

    /// <summary>The next message to be read.</summary>
    public long Next { get; set; }

    /// <summary>The place in the source's log of the last message read.</summary>
    public OrderKey Last { get; set; }

    public bool HasLast { get; set; }

    /// <summary>The GTID of the last message read that had one; on the transaction topic the last one's id.</summary>
    public string? LastGtid { get; set; }

    /// <summary>The first message that is not handed on.</summary>
    public PartitionCursor Done { get; set; }

    /// <summary>Where <see cref="Done"/> will be when the open transaction is complete.</summary>
    public PartitionCursor Open { get; set; }

    /// <summary>What was changed at <see cref="Last"/>, as hashes of keys and operations.</summary>
    public HashSet<ulong> AtLast { get; } = [];

    public bool IsPaused { get; set; }

    /// <summary>Where the partition ended when that was last asked; what was written before the question lies before it.</summary>
    public long End { get; set; }

    /// <summary>When <see cref="End"/> was asked for.</summary>
    public long AskedAt { get; set; }

    /// <summary>When something new was last seen of it.</summary>
    public long GrewAt { get; set; }

    /// <summary>Whether a row of the stream was read from it, after which no snapshot's row comes any more.</summary>
    public bool IsStreaming { get; set; }

    /// <summary>Where the partition ended when it was found.</summary>
    public long FirstEnd { get; set; }

    /// <summary>When it was found.</summary>
    public long FoundAt { get; set; }

    public bool HasReachedEnd => Next >= End;
}
