using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>What holds for every switch of writes; what differs by slice is in its declaration. Section <c>WriteSwitch</c>.</summary>
public sealed class WriteSwitchOptions
{
    public const string SectionName = "WriteSwitch";

    /// <summary>A switch whose coordinator has not been heard for this long is undone, or finished, by another replica.</summary>
    [Range(500, 60_000)]
    public int CoordinatorLeaseMilliseconds { get; set; } = 2000;

    /// <summary>The most that the service's data may be behind when a switch begins.</summary>
    [Range(1, 3_600_000)]
    public int MaximumLagMilliseconds { get; set; } = 2000;

    /// <summary>Longest comparison before the freeze; it shows what the one in the freeze will find, and how long it takes.</summary>
    [Range(1, 86_400)]
    public int MaximumPreparationSeconds { get; set; } = 3600;

    /// <summary>How long the marked requests of a rehearsal go on before, between and after its two switches.</summary>
    [Range(0, 60_000)]
    public int RehearsalRestMilliseconds { get; set; } = 500;
}
