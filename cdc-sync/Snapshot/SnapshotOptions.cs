using System.ComponentModel.DataAnnotations;

namespace Strangler.CdcSync.Snapshot;

/// <summary>The section <c>Cdc:Snapshot</c>: how hard copying may press on source and target.</summary>
internal sealed class SnapshotOptions
{
    public const string Section = "Cdc:Snapshot";

    /// <summary>Tables copied side by side; each takes one connection to the source.</summary>
    [Range(1, 32)]
    public int Tables { get; set; } = 3;

    /// <summary>The time that reading or writing one chunk should take; its number of rows is led there.</summary>
    [Range(10, 60_000)]
    public int ChunkMilliseconds { get; set; } = 300;

    /// <summary>Bytes after which a chunk ends whatever its number of rows.</summary>
    [Range(64 * 1024, 512 * 1024 * 1024)]
    public int ChunkBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Copying pauses while the source has more threads at work than this; zero never asks.</summary>
    [Range(0, 100_000)]
    public int MaxThreadsRunning { get; set; } = 50;

    /// <summary>Replicas of the source whose lag matters, as connection strings.</summary>
    public List<string> Replicas { get; set; } = [];

    /// <summary>Copying pauses while one of the replicas is further behind than this, or does not say.</summary>
    [Range(0, 86_400)]
    public int MaxReplicaLagSeconds { get; set; } = 10;

    /// <summary>Copying pauses while more transactions than this were read from the stream and are not applied.</summary>
    [Range(1, 10_000_000)]
    public int MaxWaitingTransactions { get; set; } = 20_000;

    /// <summary>Keys that a chunk remembers of what the stream changes while it is read and waits; one with more is read again.</summary>
    [Range(1, 100_000_000)]
    public int MaxWindowKeys { get; set; } = 200_000;
}
