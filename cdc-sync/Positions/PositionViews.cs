using System.Text.Json.Serialization;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Positions;

internal sealed record PositionsView(SourceView Source, IReadOnlyList<ServiceView> Services);

internal sealed record SourceView(SourcePosition? Position, DateTimeOffset? ReadAt, bool Connected);

internal sealed record ServiceView(
    string Service, string State, string? Reason, SourcePosition? Read, SourcePosition? Applied, SourcePosition? Projected, long Sequence, long? ProjectedSequence,
    LagView Lag, IReadOnlyList<TableView> Tables);

internal sealed record LagView(long? Bytes, long Transactions, double? Milliseconds);

internal sealed record TableView(
    string Name, string State, long? Rows, string? Reason, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Internal,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int DeadLetters,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CopyPace? Copy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TableVerifyView? Verify);

/// <summary>The body of <c>POST /await</c>.</summary>
internal sealed record AwaitRequest(string? Service, int? TimeoutMs);

/// <summary>The body of <c>POST /resync</c>; without tables all are meant.</summary>
internal sealed record ResyncRequest(string? Service, IReadOnlyList<string>? Tables);

internal sealed record AwaitView(string Service, SourcePosition Position, double WaitedMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PositionsView))]
[JsonSerializable(typeof(AwaitRequest))]
[JsonSerializable(typeof(AwaitView))]
[JsonSerializable(typeof(ResyncRequest))]
internal sealed partial class PositionsJson : JsonSerializerContext;
