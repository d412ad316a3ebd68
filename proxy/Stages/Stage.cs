using System.Text.Json.Serialization;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Stages;

/// <summary>Where a slice stands. A slice goes forward along this order, and back to any earlier stage.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Stage>))]
public enum Stage
{
    /// <summary>Magento answers.</summary>
    Legacy,

    /// <summary>Magento answers; the service may be asked beside it for comparison.</summary>
    Shadow,

    /// <summary>A share of the visitors is answered by the service.</summary>
    Canary,

    /// <summary>The service answers; Magento stands by.</summary>
    Live,

    /// <summary>The service answers; no way back is wanted any more.</summary>
    Retired,
}
