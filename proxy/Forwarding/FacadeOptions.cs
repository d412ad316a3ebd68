using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// The settings of the facade's data plane: where it listens, where Magento is, what it lets through and for how long.
/// Section <c>Facade</c>; faults are reported together at start.
/// </summary>
public sealed class FacadeOptions
{
    public const string SectionName = "Facade";

    /// <summary>Addresses of the public listener, separated by semicolons. <c>https</c> takes the certificate of <c>Kestrel:Certificates:Default</c>.</summary>
    [Required]
    public string StorefrontUrls { get; set; } = "http://*:8080";

    /// <summary>Addresses of the control listener. Nothing of it is ever answered on the storefront's.</summary>
    [Required]
    public string ControlUrls { get; set; } = "http://127.0.0.1:8090";

    /// <summary>Base address of the store, scheme and authority only. The Host field stays as the client sent it.</summary>
    [Required]
    public Uri Magento { get; set; } = new("http://127.0.0.1:8081");

    /// <summary>
    /// Completes socket operations on the threads that wait for the sockets instead of handing them to the thread pool. Faster for pure
    /// pass-through, but then nothing in the whole process may block, not even for a moment; off unless measured and tested.
    /// </summary>
    public bool InlineSockets { get; set; }

    public UpstreamOptions Upstream { get; set; } = new();

    public RequestLimits Limits { get; set; } = new();

    public ForwardedHeadersOptions ForwardedHeaders { get; set; } = new();
}
