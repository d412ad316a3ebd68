using System.Text.Json.Serialization;

namespace Strangler.Proxy.Stages;

/// <summary>Serialization of stages in the control database, the cold-start copy and the control API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AudienceRules))]
[JsonSerializable(typeof(StageEntry))]
[JsonSerializable(typeof(StageCopy))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StageJson : JsonSerializerContext;

/// <summary>A stage snapshot as it is kept on disk.</summary>
internal sealed record StageCopy(long Version, bool KillSwitch, IReadOnlyList<StageEntry> Entries);
