using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Shadowing;

/// <summary>One copy to be made.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Request">What was asked.</param>
/// <param name="AnsweredBy">Who has answered the shopper.</param>
/// <param name="Answer">What.</param>
internal sealed record ShadowJob(Slice Slice, ShadowRequest Request, Side AnsweredBy, Answer Answer);

/// <summary>
/// Asks the other side what a shopper was answered, and compares. All of it happens after the shopper's answer, in a bounded place of its
/// own; what does not fit is dropped and counted.
/// </summary>
internal sealed partial class Shadows(
    Comparison comparison, SideClient sides, SliceFindings findings, ParityBook book, EvidenceRecorder evidence, IOptions<ShadowOptions> options, ILogger<Shadows> logger)
{
    private static readonly ShadowConfig Usual = new();
    private readonly ConcurrentDictionary<string, ShadowLane> _lanes = new(StringComparer.Ordinal);
    private readonly ShadowOptions _options = options.Value;

    // However many copies are under way, their comparing takes half of the processors at most: the rest is the shoppers'.
    private readonly TaskScheduler _aside = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Math.Max(1, Environment.ProcessorCount / 2)).ConcurrentScheduler;
    private long _bytes;

    public bool IsEnabled => _options.Enabled;

    /// <summary>Bytes that wait or are under way.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public static ShadowConfig ConfigOf(Slice slice) => slice.Config.Shadow ?? Usual;

    /// <summary>A place for a copy of a request that is about to be answered; null when there is none, which is counted.</summary>
    public ShadowLane? TryEnter(Slice slice)
    {
        var config = ConfigOf(slice);
        var lane = _lanes.GetOrAdd(slice.Id, static (_, config) => new ShadowLane(config), config);
        if (!ReferenceEquals(lane.Config, config))
        {
            lane = _lanes[slice.Id] = new ShadowLane(config);
        }

        if (Bytes < _options.MaxBytes && ThreadPool.PendingWorkItemCount <= _options.YieldAtPendingWork && lane.TryEnter())
        {
            return lane;
        }

        Dropped(slice);
        return null;
    }

    /// <summary>Makes the copy when it is its turn. Returns at once.</summary>
    public void Begin(ShadowLane lane, ShadowJob job)
    {
        var bytes = job.Answer.Body.Length + (job.Request.Body?.Length ?? 0);
        Interlocked.Add(ref _bytes, bytes);
        _ = Task.Factory.StartNew(() => lane.RunAsync(async () =>
        {
            try
            {
                await comparison.CompareAsync(job, sides.AddressesOf(job.Slice), findings);
            }
            catch (Exception fault)
            {
                // A shopper's answer never depends on it.
                book.Uncomparable(job.Slice.Id);
                Log.Failed(logger, fault, job.Slice.Id);
            }
            finally
            {
                Interlocked.Add(ref _bytes, -bytes);
            }
        }), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _aside);
    }

    public void Dropped(Slice slice)
    {
        book.Dropped(slice.Id);
        evidence.Count(slice.Id, Side.Extracted, EvidenceMetric.ShadowDropped);
    }

    internal static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private static partial class Log
    {
        [LoggerMessage(EventIds.ShadowFailed, LogLevel.Warning, "A copy of a request of {SliceId} could not be compared")]
        public static partial void Failed(ILogger logger, Exception fault, string sliceId);
    }
}
