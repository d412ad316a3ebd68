namespace Strangler.Proxy.Shadowing;

/// <summary>How the other side is asked in the background. A slice without it takes these values in stage <c>shadow</c>.</summary>
/// <param name="SampleRate">Share of the requests that is copied, 0 to 1.</param>
/// <param name="NoiseRate">Share of the samples, 0 to 1, for which Magento is asked a second time to learn what differs against itself.</param>
/// <param name="MaxConcurrency">Copies under way at once.</param>
/// <param name="MaxQueue">Copies that wait; one more is dropped and counted.</param>
/// <param name="MaxBodyBytes">Of a request or an answer; a larger one is not compared, and counted.</param>
/// <param name="TimeoutMilliseconds">For one copy.</param>
/// <param name="Methods">Methods that are copied. Others than GET and HEAD change things: name them only where the service's side cannot reach the store.</param>
/// <param name="Reverse">In stages <c>canary</c> and <c>live</c>, ask Magento in the background what the service answered.</param>
public sealed record ShadowConfig(
    double SampleRate = 1,
    double NoiseRate = 0.05,
    int MaxConcurrency = 4,
    int MaxQueue = 256,
    int MaxBodyBytes = 1024 * 1024,
    int TimeoutMilliseconds = 5000,
    IReadOnlyList<string>? Methods = null,
    bool Reverse = false);
