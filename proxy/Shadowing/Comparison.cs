using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Shadowing;

/// <summary>Asks what is missing of a pair of answers, compares, and looks again at what differs.</summary>
internal sealed class Comparison(SideClient sides, AwaitClient arrivals, IOptions<ShadowOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (Slice Slice, AnswerComparer Comparer)> _comparers = new(StringComparer.Ordinal);
    private readonly ShadowOptions _options = options.Value;

    /// <summary>Compares the answer that one side gave with the other side's to the same request.</summary>
    public async Task CompareAsync(ShadowJob job, SideAddresses addresses, IFindings findings)
    {
        var (slice, config) = (job.Slice, Shadows.ConfigOf(job.Slice));
        var asking = new Asking(job, addresses, config, findings);
        var mayAskMagento = !job.Request.HasSession;
        var other = job.AnsweredBy == Side.Extracted && !mayAskMagento ? null : await AskAsync(asking, job.AnsweredBy == Side.Magento ? Side.Extracted : Side.Magento);
        if (other is null)
        {
            findings.Uncomparable(slice.Id);
            return;
        }

        // "Not mine to answer" is an answer that the shopper would never see: Magento would be asked.
        if ((job.AnsweredBy == Side.Magento ? other : job.Answer).Status == StatusCodes.Status421MisdirectedRequest)
        {
            findings.Declined(slice.Id);
            return;
        }

        var (magento, service) = job.AnsweredBy == Side.Magento ? (job.Answer, other) : (other, job.Answer);
        var comparer = ComparerOf(slice);
        var differences = comparer.Compare(magento, service);
        var mayAskAgain = mayAskMagento && Shadows.IsSafe(job.Request.Method);
        if (mayAskAgain && Counts(asking, differences))
        {
            differences = await LookAgainAsync(asking, comparer, differences);
        }
        else if (mayAskAgain && Random.Shared.NextDouble() < config.NoiseRate && await AskAsync(asking, Side.Magento) is { } again)
        {
            findings.ComparedWithItself(slice.Id, comparer.Compare(magento, again));
        }

        findings.Compared(slice.Id, $"{job.Request.Method} {job.Request.Target}", differences, Counts(asking, differences));
    }

    /// <summary>One side's answer; null when none comes.</summary>
    public Task<Answer?> AskAsync(Slice slice, Side side, ShadowRequest request, SideAddresses addresses, IFindings findings) =>
        AskAsync(new Asking(new ShadowJob(slice, request, side, Answer.None), addresses, Shadows.ConfigOf(slice), findings), side);

    /// <summary>
    /// A difference may only be a write between the two answers. Magento is asked, then the data's arrival is waited for, then the service is asked, then Magento again:
    /// when Magento says the same before and after, the service was asked about just that state.
    /// </summary>
    private async Task<List<Difference>> LookAgainAsync(Asking asking, AnswerComparer comparer, List<Difference> first)
    {
        var slice = asking.Job.Slice;
        var question = AwaitClient.QuestionOf(slice, _options.RecheckWaitMilliseconds);
        for (var attempt = 0; attempt < _options.Rechecks; attempt++)
        {
            var before = await AskAsync(asking, Side.Magento);
            var isThere = await arrivals.AskAsync(slice.Config.Service, question, CancellationToken.None);
            var service = await AskAsync(asking, Side.Extracted);
            var after = await AskAsync(asking, Side.Magento);
            if (before is null || service is null || after is null)
            {
                return first;
            }

            var itself = comparer.Compare(before, after);
            asking.Findings.ComparedWithItself(slice.Id, itself);
            var between = comparer.Compare(after, service);
            if (!Counts(asking, between))
            {
                asking.Findings.Raced(slice.Id);
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

    private async Task<Answer?> AskAsync(Asking asking, Side side)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(asking.Config.TimeoutMilliseconds), time);
        var startedAt = time.GetTimestamp();
        var answer = await sides.AskAsync(side == Side.Magento ? asking.Addresses.Magento : asking.Addresses.Service, asking.Job.Request, asking.Config.MaxBodyBytes, limit.Token);
        if (side == Side.Extracted)
        {
            asking.Findings.Answered(asking.Job.Slice.Id, asking.Job.Request, time.GetElapsedTime(startedAt), answer is null or { Status: >= 500 });
        }

        return answer;
    }

    private static bool Counts(Asking asking, List<Difference> differences) =>
        differences.Exists(difference => !asking.Findings.IsNoise(asking.Job.Slice.Id, difference));

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

    private readonly record struct Asking(ShadowJob Job, SideAddresses Addresses, ShadowConfig Config, IFindings Findings);
}
