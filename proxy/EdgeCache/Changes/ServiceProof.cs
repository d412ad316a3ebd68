namespace Strangler.Proxy.EdgeCache.Changes;

/// <summary>
/// Up to when the kept answers of one service are known to be right: every change of that time that the service can have shown has been heard, and what it
/// concerned was thrown away. Read without locks: whoever reads a time here first and then finds an answer not dropped has one that was right at that time.
/// </summary>
internal sealed class ServiceProof
{
    private long _provenAt = long.MinValue;
    private long _heardAt = long.MinValue;
    private TaskCompletionSource _changed = New();

    /// <summary>Timestamp of a moment: everything committed at the source by then is in every kept answer.</summary>
    public long ProvenAt => Interlocked.Read(ref _provenAt);

    /// <summary>Timestamp of a moment: every change that had been told by then has been heard.</summary>
    public long HeardAt => Interlocked.Read(ref _heardAt);

    /// <summary>Waits until a moment is proven. False: it was not within the time.</summary>
    public async ValueTask<bool> UntilAsync(long moment, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (ProvenAt >= moment)
            {
                return true;
            }

            var left = limit - time.GetElapsedTime(startedAt);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            try
            {
                await changed.WaitAsync(left, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return ProvenAt >= moment;
            }
        }
    }

    /// <summary>Called under the feed's lock, after everything heard has been acted on.</summary>
    public void Advance(long? provenAt, long heardAt)
    {
        Interlocked.Exchange(ref _heardAt, Math.Max(_heardAt, heardAt));
        if (provenAt > _provenAt)
        {
            Interlocked.Exchange(ref _provenAt, provenAt.Value);
            Interlocked.Exchange(ref _changed, New()).TrySetResult();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
