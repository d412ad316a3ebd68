using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Telemetry;

/// <summary>What one replica saw of one slice.</summary>
/// <param name="Magento">Answers by Magento over the last minute.</param>
/// <param name="Extracted">Answers by the service over the last minute.</param>
/// <param name="Fallbacks">Since start: answered by Magento because the service failed, by reason.</param>
/// <param name="Reasons">Since start: decisions by reason.</param>
public sealed record SliceStatsView(
    WindowView Magento, WindowView Extracted, IReadOnlyDictionary<string, long> Fallbacks, IReadOnlyDictionary<string, long> Reasons);

/// <summary>Counts per slice for the dashboard, and the same as metrics <c>strangler.proxy.*</c> for everybody else.</summary>
internal sealed class SliceStats
{
    private readonly ConcurrentDictionary<string, Counts> _bySlice = new(StringComparer.Ordinal);
    private readonly EvidenceRecorder _evidence;
    private readonly TimeProvider _time;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _fallbacks;
    private readonly Histogram<double> _duration;
    private long _total;

    public SliceStats(IMeterFactory meters, EvidenceRecorder evidence, TimeProvider time)
    {
        _evidence = evidence;
        _time = time;
        var meter = meters.Create("Strangler.Proxy");
        _requests = meter.CreateCounter<long>("strangler.proxy.requests", "{request}", "Requests of a slice by side and reason");
        _fallbacks = meter.CreateCounter<long>("strangler.proxy.fallbacks", "{request}", "Requests answered by Magento because the service failed");
        _duration = meter.CreateHistogram<double>("strangler.proxy.duration", "s", "Time to answer a request of a slice, by side");
    }

    /// <summary>All requests of the storefront listener since start.</summary>
    public long Total => Interlocked.Read(ref _total);

    public void CountRequest() => Interlocked.Increment(ref _total);

    /// <summary>Counts an answer from the store that came the short way: as the service's, with no word about either side.</summary>
    public void RecordHit(string sliceId, TimeSpan latency)
    {
        CountRequest();
        var counts = _bySlice.GetOrAdd(sliceId, static (_, time) => new Counts(time), _time);
        counts.Extracted.Add(latency, error: false);
        Interlocked.Increment(ref counts.Reasons[(int)DecisionReason.Live]);
    }

    public void Record(HttpContext context, SliceRequest request, TimeSpan latency, bool error)
    {
        var (id, answeredBy, decision, fallback) = (request.Route.Slice.Id, request.AnsweredBy, request.Decision, request.Fallback);
        var counts = _bySlice.GetOrAdd(id, static (_, time) => new Counts(time), _time);
        (answeredBy == Side.Extracted ? counts.Extracted : counts.Magento).Add(latency, error);
        RecordEvidence(context, request, latency, error);
        Interlocked.Increment(ref counts.Reasons[(int)decision.Reason]);
        var slice = new KeyValuePair<string, object?>("slice", id);
        var side = new KeyValuePair<string, object?>("side", answeredBy == Side.Extracted ? "extracted" : "magento");
        _requests.Add(1, slice, side, new("reason", ReasonWords[(int)decision.Reason]));
        _duration.Record(latency.TotalSeconds, slice, side);
        if (fallback != FallbackReason.None)
        {
            Interlocked.Increment(ref counts.Fallbacks[(int)fallback]);
            _fallbacks.Add(1, slice, new("reason", FallbackWords[(int)fallback]));
        }
    }

    // A request that the service failed says nothing about Magento: it took the time of both.
    private void RecordEvidence(HttpContext context, SliceRequest request, TimeSpan latency, bool error)
    {
        var id = request.Route.Slice.Id;
        if (request.IsFromCache)
        {
            // Neither side was asked: it speaks for none.
        }
        else if (request.Fallback is FallbackReason.None or FallbackReason.Declined)
        {
            _evidence.Answer(id, request.AnsweredBy, latency, error);
        }
        else
        {
            _evidence.Count(id, Side.Extracted, EvidenceMetric.Fallbacks);
        }

        if (error || (!request.IsFromCache && request.Fallback is not (FallbackReason.None or FallbackReason.Declined)))
        {
            _evidence.Failed(id, request.Decision.Side, context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        }

        if (request.Route.Entry.Stage == Stage.Canary)
        {
            switch (request.Decision.Reason)
            {
                case DecisionReason.InCohort or DecisionReason.Stale or DecisionReason.CircuitOpen:
                    _evidence.Count(id, Side.Extracted, EvidenceMetric.CohortRequests);
                    break;
                case DecisionReason.Journey:
                    _evidence.Count(id, request.Decision.Side, EvidenceMetric.CohortRequests);
                    break;
                case DecisionReason.NotInCohort:
                    _evidence.Count(id, Side.Magento, EvidenceMetric.CohortRequests);
                    break;
            }
        }
    }

    public SliceStatsView Read(string sliceId)
    {
        var counts = _bySlice.GetOrAdd(sliceId, static (_, time) => new Counts(time), _time);
        return new SliceStatsView(counts.Magento.Read(), counts.Extracted.Read(), Named(FallbackWords, counts.Fallbacks), Named(ReasonWords, counts.Reasons));
    }

    internal static string[] ReasonWords { get; } = Words<DecisionReason>();

    internal static string[] FallbackWords { get; } = Words<FallbackReason>();

    private static string[] Words<T>() where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(name => char.ToLowerInvariant(name[0]) + name[1..])];

    private static Dictionary<string, long> Named(string[] words, long[] counts) =>
        words.Zip(counts).Where(pair => pair.Second > 0).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);

    private sealed class Counts(TimeProvider time)
    {
        public RollingWindow Magento { get; } = new(time);

        public RollingWindow Extracted { get; } = new(time);

        public long[] Reasons { get; } = new long[Enum.GetValues<DecisionReason>().Length];

        public long[] Fallbacks { get; } = new long[Enum.GetValues<FallbackReason>().Length];
    }
}
