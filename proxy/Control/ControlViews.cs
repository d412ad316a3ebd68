using System.Text.Json;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache.Pages;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Control;

/// <summary>One slice as people and scripts see it.</summary>
/// <param name="Id">The slice.</param>
/// <param name="Title">For people.</param>
/// <param name="Service">Who owns it.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Percent">The canary's share.</param>
/// <param name="Version">Give it back as <c>expectedVersion</c> of a change.</param>
/// <param name="ChangedAt">Null for a slice that never moved.</param>
/// <param name="Rules">Targeting and time window.</param>
/// <param name="Matches">Which requests.</param>
/// <param name="Except">Which of these not.</param>
/// <param name="Tables">Magento's tables behind it.</param>
/// <param name="Freshness">Its promise.</param>
/// <param name="Gates">Its rules for going forward.</param>
/// <param name="Lag">How old the service's data are.</param>
/// <param name="Circuit"><c>Closed</c>, <c>Open</c>, <c>HalfOpen</c>.</param>
/// <param name="Stats">What this replica saw.</param>
/// <param name="FreshnessCost">What this replica's requests waited for their data.</param>
public sealed record SliceView(
    string Id, string Title, string Service, Stage Stage, double Percent, long Version, DateTimeOffset? ChangedAt, AudienceRules Rules,
    IReadOnlyList<SliceMatchConfig> Matches, IReadOnlyList<SliceMatchConfig> Except, IReadOnlyList<string> Tables, FreshnessConfig? Freshness,
    IReadOnlyList<GateConfig> Gates, LagView Lag, string Circuit, SliceStatsView Stats, FreshnessCost FreshnessCost)
{
    /// <summary>After a change: which replicas have taken it.</summary>
    public ConfirmationView? Confirmation { get; init; }

    /// <summary>Whether it changes data: then its writes are switched, see <c>/api/slices/{id}/switch</c>.</summary>
    public bool Writes { get; init; }

    /// <summary>What cdc-sync says the connector's settings lose of the data behind it.</summary>
    public IReadOnlyList<string> Losses { get; init; } = [];
}

/// <param name="Milliseconds">Upper bound of the age now; null while unknown.</param>
/// <param name="State">What cdc-sync says: <c>snapshot</c>, <c>streaming</c>, <c>stopped</c>, or <c>unknown</c>.</param>
public sealed record LagView(double? Milliseconds, string State);

/// <summary>All slices at one version.</summary>
public sealed record SlicesView(long Version, bool KillSwitch, IReadOnlyList<SliceView> Slices);

/// <summary>How this replica and what it needs are.</summary>
/// <param name="Version">Of the stages in force here.</param>
/// <param name="KillSwitch">The switch.</param>
/// <param name="Replica">This replica's id.</param>
/// <param name="Replicas">All replicas that have not said goodbye, with the version each routes by.</param>
/// <param name="SliceFaults">Why the slices folder as it is now was not taken; empty when it was.</param>
/// <param name="ControlDatabaseFault">Null when it answers.</param>
/// <param name="CdcSyncFault">Null when it answers.</param>
/// <param name="Requests">Of the storefront listener since start.</param>
/// <param name="PerSecond">Over the last moments.</param>
/// <param name="Magento">Its address.</param>
/// <param name="Services">Address of each service.</param>
/// <param name="StartedAt">When this replica started.</param>
/// <param name="Open">True when anybody may change things: a demo.</param>
public sealed record StatusView(
    long Version, bool KillSwitch, string Replica, IReadOnlyList<ReplicaView> Replicas, IReadOnlyList<string> SliceFaults,
    string? ControlDatabaseFault, string? CdcSyncFault, long Requests, double PerSecond, string Magento,
    IReadOnlyDictionary<string, string> Services, DateTimeOffset StartedAt, bool Open)
{
    /// <summary>Magento's own pages at the facade's store; null while none are kept.</summary>
    public PageShareView? Pages { get; init; }
}

/// <summary>What the dashboard gets once a second.</summary>
public sealed record LiveView(StatusView Status, SlicesView Slices, long NewestAuditId);

/// <summary>A page of the audit log.</summary>
/// <param name="Entries">Newest first.</param>
public sealed record AuditView(IReadOnlyList<AuditEntryView> Entries);

/// <summary>One line of the audit log; <see cref="AuditEntry"/> says what the fields mean.</summary>
/// <param name="From">What stood, as JSON.</param>
/// <param name="To">What stands since.</param>
public sealed record AuditEntryView(
    long Id, DateTimeOffset At, string Who, string Action, string? Slice, JsonElement? From, JsonElement? To, string Reason, string Hash)
{
    internal static AuditEntryView Of(AuditEntry entry) =>
        new(entry.Id, entry.At, entry.Who, entry.Action, entry.Slice, Parse(entry.From), Parse(entry.To), entry.Reason, entry.Hash);

    private static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);
}

/// <summary>Whether the audit log is as it was written.</summary>
/// <param name="Intact">True when every row's hash fits.</param>
/// <param name="BrokenAt">The first row that does not.</param>
public sealed record AuditCheckView(bool Intact, long? BrokenAt);

/// <summary>Body of a stage change.</summary>
/// <param name="Stage">Where to.</param>
/// <param name="Percent">The canary's share.</param>
/// <param name="Reason">Why.</param>
/// <param name="ExpectedVersion">Only if the slice stands at this version.</param>
/// <param name="Override">Go forward although a gate does not pass. The audit log says so.</param>
public sealed record StageRequest(string? Stage, double? Percent, string? Reason, long? ExpectedVersion, bool Override = false);

/// <summary>Body of a rules change.</summary>
public sealed record RulesRequest(AudienceRules? Rules, string? Reason, long? ExpectedVersion);

/// <summary>Body of the kill switch.</summary>
public sealed record KillSwitchRequest(bool? On, string? Reason);

/// <param name="On">How it stands now.</param>
/// <param name="Changed">False when it stood so already.</param>
public sealed record KillSwitchView(bool On, bool Changed)
{
    /// <summary>Which replicas have taken it.</summary>
    public ConfirmationView? Confirmation { get; init; }
}

/// <summary>A request to explain. <paramref name="Url"/> may be absolute or begin with a slash.</summary>
public sealed record ExplainRequest(string? Method, string? Url, IReadOnlyDictionary<string, string>? Headers, string? ClientAddress);

/// <summary>Which slice and side a request would take, and why.</summary>
/// <param name="Slice">Null: no slice, Magento's own.</param>
/// <param name="Side">Who would answer.</param>
/// <param name="Reason">The rule that decided.</param>
/// <param name="Steps">Every rule in its order, with what it found.</param>
public sealed record ExplainView(string? Slice, Side Side, DecisionReason Reason, IReadOnlyList<ExplainStep> Steps);

/// <param name="Rule">The rule.</param>
/// <param name="Finding">What it found, for people.</param>
/// <param name="Decides">True on the one that decided.</param>
public sealed record ExplainStep(string Rule, string Finding, bool Decides);

/// <summary>Body of a token request; <paramref name="Side"/> is <c>magento</c> or <c>extracted</c>.</summary>
public sealed record OverrideRequest(string? Side, string? Slice, int? Minutes);

/// <param name="Token">For the header or cookie named beside it.</param>
/// <param name="Header">Request header that takes it.</param>
/// <param name="Cookie">Cookie that takes it.</param>
/// <param name="ExpiresAt">After this it is worth nothing.</param>
public sealed record OverrideView(string Token, string Header, string Cookie, DateTimeOffset ExpiresAt);

/// <summary>Body of a login.</summary>
public sealed record LoginRequest(string? Key);

/// <summary>Who one is.</summary>
public sealed record LoginView(string Name);
