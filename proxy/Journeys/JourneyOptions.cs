using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.Journeys;

/// <summary>How long journeys last. Section <c>Journeys</c>.</summary>
public sealed class JourneyOptions
{
    public const string SectionName = "Journeys";

    /// <summary>A journey ends when its visitor has asked nothing of it for this long, or with an order.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);
}
