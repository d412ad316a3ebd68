using System.Text.Json.Serialization;

namespace Strangler.Cli.Running;

/// <summary><c>status --json</c>.</summary>
/// <param name="Services">Null when cdc-sync does not answer.</param>
internal sealed record StatusReport(
    bool Up, string? Storefront, string? Control, string? Magento, bool? Demo, DateTimeOffset? StartedAt,
    IReadOnlyList<ProcessStatus> Processes, IReadOnlyList<ServiceStatus>? Services);

internal sealed record ServiceStatus(string Service, string State, string? Reason, LagStatus Lag, IReadOnlyList<string> Losses);

internal sealed record LagStatus(double? Milliseconds, long? Bytes, long? Transactions);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
