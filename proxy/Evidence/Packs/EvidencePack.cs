using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.Proxy.Gates;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Evidence.Packs;

/// <summary>Why a slice was moved: everything that was known at that moment. What is signed and kept.</summary>
/// <param name="Kind"><c>promotion</c>, <c>override</c>, <c>rollback</c>.</param>
/// <param name="Slice">The slice.</param>
/// <param name="At">When, by the control database's clock where it was asked.</param>
/// <param name="Who">Who asked for it; <c>ramp</c> when nobody did.</param>
/// <param name="Reason">In their words.</param>
/// <param name="From">Where the slice stood.</param>
/// <param name="To">Where it stands since.</param>
/// <param name="Audit">The row of the audit log.</param>
/// <param name="Verdict">What the gates said together; null when none were asked.</param>
/// <param name="Gates">Each gate.</param>
/// <param name="Parity">What the comparison of answers had found.</param>
/// <param name="Counts">What was counted on each side since the slice stood where it stood, a day at most.</param>
/// <param name="Positions">What cdc-sync said of source, service, lag and verification, as it came.</param>
/// <param name="Configuration">By what it was decided.</param>
/// <param name="Replica">Who wrote this.</param>
public sealed record EvidencePack(
    string Kind, string Slice, DateTimeOffset At, string Who, string Reason, PackStage From, PackStage To, PackAudit Audit, GateVerdict? Verdict,
    IReadOnlyList<GateResult> Gates, ParityEvidence? Parity, PackCounts? Counts, JsonElement? Positions, PackConfiguration Configuration, string Replica)
{
    /// <summary>Of this document's shape.</summary>
    public int Version { get; init; } = 1;
}

/// <param name="Stage">The stage.</param>
/// <param name="Percent">The canary's share.</param>
/// <param name="Version">Of the slice.</param>
public sealed record PackStage(Stage Stage, double Percent, long Version)
{
    internal static PackStage Of(StageEntry entry) => new(entry.Stage, entry.Percent, entry.Version);
}

/// <param name="Id">The row's id.</param>
/// <param name="Hash">The row's hash, which covers all rows before it.</param>
public sealed record PackAudit(long Id, string Hash);

/// <summary>Counts by metric.</summary>
public sealed record PackCounts(IReadOnlyDictionary<string, long> Magento, IReadOnlyDictionary<string, long> Service);

/// <param name="CatalogHash">Of all slice declarations.</param>
/// <param name="Slice">The declaration in force.</param>
public sealed record PackConfiguration(string CatalogHash, SliceConfig Slice);

/// <summary>A pack as it is handed out: one file that speaks for itself.</summary>
/// <param name="Id">Of the pack.</param>
/// <param name="Document">What is signed.</param>
/// <param name="Signature">Over the document in canonical form.</param>
public sealed record SignedPack(long Id, JsonElement Document, PackSignature Signature);

/// <param name="Algorithm"><c>HMAC-SHA256</c>.</param>
/// <param name="KeyId">Tells keys apart without saying them.</param>
/// <param name="Value">Base64url.</param>
public sealed record PackSignature(string Algorithm, string KeyId, string Value);

/// <summary>A pack in a list.</summary>
public sealed record PackSummary(long Id, string Slice, string Kind, DateTimeOffset At, long AuditId);

/// <summary>A page of packs.</summary>
/// <param name="Packs">Newest first.</param>
public sealed record PacksView(IReadOnlyList<PackSummary> Packs);

/// <summary>Whether a pack is as it was signed.</summary>
/// <param name="Valid">True when it is.</param>
/// <param name="Detail">For people.</param>
public sealed record PackCheckView(bool Valid, string Detail);

/// <summary>Body of a check.</summary>
public sealed record PackCheckRequest(long? Id, JsonElement? Document, PackSignature? Signature);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvidencePack))]
[JsonSerializable(typeof(SignedPack))]
[JsonSerializable(typeof(PacksView))]
[JsonSerializable(typeof(PackCheckView))]
[JsonSerializable(typeof(PackCheckRequest))]
internal sealed partial class PackJson : JsonSerializerContext;
