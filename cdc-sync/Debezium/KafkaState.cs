using System.Collections.Concurrent;

namespace Strangler.CdcSync.Debezium;

/// <summary>How far one partition is read: messages up to <paramref name="Offset"/> are handed on, the last known end is <paramref name="End"/>.</summary>
internal sealed record PartitionProgress(string Topic, int Partition, long Offset, long End)
{
    public long Lag => Math.Max(0, End - Offset);
}

/// <summary>What the reading side shows of itself. Safe for several threads.</summary>
internal sealed class KafkaState
{
    private IReadOnlyList<PartitionProgress> _partitions = [];
    private readonly ConcurrentDictionary<string, byte> _unknown = new();
    private long _redelivered;

    public IReadOnlyList<PartitionProgress> Partitions
    {
        get => Volatile.Read(ref _partitions);
        set => Volatile.Write(ref _partitions, value);
    }

    /// <summary>Changes that were dropped because they had been there before.</summary>
    public long Redelivered => Interlocked.Read(ref _redelivered);

    /// <summary>Completes when everything that the topics held at the start has been handed on, a snapshot's rows to the last one.</summary>
    public TaskCompletionSource CaughtUp { get; private set; } = New();

    /// <summary>Whether a table's rows are not those known, and in no topic either.</summary>
    public bool IsUnknown(string table) => _unknown.ContainsKey(table);

    public void Unknown(string table) => _unknown[table] = 0;

    public void CountRedelivered() => Interlocked.Increment(ref _redelivered);

    public void Begin() => CaughtUp = New();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
