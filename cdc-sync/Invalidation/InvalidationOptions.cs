using System.ComponentModel.DataAnnotations;

namespace Strangler.CdcSync.Invalidation;

/// <summary>The section <c>Cdc:Invalidation</c>: what is kept for caches that listen.</summary>
internal sealed class InvalidationOptions
{
    /// <summary>Events kept for listeners that come back; one who missed more is told that everything changed.</summary>
    [Range(1, 1_000_000)]
    public int Events { get; set; } = 10_000;

    /// <summary>Keys named in one event; beyond, the entities with most of them are named as a whole.</summary>
    [Range(1, 100_000)]
    public int KeysPerEvent { get; set; } = 1000;

    /// <summary>How often a quiet connection is shown to be alive.</summary>
    [Range(0.1, 300)]
    public double HeartbeatSeconds { get; set; } = 15;
}
