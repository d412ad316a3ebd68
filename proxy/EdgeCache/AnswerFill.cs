using Microsoft.Net.Http.Headers;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.EdgeCache.Shared;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Forwarding.Upstream;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Shadowing;

namespace Strangler.Proxy.EdgeCache;

/// <summary>How the answer that several wait for turned out.</summary>
internal enum FillOutcome
{
    /// <summary>It is kept.</summary>
    Kept,

    /// <summary>None came, or something changed meanwhile: the next one may try.</summary>
    Failed,

    /// <summary>An answer that must not be kept; the next ones will not be either.</summary>
    NotForKeeping,
}

/// <summary>
/// An answer under way from the service, for the one who asked and for all who want the same: copied as it passes, and kept the moment it is whole, however slow the
/// client reads.
/// </summary>
internal sealed class AnswerFill(CacheKey key, SliceRequest request, CacheConfig config, AnswerStore answers, ChangeFeed feed, SharedAnswers shared, CacheCounts counts, int maximumBytes, Action<AnswerFill> ended, TimeProvider time)
    : IUpstreamResponseTap
{
    private readonly AnswerCapture _capture = new(maximumBytes);
    private readonly TaskCompletionSource<FillOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly string? _name = shared.NameOf(request.Route.Slice, key);

    // Before the service is asked: what changes from here on may be missing in its answer.
    private readonly long _askedAt = answers.Changes;

    public CacheKey Key { get; } = key.ToKept();

    public Task<FillOutcome> Ended => _ended.Task;

    public void Begin(UpstreamResponse response) => _capture.Begin(response);

    public void Take(ReadOnlySpan<byte> bytes) => _capture.Take(bytes);

    public void End()
    {
        _capture.End();
        // Told at each read behind the end; and a second answer, after a fallback, is Magento's.
        if (!_ended.Task.IsCompleted && request.Fallback == FallbackReason.None)
        {
            Finish(Keep());
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Close()
    {
        Finish(FillOutcome.Failed);
        _capture.ToAnswer();
    }

    private void Finish(FillOutcome outcome)
    {
        if (!_ended.Task.IsCompleted)
        {
            // Those who wait look again then, and must not find this one once more.
            ended(this);
            _ended.TrySetResult(outcome);
        }
    }

    private FillOutcome Keep()
    {
        if (_capture.ToAnswer() is not { } answer)
        {
            return FillOutcome.NotForKeeping;
        }

        if (!AnswerRules.MayKeep(answer, config))
        {
            // What failed may succeed in the next moment.
            return answer.Status >= StatusCodes.Status500InternalServerError ? FillOutcome.Failed : FillOutcome.NotForKeeping;
        }

        var kept = Make(answer);
        var stamp = feed.Seen;
        if (!answers.TryAdd(request.Route.Slice.Config.Service, kept, _askedAt))
        {
            counts.Overtake();
            return FillOutcome.Failed;
        }

        counts.Store();
        shared.Give(_name, config, kept, stamp);
        return FillOutcome.Kept;
    }

    private CachedAnswer Make(Answer answer)
    {
        var now = time.GetTimestamp();
        return new CachedAnswer
        {
            Key = Key,
            Fields = AnswerRules.FieldsOf(answer),
            Body = answer.Body,
            Proof = feed.Of(request.Route.Slice.Config.Service),
            Tags = AnswerRules.TagsOf(answer),
            Entities = config.Entities,
            StoredAt = now,
            ExpiresAt = now + (config.Seconds * time.TimestampFrequency),
            GoneAt = now + ((config.Seconds + config.GraceSeconds) * time.TimestampFrequency),
            InitialAge = AnswerRules.AgeOf(answer),
            ETag = AnswerRules.ValueOf(answer, "ETag"),
            LastModified = HeaderUtilities.TryParseDate(AnswerRules.ValueOf(answer, "Last-Modified"), out var modified) ? modified : null,
        };
    }
}
