using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Freshness;
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
    SideClient sides, AwaitClient arrivals, ParityBook book, ParityKeeper parity, EvidenceRecorder evidence, IOptions<ShadowOptions> options, TimeProvider time, ILogger<Shadows> logger)
{
    private static readonly ShadowConfig Usual = new();
    private readonly ConcurrentDictionary<string, ShadowLane> _lanes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (Slice Slice, AnswerComparer Comparer)> _comparers = new(StringComparer.Ordinal);
    private readonly ShadowOptions _options = options.Value;
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

        if (Bytes < _options.MaxBytes && lane.TryEnter())
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
        _ = Task.Run(() => lane.RunAsync(async () =>
        {
            try
            {
                await CompareAsync(job);
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
        }));
    }

    public void Dropped(Slice slice)
    {
        book.Dropped(slice.Id);
        evidence.Count(slice.Id, Side.Extracted, EvidenceMetric.ShadowDropped);
    }

    /// <summary>Compares the answer that was given with the other side's to the same request.</summary>
    public async Task CompareAsync(ShadowJob job)
    {
        var (slice, config) = (job.Slice, ConfigOf(job.Slice));
        var other = await AskAsync(slice, job.AnsweredBy == Side.Magento ? Side.Extracted : Side.Magento, job.Request, config);
        if (other is null)
        {
            book.Uncomparable(slice.Id);
            return;
        }

        // "Not mine to answer" is an answer that the shopper would never see: Magento would be asked.
        if ((job.AnsweredBy == Side.Magento ? other : job.Answer).Status == StatusCodes.Status421MisdirectedRequest)
        {
            return;
        }

        var (magento, service) = job.AnsweredBy == Side.Magento ? (job.Answer, other) : (other, job.Answer);
        var comparer = ComparerOf(slice);
        var differences = comparer.Compare(magento, service);
        if (Counts(slice, differences) && IsSafe(job.Request.Method))
        {
            differences = await LookAgainAsync(slice, job.Request, comparer, differences, config);
        }
        else if (Random.Shared.NextDouble() < config.NoiseRate && IsSafe(job.Request.Method)
            && await AskAsync(slice, Side.Magento, job.Request, config) is { } again)
        {
            book.ComparedWithItself(slice.Id, comparer.Compare(magento, again));
        }

        var isDifferent = Counts(slice, differences);
        book.Compared(slice.Id, $"{job.Request.Method} {job.Request.Target}", differences, isDifferent);
        evidence.Count(slice.Id, Side.Extracted, EvidenceMetric.Compared);
        if (isDifferent)
        {
            evidence.Count(slice.Id, Side.Extracted, EvidenceMetric.Different);
        }
        else if (differences.Count > 0)
        {
            evidence.Count(slice.Id, Side.Extracted, EvidenceMetric.Noisy);
        }
    }

    /// <summary>
    /// A difference may only be a write between the two answers. Magento is asked, then the data's arrival is waited for, then the service is asked, then Magento again:
    /// when Magento says the same before and after, the service was asked about just that state.
    /// </summary>
    private async Task<List<Difference>> LookAgainAsync(Slice slice, ShadowRequest request, AnswerComparer comparer, List<Difference> first, ShadowConfig config)
    {
        var question = AwaitClient.QuestionOf(slice, _options.RecheckWaitMilliseconds);
        for (var attempt = 0; attempt < _options.Rechecks; attempt++)
        {
            var before = await AskAsync(slice, Side.Magento, request, config);
            var isThere = await arrivals.AskAsync(question, CancellationToken.None);
            var service = await AskAsync(slice, Side.Extracted, request, config);
            var after = await AskAsync(slice, Side.Magento, request, config);
            if (before is null || service is null || after is null)
            {
                return first;
            }

            var itself = comparer.Compare(before, after);
            book.ComparedWithItself(slice.Id, itself);
            var between = comparer.Compare(after, service);
            if (!Counts(slice, between))
            {
                book.Raced(slice.Id);
                return between;
            }

            // What Magento shows against itself just now is told apart by its path; a write between the two shows there as well, and is asked once more.
            var apart = between.Where(difference => !itself.Exists(noise => noise.GroupPath == difference.GroupPath)).ToList();
            if (itself.Count == 0 || (attempt == _options.Rechecks - 1 && apart.Count > 0))
            {
                return isThere || itself.Count == 0 ? between : first;
            }

            first = between;
        }

        return first;
    }

    // What the service says is recorded as its speed and errors too, before a single shopper sees it.
    private async Task<Answer?> AskAsync(Slice slice, Side side, ShadowRequest request, ShadowConfig config)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(config.TimeoutMilliseconds), time);
        var startedAt = time.GetTimestamp();
        var answer = await sides.AskAsync(slice, side, request, config.MaxBodyBytes, limit.Token);
        if (side == Side.Extracted)
        {
            evidence.Answer(slice.Id, side, time.GetElapsedTime(startedAt), answer is null or { Status: >= 500 });
        }

        return answer;
    }

    private bool Counts(Slice slice, List<Difference> differences) => differences.Exists(difference => !parity.IsNoise(slice.Id, difference));

    private AnswerComparer ComparerOf(Slice slice)
    {
        if (_comparers.TryGetValue(slice.Id, out var known) && ReferenceEquals(known.Slice, slice))
        {
            return known.Comparer;
        }

        var comparer = new AnswerComparer(slice.Config.Parity);
        _comparers[slice.Id] = (slice, comparer);
        return comparer;
    }

    internal static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private static partial class Log
    {
        [LoggerMessage(EventIds.ShadowFailed, LogLevel.Warning, "A copy of a request of {SliceId} could not be compared")]
        public static partial void Failed(ILogger logger, Exception fault, string sliceId);
    }
}
