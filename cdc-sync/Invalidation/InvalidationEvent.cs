using System.Text.Json.Serialization;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Invalidation;

/// <summary>How far a change has come when it is told.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InvalidationStage>))]
internal enum InvalidationStage
{
    /// <summary>Committed in the mirror; the read model may still be the old one.</summary>
    [JsonStringEnumMemberName("applied")]
    Applied,

    /// <summary>In the read model: what is read from the service now is new.</summary>
    [JsonStringEnumMemberName("projected")]
    Projected,
}

/// <summary>A thing that changed; the key <c>*</c> stands for all of the entity, the entity <c>all</c> for everything.</summary>
internal readonly record struct ChangedKey(string Entity, string Key);

/// <summary>What one applied batch changed, or what several did that were projected together.</summary>
internal sealed record InvalidationEvent(long Sequence, SourcePosition? Position, string Service, InvalidationStage Stage, IReadOnlyList<ChangedKey> Keys)
{
    public static InvalidationEvent All(string service, long sequence, SourcePosition? position, InvalidationStage stage) =>
        new(sequence, position, service, stage, ChangedKeys.Everything);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InvalidationEvent))]
internal sealed partial class InvalidationJson : JsonSerializerContext;
