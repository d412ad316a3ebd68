using System.Text.Json.Serialization;

namespace Strangler.Proxy.Slices;

/// <summary>Serialization of slice declarations: camel case, enums as camel-case words, comments and trailing commas allowed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    AllowTrailingCommas = true,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip,
    PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(SliceConfig))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SliceJson : JsonSerializerContext;
