using System.Text.Json.Serialization;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Decisions;

/// <summary>Why a request takes its side. Also the tag in metrics and the word in explanations.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<DecisionReason>))]
public enum DecisionReason
{
    /// <summary>No slice takes the request.</summary>
    NoSlice,

    /// <summary>The kill switch is on.</summary>
    KillSwitch,

    /// <summary>A signed override chose the side.</summary>
    Override,

    /// <summary>The slice stands at a stage where Magento answers.</summary>
    Stage,

    /// <summary>Canary: this visitor is not in the share, or excluded, or it is not the time.</summary>
    NotInCohort,

    /// <summary>Canary: this visitor is in the share or included.</summary>
    InCohort,

    /// <summary>The slice is live or retired.</summary>
    Live,

    /// <summary>The visitor began their journey on this side, and it has not ended.</summary>
    Journey,

    /// <summary>The service's data are older than the slice allows, or their age is unknown.</summary>
    Stale,

    /// <summary>The circuit to the service is open.</summary>
    CircuitOpen,

    /// <summary>The request changes data, and this side owns them.</summary>
    SystemOfRecord,
}

/// <summary>Who answers, and why.</summary>
public readonly record struct RouteDecision(Side Side, DecisionReason Reason)
{
    public static RouteDecision Magento(DecisionReason reason) => new(Side.Magento, reason);

    public static RouteDecision Extracted(DecisionReason reason) => new(Side.Extracted, reason);
}

/// <summary>All that a decision about a matched request rests on.</summary>
/// <param name="KillSwitch">The switch.</param>
/// <param name="Override">The side a valid override asks for, or null.</param>
/// <param name="Stage">The slice's stage.</param>
/// <param name="FlagOn">What the slice's flag says for this visitor.</param>
/// <param name="Fresh">Whether the service's data are young enough.</param>
/// <param name="CircuitClosed">Whether the service may be asked.</param>
internal readonly record struct DecisionInput(bool KillSwitch, Side? Override, Stage Stage, bool FlagOn, bool Fresh, bool CircuitClosed)
{
    /// <summary>The owner of the data that the request changes; null where it changes none of a slice that writes.</summary>
    public Side? Record { get; init; }

    /// <summary>Whether <see cref="FlagOn"/> is the side of a journey that the visitor has begun, whatever the flag says by now.</summary>
    public bool ByJourney { get; init; }
}

/// <summary>The order of rules, and nothing else: a pure function, so that it can be tested as a table.</summary>
internal static class RouteDecider
{
    public static RouteDecision Decide(in DecisionInput input)
    {
        // The kill switch beats everything, an override included: it is for the moment when nobody should have to think.
        if (input.KillSwitch)
        {
            return RouteDecision.Magento(DecisionReason.KillSwitch);
        }

        // Two sides that both take writes lose some: neither a stage nor an override changes who owns the data, only a switch does.
        if (input.Record is { } record)
        {
            return new RouteDecision(record, DecisionReason.SystemOfRecord);
        }

        if (input.Override is { } side)
        {
            return new RouteDecision(side, DecisionReason.Override);
        }

        if (input.Stage is Stage.Legacy or Stage.Shadow)
        {
            return RouteDecision.Magento(DecisionReason.Stage);
        }

        if (!input.FlagOn)
        {
            return RouteDecision.Magento(input.ByJourney ? DecisionReason.Journey : DecisionReason.NotInCohort);
        }

        if (!input.Fresh)
        {
            return RouteDecision.Magento(DecisionReason.Stale);
        }

        return input.CircuitClosed
            ? RouteDecision.Extracted(input.ByJourney ? DecisionReason.Journey : input.Stage == Stage.Canary ? DecisionReason.InCohort : DecisionReason.Live)
            : RouteDecision.Magento(DecisionReason.CircuitOpen);
    }
}
