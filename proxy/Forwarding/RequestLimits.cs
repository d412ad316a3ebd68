using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.Forwarding;

/// <summary>What is still taken for a request; beyond it the answer is 400 and Magento sees nothing. Section <c>Facade:Limits</c>. Bodies have no limit.</summary>
public sealed class RequestLimits
{
    /// <summary>Kestrel's own limits lie this much above ours, so that the answer is our 400 and not its 414 or 431.</summary>
    internal const int KestrelHeadroom = 1024 * 1024;

    /// <summary>Largest request target, in bytes.</summary>
    [Range(256, 1024 * 1024)]
    public int TargetBytes { get; set; } = 16 * 1024;

    /// <summary>Largest block of request fields, in bytes.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int HeaderBytes { get; set; } = 128 * 1024;

    /// <summary>Largest number of request field lines.</summary>
    [Range(16, 100_000)]
    public int HeaderCount { get; set; } = 1_000;

    /// <summary>How much of a chunked body is checked before Magento is connected, so that a bad chunk near the start never reaches it.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int ChunkedReadAheadBytes { get; set; } = 64 * 1024;

    /// <summary>How long that check waits for a slow client before the body is streamed as it comes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ChunkedReadAheadTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Client connections without a request are closed after this time.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>Longest time for a client to send its whole header block.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RequestHeadersTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
