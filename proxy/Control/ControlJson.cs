using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace Strangler.Proxy.Control;

/// <summary>Serialization of the control API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SlicesView))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(LiveView))]
[JsonSerializable(typeof(AuditView))]
[JsonSerializable(typeof(AuditCheckView))]
[JsonSerializable(typeof(StageRequest))]
[JsonSerializable(typeof(RulesRequest))]
[JsonSerializable(typeof(KillSwitchRequest))]
[JsonSerializable(typeof(KillSwitchView))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(ExplainView))]
[JsonSerializable(typeof(OverrideRequest))]
[JsonSerializable(typeof(OverrideView))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginView))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class ControlJson : JsonSerializerContext;
