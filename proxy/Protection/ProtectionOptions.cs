using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.Protection;

/// <summary>What the facade refuses before Magento or a service has work with it. Section <c>Protection</c>; limits that are not set cost nothing.</summary>
public sealed class ProtectionOptions
{
    public const string SectionName = "Protection";

    /// <summary>What one client may ask of the whole storefront; one more is answered 429. Null: no limit.</summary>
    [Range(1, 10_000_000)]
    public int? RequestsPerMinute { get; set; }

    /// <summary>Requests of one client that may come at once. Null: as many as a minute allows.</summary>
    [Range(1, 10_000_000)]
    public int? Burst { get; set; }

    /// <summary>Further limits per client, of single routes: logins, searches, what costs Magento much.</summary>
    public IList<RouteLimit> Routes { get; } = [];

    /// <summary>Addresses and networks without limits of requests: offices, monitoring, the shop's own jobs.</summary>
    public IList<string> Exempt { get; } = [];

    /// <summary>A larger request body is answered 413. Null: no limit.</summary>
    [Range(0, long.MaxValue)]
    public long? MaxRequestBytes { get; set; }

    /// <summary>Requests that Magento works on at once. Null: no limit.</summary>
    [Range(1, 100_000)]
    public int? MagentoConcurrency { get; set; }

    /// <summary>Requests that wait for one of these; more are answered 503.</summary>
    [Range(0, 1_000_000)]
    public int MagentoQueue { get; set; } = 200;

    /// <summary>How long one waits at most before it is answered 503.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan MagentoQueueTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A client that sends its body slower, after <see cref="SlowClientGrace"/>, is answered 408 and cut. Zero: no limit.</summary>
    [Range(0, 1_000_000)]
    public double MinRequestBytesPerSecond { get; set; } = 50;

    /// <summary>A client that takes its answer slower, after <see cref="SlowClientGrace"/>, is cut. Zero: no limit.</summary>
    [Range(0, 1_000_000)]
    public double MinResponseBytesPerSecond { get; set; } = 50;

    /// <summary>Time before slowness counts.</summary>
    [Range(typeof(TimeSpan), "00:00:01.001", "01:00:00")]
    public TimeSpan SlowClientGrace { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>A limit of single routes.</summary>
public sealed class RouteLimit
{
    /// <summary>For people and metrics.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>The requests, as <c>METHOD /path</c> with the patterns of slices: <c>POST /rest/{storeCode?}/V1/integration/customer/token</c>.</summary>
    [MinLength(1)]
    public IList<string> Matches { get; } = [];

    /// <summary>Of one client, all the matches together.</summary>
    [Range(1, 10_000_000)]
    public int RequestsPerMinute { get; set; }

    /// <summary>That may come at once. Null: as many as a minute allows.</summary>
    [Range(1, 10_000_000)]
    public int? Burst { get; set; }
}
