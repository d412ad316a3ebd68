using System.Text.Json.Serialization;

using Strangler.Proxy.EdgeCache;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Protection;
using Strangler.Proxy.Ramps;
using Strangler.Proxy.Shadowing;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Slices;

/// <summary>
/// One slice as the operator declares it in <c>slices/&lt;id&gt;.json</c>: which requests it takes, who answers them, what data they need.
/// Where the slice stands (its stage) is not here: that changes in operation and lives in the control database.
/// </summary>
/// <param name="Id">Names the slice, its flag, its twin route and its file: <c>area.resource.action</c>.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Service">The owner: a key of <c>Facade:Services</c>.</param>
/// <param name="Matches">The requests the slice takes. At least one.</param>
/// <param name="Except">Requests that a match would take but that stay with Magento.</param>
/// <param name="Tables">Magento tables the answers depend on.</param>
/// <param name="Freshness">How old the service's data may be. Null: <see cref="FreshnessMode.Eventual"/>.</param>
/// <param name="Limits">Time, concurrency and breaker toward the service. Null: the defaults of <see cref="SliceLimits"/>.</param>
/// <param name="Gates">What must hold before the slice goes forward.</param>
public sealed record SliceConfig(
    string Id,
    string Title,
    string Service,
    IReadOnlyList<SliceMatchConfig> Matches,
    IReadOnlyList<SliceMatchConfig>? Except,
    IReadOnlyList<string> Tables,
    FreshnessConfig? Freshness,
    SliceLimits? Limits,
    IReadOnlyList<GateConfig>? Gates)
{
    /// <summary>How the other side is asked in the background. Null: the defaults, in stage <c>shadow</c> only.</summary>
    public ShadowConfig? Shadow { get; init; }

    /// <summary>What counts as the same answer. Null: everything compared, nothing ignored.</summary>
    public ParityConfig? Parity { get; init; }

    /// <summary>How it goes forward by itself. Null: the defaults, once a ramp is started.</summary>
    public RampConfig? Ramp { get; init; }

    /// <summary>Null: nothing is kept at the facade.</summary>
    public CacheConfig? Cache { get; init; }

    /// <summary>Null: the slice only reads.</summary>
    public WritesConfig? Writes { get; init; }

    /// <summary>A name that slices share whose sides must fit for one visitor: product, cart, checkout. Null: each visitor's side is the slice's own matter.</summary>
    public string? Journey { get; init; }

    /// <summary>Null: only the storefront's own limits.</summary>
    public ProtectionConfig? Protection { get; init; }
}

/// <summary>
/// Methods and one path pattern: literal segments (case counts, as in Magento), <c>{name}</c> for one segment, <c>{name?}</c> for one or none,
/// <c>{**name}</c> at the end for the rest. An <c>index.php</c> in front, doubled and trailing slashes match too, as they do in Magento.
/// </summary>
/// <param name="Methods">Upper case, as they stand in a request.</param>
/// <param name="Path">Starts with <c>/</c>, without a query.</param>
public sealed record SliceMatchConfig(IReadOnlyList<string> Methods, string Path);

/// <summary>How old an answer's data may be.</summary>
/// <param name="Mode">What is promised.</param>
/// <param name="Milliseconds">The bound of <see cref="FreshnessMode.Bounded"/>.</param>
/// <param name="WaitMilliseconds">How long a request of <see cref="FreshnessMode.Session"/> or <see cref="FreshnessMode.Strict"/> waits for the data before Magento answers.</param>
public sealed record FreshnessConfig(FreshnessMode Mode, int? Milliseconds = null, int WaitMilliseconds = 50);

/// <summary>The promises of a slice about its data.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<FreshnessMode>))]
public enum FreshnessMode
{
    /// <summary>No promise.</summary>
    Eventual,

    /// <summary>Data no older than a bound; else Magento answers.</summary>
    Bounded,

    /// <summary>Nobody misses their own write through the facade.</summary>
    Session,

    /// <summary>Everything committed at the source before the request arrived is in its answer.</summary>
    Strict,
}

/// <summary>Limits toward the service, per slice.</summary>
/// <param name="TimeoutMilliseconds">Until the service's response header must be there.</param>
/// <param name="MaxConcurrency">Requests under way at once (the bulkhead); one more is answered by Magento.</param>
/// <param name="BreakerFailureRatio">Share of failures, 0 to 1, that opens the circuit.</param>
/// <param name="BreakerMinimumThroughput">Fewer requests than this in the sampling time never open it.</param>
/// <param name="BreakerSamplingMilliseconds">Over which failures are counted.</param>
/// <param name="BreakerBreakMilliseconds">How long the circuit stays open before one request may try.</param>
public sealed record SliceLimits(
    int TimeoutMilliseconds = 3000,
    int MaxConcurrency = 256,
    double BreakerFailureRatio = 0.5,
    int BreakerMinimumThroughput = 10,
    int BreakerSamplingMilliseconds = 10_000,
    int BreakerBreakMilliseconds = 5_000);

/// <summary>A rule over evidence that must hold to go forward, and whose breach sends the slice back.</summary>
/// <param name="Metric">What is measured.</param>
/// <param name="Max">The highest value that passes, in the metric's unit.</param>
/// <param name="Min">The lowest value that passes.</param>
/// <param name="WindowSeconds">Over which time it is measured.</param>
/// <param name="MinimumSamples">With fewer the gate is inconclusive.</param>
/// <param name="MaximumAgeHours">Of what was proved; older is stale.</param>
/// <param name="Required">False: it may be inconclusive, as long as it does not fail.</param>
/// <param name="MaximumDropped">Of parity: the share of copies that may have been dropped; null for the usual one.</param>
public sealed record GateConfig(
    string Metric, double? Max = null, double? Min = null, int WindowSeconds = 300, int MinimumSamples = 100, double? MaximumAgeHours = null,
    bool Required = true, double? MaximumDropped = null);
