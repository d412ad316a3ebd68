using System.Text.Json.Serialization;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Gates;

/// <summary>What a gate says.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<GateVerdict>))]
public enum GateVerdict
{
    /// <summary>It holds.</summary>
    Pass,

    /// <summary>It does not, beyond chance.</summary>
    Fail,

    /// <summary>Too little is known, or what is known is too old: nothing goes forward, nothing goes back.</summary>
    Inconclusive,
}

/// <summary>One gate, measured.</summary>
/// <param name="Metric">What is measured.</param>
/// <param name="Verdict">What follows.</param>
/// <param name="Value">Null while unknown.</param>
/// <param name="Lower">The value is above this with 95 % confidence.</param>
/// <param name="Upper">The value is below this with 95 % confidence.</param>
/// <param name="Max">The highest that passes.</param>
/// <param name="Min">The lowest that passes.</param>
/// <param name="Samples">What the value rests on.</param>
/// <param name="MinimumSamples">With fewer it is inconclusive.</param>
/// <param name="WindowSeconds">Over which time.</param>
/// <param name="At">When it was proved, for what is proved now and then.</param>
/// <param name="Stale">Proved too long ago.</param>
/// <param name="Required">Must pass; else it must only not fail.</param>
/// <param name="Declared">The slice declares it; else it is the usual one of its stage.</param>
/// <param name="Detail">For people.</param>
public sealed record GateResult(
    string Metric, GateVerdict Verdict, double? Value, double? Lower, double? Upper, double? Max, double? Min, long Samples, int MinimumSamples,
    int WindowSeconds, DateTimeOffset? At, bool Stale, bool Required, bool Declared, string Detail)
{
    /// <summary>Whether it lets a slice go forward.</summary>
    [JsonIgnore]
    public bool LetsPass => Verdict == GateVerdict.Pass || (!Required && Verdict == GateVerdict.Inconclusive);
}
