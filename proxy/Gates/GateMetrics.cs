namespace Strangler.Proxy.Gates;

/// <summary>The words of <c>gates[].metric</c>, and what is known of each.</summary>
internal static class GateMetrics
{
    public const string ErrorRate = "errorRate";
    public const string ErrorRateDelta = "errorRateDelta";
    public const string FallbackRate = "fallbackRate";
    public const string LatencyP95 = "latencyP95";
    public const string LatencyP99 = "latencyP99";
    public const string LatencyP95Ratio = "latencyP95Ratio";
    public const string LatencyP99Ratio = "latencyP99Ratio";
    public const string Lag = "lag";
    public const string Parity = "parity";
    public const string ParityField = "parityField";
    public const string DataDifferences = "dataDifferences";
    public const string DeadLetters = "deadLetters";
    public const string Retention = "retention";
    public const string Orders = "orders";
    public const string CartAdds = "cartAdds";
    public const string Logins = "logins";
    public const string Rehearsal = "rehearsal";

    /// <summary>Metrics whose breach sends a slice back by itself. The others only hold it.</summary>
    public static bool SendsBack(string metric) => metric is not (Retention or Rehearsal);

    /// <summary>
    /// Metrics whose breach must last as long as their window before it sends a slice back: they are read, not counted, and a restart of cdc-sync shows as one. What they
    /// stand for is promised to each request by the slice's freshness meanwhile.
    /// </summary>
    public static bool MustLast(string metric) => metric is Lag;

    /// <summary>Metrics whose breach means that wrong data are served: back to Magento alone, the service is not asked any more.</summary>
    public static bool IsHard(string metric) => metric is DataDifferences;

    /// <summary>Metrics that must be proved anew after each step: what was counted before says nothing about it.</summary>
    public static bool IsOfTheStep(string metric) => metric is not (Parity or ParityField);
}
