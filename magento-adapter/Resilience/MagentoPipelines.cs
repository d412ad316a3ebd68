using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Timeout;

namespace Strangler.MagentoAdapter.Resilience;

/// <summary>The two ways of calling Magento: safe calls may be tried again, writes are sent once.</summary>
public static class MagentoPipelines
{
    /// <summary>Total timeout, retry with jitter, breaker, attempt timeout.</summary>
    public const string Read = "magento-read";

    /// <summary>Breaker and timeout, no retry: an order must not be placed twice.</summary>
    public const string Write = "magento-write";

    internal static string For(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options ? Read : Write;

    internal static void AddMagentoPipelines(this IServiceCollection services)
    {
        services.AddResiliencePipeline<string, HttpResponseMessage>(Read, (builder, context) =>
        {
            var options = context.ServiceProvider.GetRequiredService<IOptions<MagentoAdapterOptions>>().Value;
            builder.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            builder.AddTimeout(options.TotalTimeout);
            if (options.Retries > 0)
            {
                builder.AddRetry(new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = options.Retries,
                    Delay = options.RetryDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = arguments => ValueTask.FromResult(IsTransient(arguments.Outcome)),
                });
            }

            builder.AddCircuitBreaker(Breaker(options)).AddTimeout(options.AttemptTimeout);
        });
        services.AddResiliencePipeline<string, HttpResponseMessage>(Write, (builder, context) =>
        {
            var options = context.ServiceProvider.GetRequiredService<IOptions<MagentoAdapterOptions>>().Value;
            builder.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            builder.AddCircuitBreaker(Breaker(options)).AddTimeout(options.WriteTimeout);
        });
    }

    private static HttpCircuitBreakerStrategyOptions Breaker(MagentoAdapterOptions options) => new()
    {
        FailureRatio = options.BreakerFailureRatio,
        MinimumThroughput = options.BreakerMinimumCalls,
        SamplingDuration = options.BreakerWindow,
        BreakDuration = options.BreakerOpenFor,
        ShouldHandle = arguments => ValueTask.FromResult(IsTransient(arguments.Outcome)),
    };

    // Magento answers 500 to some bad requests as well; that is an answer, and asking again gives the same one.
    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: System.Net.HttpStatusCode.BadGateway or System.Net.HttpStatusCode.ServiceUnavailable or System.Net.HttpStatusCode.GatewayTimeout } => true,
        { Result.StatusCode: System.Net.HttpStatusCode.RequestTimeout or System.Net.HttpStatusCode.TooManyRequests } => true,
        _ => false,
    };
}
