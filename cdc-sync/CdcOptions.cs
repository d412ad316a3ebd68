using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Invalidation;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync;

/// <summary>The section <c>Cdc</c>; the source's connection string is <c>ConnectionStrings:Source</c>.</summary>
internal sealed class CdcOptions
{
    public const string Section = "Cdc";

    /// <summary>The database of the source whose tables are mirrored.</summary>
    [Required]
    public string SourceDatabase { get; set; } = "";

    /// <summary>The services that have a mirror; there may be none where only a relay runs.</summary>
    [Required, ValidateEnumeratedItems]
    public List<TargetOptions> Targets { get; set; } = [];

    /// <summary>The replica id under which the log is read, and the next ones for further targets; zero chooses one at random.</summary>
    public uint ServerId { get; set; }

    /// <summary>How often the server says that it is alive while nothing happens.</summary>
    [Range(0.1, 60)]
    public double HeartbeatSeconds { get; set; } = 1;

    /// <summary>How often the source's position and the projections' are read for the lag.</summary>
    [Range(5, 10000)]
    public int SampleMilliseconds { get; set; } = 50;

    /// <summary>The most rows read from the source at once while a table is copied.</summary>
    [Range(10, 1000000)]
    public int ChunkRows { get; set; } = 50_000;

    /// <summary>How copying goes about it.</summary>
    [ValidateObjectMembers]
    public SnapshotOptions Snapshot { get; set; } = new();

    /// <summary>Row changes after which a batch is committed even though more are waiting.</summary>
    [Range(1, 1000000)]
    public int BatchRows { get; set; } = 20_000;

    /// <summary>Log bytes that may wait to be applied; reading pauses beyond.</summary>
    [Range(1024 * 1024, int.MaxValue)]
    public int QueueBytes { get; set; } = 64 * 1024 * 1024;

    [ValidateObjectMembers]
    public HeartbeatOptions Heartbeat { get; set; } = new();

    [ValidateObjectMembers]
    public RetentionOptions Retention { get; set; } = new();

    [ValidateObjectMembers]
    public VerifyOptions Verify { get; set; } = new();

    [ValidateObjectMembers]
    public InvalidationOptions Invalidation { get; set; } = new();

    /// <summary>Where the changes of large transactions lie until they are applied; empty for the system's temporary folder.</summary>
    public string SpoolFolder { get; set; } = "";

    /// <summary>Log bytes of one transaction that are kept in memory; what is beyond goes to the spool folder.</summary>
    [Range(0, int.MaxValue)]
    public int TransactionMemoryBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// What the name of a table ends with that trades places with a mirrored one by RENAME. It is mirrored too where there is one, so that the
    /// swap is followed at once; empty for never.
    /// </summary>
    public string ReplicaSuffix { get; set; } = "_replica";

    /// <summary>What follows when rows of a mirrored table were changed by a statement that was logged as text.</summary>
    public StatementPolicy OnStatement { get; set; } = StatementPolicy.Recopy;

    /// <summary>Debezium's topics as the source of changes, in place of the server's log.</summary>
    [ValidateObjectMembers]
    public KafkaOptions Kafka { get; set; } = new();
}

/// <summary>What follows a change that the log does not show.</summary>
internal enum StatementPolicy
{
    /// <summary>The table is compared with the source and made equal.</summary>
    Recopy,

    /// <summary>The target stops.</summary>
    Stop,
}

/// <summary>One service's mirror.</summary>
internal sealed class TargetOptions
{
    /// <summary>The service's <c>subscription.json</c>.</summary>
    [Required]
    public string Subscription { get; set; } = "";

    /// <summary>The service's <c>entities.json</c>; empty for the one beside the subscription, when there is one.</summary>
    public string? Entities { get; set; }

    /// <summary>The service's own database.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>The service's base address, told after each batch; empty for none.</summary>
    [Url]
    public string? Notify { get; set; }
}

[OptionsValidator]
internal sealed partial class CdcOptionsValidator : IValidateOptions<CdcOptions>;
