using System.Threading.RateLimiting;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Fallback;

/// <summary>
/// The limits between one slice and its service: bulkhead around the whole exchange, breaker and timeout up to the response header. No retry:
/// the way out of a failure is Magento.
/// </summary>
internal sealed partial class ServicePipeline : IDisposable
{
    private readonly ConcurrencyLimiter _slots;
    private readonly ResiliencePipeline _bulkhead;
    private readonly ResiliencePipeline<AttemptOutcome> _header;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly TimeProvider _time;
    private long _openUntil;

    public ServicePipeline(Slice slice, TimeProvider time, ILogger logger)
    {
        _time = time;
        Limits = slice.Limits;
        _slots = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = Limits.MaxConcurrency, QueueLimit = 0 });
        _bulkhead = new ResiliencePipelineBuilder { TimeProvider = time }.AddRateLimiter(_slots).Build();
        _header = new ResiliencePipelineBuilder<AttemptOutcome> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<AttemptOutcome>
            {
                FailureRatio = Limits.BreakerFailureRatio,
                MinimumThroughput = Limits.BreakerMinimumThroughput,
                SamplingDuration = TimeSpan.FromMilliseconds(Limits.BreakerSamplingMilliseconds),
                BreakDuration = TimeSpan.FromMilliseconds(Limits.BreakerBreakMilliseconds),
                StateProvider = _circuit,
                ShouldHandle = arguments => ValueTask.FromResult(IsFailure(arguments.Outcome)),
                OnOpened = arguments => Say(() =>
                {
                    Volatile.Write(ref _openUntil, (time.GetUtcNow() + arguments.BreakDuration).UtcTicks);
                    Log.Opened(logger, slice.Id, slice.Config.Service, arguments.BreakDuration.TotalMilliseconds);
                }),
                OnClosed = _ => Say(() => Log.Closed(logger, slice.Id, slice.Config.Service)),
            })
            .AddTimeout(TimeSpan.FromMilliseconds(Limits.TimeoutMilliseconds))
            .Build();
    }

    public SliceLimits Limits { get; }

    /// <summary>
    /// False while the circuit is open: asking would only be refused. True again when the break is over, since Polly lets the next one try then.
    /// </summary>
    public bool MayAsk => _circuit.CircuitState != CircuitState.Open || _time.GetUtcNow().UtcTicks >= Volatile.Read(ref _openUntil);

    /// <summary>For people: <c>Closed</c>, <c>Open</c>, <c>HalfOpen</c>.</summary>
    public string State => _circuit.CircuitState.ToString();

    /// <summary>Sends the request to the service. Anything but <see cref="FallbackReason.None"/>: nothing has gone to the client, and nothing will.</summary>
    public async Task<FallbackReason> CallAsync(ExtractedAttempt attempt, RequestDelegate forward)
    {
        try
        {
            return await _bulkhead.ExecuteAsync(
                static async (state, cancellationToken) => await state.Pipeline.ThroughAsync(state.Attempt, state.Forward, cancellationToken),
                (Pipeline: this, Attempt: attempt, Forward: forward), attempt.ClientGone);
        }
        catch (RateLimiterRejectedException)
        {
            return FallbackReason.Bulkhead;
        }
        catch (BrokenCircuitException)
        {
            return FallbackReason.CircuitOpen;
        }
        catch (TimeoutRejectedException)
        {
            return FallbackReason.Timeout;
        }
    }

    public void Dispose() => _slots.Dispose();

    private async ValueTask<FallbackReason> ThroughAsync(ExtractedAttempt attempt, RequestDelegate forward, CancellationToken clientGone)
    {
        var outcome = await _header.ExecuteAsync(
            static (state, cancellationToken) => state.Attempt.HeaderAsync(state.Forward, cancellationToken),
            (Attempt: attempt, Forward: forward), clientGone);
        await attempt.FinishAsync();
        return outcome switch
        {
            AttemptOutcome.Declined => FallbackReason.Declined,
            AttemptOutcome.ServerError => FallbackReason.ServerError,
            AttemptOutcome.ConnectError => FallbackReason.ConnectError,
            AttemptOutcome.TimedOut => FallbackReason.Timeout,
            _ => FallbackReason.None,
        };
    }

    private static bool IsFailure(Outcome<AttemptOutcome> outcome) => outcome.Exception is TimeoutRejectedException
        || (outcome.Exception is null && outcome.Result
            is AttemptOutcome.ServerError or AttemptOutcome.AnsweredWithServerError or AttemptOutcome.ConnectError or AttemptOutcome.TimedOut);

    private static ValueTask Say(Action log)
    {
        log();
        return ValueTask.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.CircuitOpened, LogLevel.Error, "The circuit of {SliceId} to {Service} is open for {Milliseconds} ms; Magento answers")]
        public static partial void Opened(ILogger logger, string sliceId, string service, double milliseconds);

        [LoggerMessage(EventIds.CircuitClosed, LogLevel.Information, "The circuit of {SliceId} to {Service} is closed again")]
        public static partial void Closed(ILogger logger, string sliceId, string service);
    }
}
