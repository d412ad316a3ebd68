using System.Text.Json.Serialization;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>Which requests a switch moves.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<WriteScope>))]
public enum WriteScope
{
    /// <summary>Everybody's.</summary>
    Storefront,

    /// <summary>Only those that carry the mark of a rehearsal.</summary>
    Rehearsal,
}

/// <summary>Whether a slice's unsafe requests go through.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<WriteGateState>))]
public enum WriteGateState
{
    Open,

    /// <summary>They do, but a freeze is coming: a replica that confirmed this refuses them as soon as it has lost its lease.</summary>
    Armed,

    /// <summary>They wait.</summary>
    Frozen,
}

/// <summary>What the control database says about a slice's writes.</summary>
/// <param name="Record">The side whose data count: the system of record.</param>
/// <param name="Gate">Whether they go through now.</param>
/// <param name="SwitchId">The switch under way, or null.</param>
public sealed record WriteState(Side Record, WriteGateState Gate, long? SwitchId)
{
    public static WriteState Initial { get; } = new(Side.Magento, WriteGateState.Open, null);
}
