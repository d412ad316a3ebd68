using System.ComponentModel.DataAnnotations;

namespace Strangler.CdcSync.Positions;

/// <summary>The section <c>Cdc:Retention</c>: the watch over how long the source keeps the log that is still needed.</summary>
internal sealed class RetentionOptions
{
    /// <summary>Hours left below which it is warned and the process is degraded; zero never warns.</summary>
    [Range(0, 100_000)]
    public double WarnBelowHours { get; set; } = 12;

    /// <summary>How often the source is asked for its log files.</summary>
    [Range(1, 3600)]
    public int CheckSeconds { get; set; } = 5;
}
