using System.Text.Json.Serialization;

namespace Strangler.CdcSync.Changes;

[JsonSerializable(typeof(SourcePosition))]
internal sealed partial class PositionJson : JsonSerializerContext;
