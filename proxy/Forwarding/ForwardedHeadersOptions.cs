namespace Strangler.Proxy.Forwarding;

/// <summary>
/// What the facade does with the <c>X-Forwarded-*</c> fields, the only end-to-end fields it touches. Section <c>Facade:ForwardedHeaders</c>.
/// Magento believes <c>X-Forwarded-Proto</c> from anyone, so a client's own never gets through.
/// </summary>
public sealed class ForwardedHeadersOptions
{
    /// <summary>Addresses or CIDR networks of TLS terminators and load balancers whose <c>X-Forwarded-*</c> are believed.</summary>
    public IList<string> TrustedProxies { get; init; } = [];

    /// <summary>What happens to <c>X-Forwarded-For</c>.</summary>
    public ForwardedForPolicy For { get; set; } = ForwardedForPolicy.Append;

    /// <summary>What happens to <c>X-Forwarded-Proto</c>.</summary>
    public ForwardedFieldPolicy Proto { get; set; } = ForwardedFieldPolicy.Set;

    /// <summary>What happens to <c>X-Forwarded-Host</c>. Magento reads the Host field, which is kept, and ignores this one.</summary>
    public ForwardedFieldPolicy Host { get; set; } = ForwardedFieldPolicy.TrustedOnly;

    /// <summary>What happens to <c>X-Forwarded-Port</c>.</summary>
    public ForwardedFieldPolicy Port { get; set; } = ForwardedFieldPolicy.TrustedOnly;
}

/// <summary>How <c>X-Forwarded-For</c> is written.</summary>
public enum ForwardedForPolicy
{
    /// <summary>The peer's address is appended to what came.</summary>
    Append,

    /// <summary>What came is kept if it came from a trusted proxy, and dropped otherwise; then the peer's address is appended.</summary>
    AppendTrusted,

    /// <summary>As it came.</summary>
    Pass,

    /// <summary>Never sent.</summary>
    Remove,
}

/// <summary>How one of <c>X-Forwarded-Proto</c>, <c>-Host</c> and <c>-Port</c> is written.</summary>
public enum ForwardedFieldPolicy
{
    /// <summary>What a trusted proxy said, else what the facade itself sees.</summary>
    Set,

    /// <summary>What a trusted proxy said, else nothing.</summary>
    TrustedOnly,

    /// <summary>As it came, from anyone.</summary>
    Pass,

    /// <summary>Never sent.</summary>
    Remove,
}
