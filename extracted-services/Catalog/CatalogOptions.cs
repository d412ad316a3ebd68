using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Strangler.Catalog;

/// <summary>Settings of the service itself, section <c>Catalog</c>.</summary>
internal sealed class CatalogOptions
{
    public const string Section = "Catalog";

    /// <summary>How many products are read and written at once.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>How many dirty products make a full rebuild the shorter way.</summary>
    [Range(1, int.MaxValue)]
    public int RebuildThreshold { get; set; } = 20_000;

    /// <summary>How long the projector waits for a hint before it looks by itself.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Last path segments that are other routes of Magento's, not SKUs; modules may add some.</summary>
    public ICollection<string> ReservedSegments { get; } = ["attributes", "types"];

    /// <summary>How many resolved tokens are kept in memory.</summary>
    [Range(1, 1_000_000)]
    public int TokenCacheSize { get; set; } = 10_000;

    /// <summary>Seconds a request waits for the database before it is given up and left to Magento.</summary>
    [Range(1, 60)]
    public int DatabaseTimeoutSeconds { get; set; } = 2;
}

[OptionsValidator]
internal sealed partial class CatalogOptionsValidator : IValidateOptions<CatalogOptions>;
