using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.EdgeCache;

/// <summary>The section <c>EdgeCache</c>: what kept answers may take, and where they lie.</summary>
public sealed class EdgeCacheOptions
{
    public const string SectionName = "EdgeCache";

    /// <summary>Memory of all kept answers; the ones not asked for lately go first.</summary>
    [Range(1_000_000, 1_000_000_000_000)]
    public long MaximumBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Larger answers are not kept.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaximumAnswerBytes { get; set; } = 1024 * 1024;

    /// <summary>Without a promise about the data: how long answers are served after cdc-sync was last heard.</summary>
    [Range(0.5, 3600)]
    public double SilenceSeconds { get; set; } = 5;
}
