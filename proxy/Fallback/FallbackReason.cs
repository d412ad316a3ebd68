namespace Strangler.Proxy.Fallback;

/// <summary>Why Magento answered a request that was the service's.</summary>
public enum FallbackReason
{
    None,

    /// <summary>The service said 421: not a request it answers.</summary>
    Declined,

    /// <summary>It could not be reached, or broke off before its response header.</summary>
    ConnectError,

    /// <summary>No response header in time.</summary>
    Timeout,

    /// <summary>It answered 5xx.</summary>
    ServerError,

    /// <summary>The circuit to it is open.</summary>
    CircuitOpen,

    /// <summary>Too many requests to it are under way.</summary>
    Bulkhead,
}
