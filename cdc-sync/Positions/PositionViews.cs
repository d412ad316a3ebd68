using System.Text.Json.Serialization;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Positions;

/// <param name="Source">The source.</param>
/// <param name="Retention">How long it keeps its log.</param>
/// <param name="Services">The targets.</param>
/// <param name="Invalidation">Id of an event of <c>/invalidations</c>: who has heard it has heard of all that the services are said to have.</param>
internal sealed record PositionsView(SourceView Source, Retention? Retention, IReadOnlyList<ServiceView> Services, string Invalidation);

internal sealed record SourceView(SourcePosition? Position, DateTimeOffset? ReadAt, bool Connected);

internal sealed record ServiceView(
    string Service, string State, string? Reason, SourcePosition? Read, SourcePosition? Applied, SourcePosition? Projected, long Sequence, long? ProjectedSequence,
    LagView Lag, IReadOnlyList<TableView> Tables,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] KafkaView? Kafka);

/// <summary>How far the topics are read, where they are the source.</summary>
/// <param name="Messages">Messages between what is handed on and the partitions' ends.</param>
/// <param name="Redelivered">Changes dropped because they had been there before.</param>
/// <param name="Partitions">Those that are behind.</param>
internal sealed record KafkaView(long Messages, long Redelivered, IReadOnlyList<PartitionProgress> Partitions)
{
    public static KafkaView? Of(KafkaServices? kafka) => kafka is null
        ? null
        : new KafkaView(kafka.State.Partitions.Sum(partition => partition.Lag), kafka.State.Redelivered, [.. kafka.State.Partitions.Where(partition => partition.Lag > 0)]);
}

/// <param name="Bytes">Log between the source's end and what is applied.</param>
/// <param name="Transactions">Between the two by their GTIDs; without those, what was read and is not applied.</param>
/// <param name="Milliseconds">How old the read model may be at most.</param>
/// <param name="MirrorMilliseconds">How old the mirror may be at most.</param>
/// <param name="HeartbeatMilliseconds">The last heartbeat row, from its commit to the read model.</param>
/// <param name="EventMilliseconds">The last transaction applied, from its own time of commit to the mirror, by two clocks.</param>
/// <param name="Visible">From commits to the read model in the last minutes: by heartbeats where those are written, else by sampling.</param>
internal sealed record LagView(
    long? Bytes, long Transactions, double? Milliseconds, double? MirrorMilliseconds, double? HeartbeatMilliseconds, double? EventMilliseconds, VisibleView? Visible);

internal sealed record VisibleView(string By, int Samples, double P50, double P95, double P99);

internal sealed record TableView(
    string Name, string State, long? Rows, string? Reason, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Internal,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int DeadLetters,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CopyPace? Copy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TableVerifyView? Verify,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? AppliedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings);

/// <summary>The body of <c>POST /await</c>.</summary>
/// <param name="Service">Whose read model.</param>
/// <param name="TimeoutMs">How long to wait at most.</param>
/// <param name="Position">What must be there; null for everything that is committed at the source when the call arrives.</param>
/// <param name="Tables">The tables that matter: others may still be being copied. Null for all.</param>
/// <param name="Until"><c>projected</c> for the read model, <c>applied</c> for the mirror alone.</param>
internal sealed record AwaitRequest(string? Service, int? TimeoutMs, SourcePosition? Position, IReadOnlyList<string>? Tables, string? Until);

/// <summary>The body of <c>POST /resync</c>; without tables all are meant.</summary>
internal sealed record ResyncRequest(string? Service, IReadOnlyList<string>? Tables);

/// <param name="Invalidation">Id of an event of <c>/invalidations</c>: who has heard it has heard of all changes up to the position.</param>
internal sealed record AwaitView(string Service, SourcePosition Position, double WaitedMs, string Until, long Sequence, string Invalidation);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PositionsView))]
[JsonSerializable(typeof(AwaitRequest))]
[JsonSerializable(typeof(AwaitView))]
[JsonSerializable(typeof(ResyncRequest))]
internal sealed partial class PositionsJson : JsonSerializerContext;
