using System.Text.Json.Serialization;

namespace Strangler.Proxy.Forwarding;

/// <summary>What the facade says when it answers itself (RFC 9457).</summary>
internal sealed record GatewayProblem(string Title, int Status, string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GatewayProblem))]
internal sealed partial class GatewayProblemContext : JsonSerializerContext;
