using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.Forwarding;

/// <summary>How the facade speaks to Magento and to the extracted services. Section <c>Facade:Upstream</c>.</summary>
public sealed class UpstreamOptions
{
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time without any progress of a request or its answer. Magento's exports and bulk saves take minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromSeconds(600);

    /// <summary>
    /// How long an idle connection may be used again. Below the five seconds after which Apache (and many others) close one, so
    /// that a request that must not be sent twice does not meet a connection that is just being closed.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan IdleConnectionTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a connection lives at most, so that a changed DNS answer is followed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a body announced with <c>Expect: 100-continue</c> waits for the upstream's word before it is sent all the same.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ExpectContinueTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest response header block that is accepted.</summary>
    [Range(16 * 1024, 16 * 1024 * 1024)]
    public int ResponseHeaderBytes { get; set; } = 512 * 1024;

    /// <summary>Server name for TLS to an <c>https</c> upstream; null takes the host of its address.</summary>
    public string? TlsServerName { get; set; }

    /// <summary>Accepts any certificate of an <c>https</c> upstream. Only for a store on the same host or a closed network.</summary>
    public bool AcceptAnyCertificate { get; set; }
}
