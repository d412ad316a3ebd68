namespace Strangler.Proxy.Evidence;

/// <summary>What is counted about a slice and a side. The number is stored: append, never renumber.</summary>
public enum EvidenceMetric
{
    /// <summary>Answers, shadow answers among them.</summary>
    Requests = 0,

    /// <summary>Of these, 5xx and broken ones.</summary>
    Errors = 1,

    /// <summary>Requests that were the service's and were answered by Magento because it failed.</summary>
    Fallbacks = 2,

    /// <summary>Pairs of answers compared.</summary>
    Compared = 3,

    /// <summary>Of these, those that differed beyond noise.</summary>
    Different = 4,

    /// <summary>Of these, those that differed in noise only.</summary>
    Noisy = 5,

    /// <summary>Shadow copies that were not made: queue or budget full.</summary>
    ShadowDropped = 6,

    /// <summary>Orders placed by the visitors of a side.</summary>
    Orders = 7,

    /// <summary>Additions to a cart by the visitors of a side.</summary>
    CartAdds = 8,

    /// <summary>Logins by the visitors of a side.</summary>
    Logins = 9,

    /// <summary>Requests of a canary by the side its visitor belongs to, whoever answered: what orders, carts and logins are measured against.</summary>
    CohortRequests = 10,
}
