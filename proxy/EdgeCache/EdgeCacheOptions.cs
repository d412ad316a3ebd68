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

    /// <summary>A Redis in which replicas keep answers for each other, as StackExchange.Redis takes it (<c>host:6379,password=…</c>). Null: each keeps its own.</summary>
    public string? Redis { get; set; }

    /// <summary>Begins the names in Redis; different for each store that shares it.</summary>
    [Required]
    public string RedisPrefix { get; set; } = "strangler";

    /// <summary>How long a request waits for Redis before it asks the service.</summary>
    [Range(1, 60_000)]
    public int RedisMilliseconds { get; set; } = 50;
}
