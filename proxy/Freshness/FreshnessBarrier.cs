namespace Strangler.Proxy.Freshness;

/// <summary>
/// Lets requests pass once everything that was committed before their arrival can be read. Requests that come together share a question, but none
/// joins one that was sent before it came: its answer would say nothing about what was committed in between.
/// </summary>
/// <param name="ask">Sends one question; its answer is about the moment of its sending.</param>
/// <param name="time">The clock.</param>
internal sealed class FreshnessBarrier(Func<CancellationToken, Task<bool>> ask, TimeProvider time)
{
    private const int MaximumUnderWay = 4;

    // After a failure nobody waits for a moment: with cdc-sync away, each request would only be late.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private TaskCompletionSource<bool>? _next;
    private int _underWay;
    private long _provenAt = long.MinValue;
    private long _failedAt = long.MinValue;

    /// <summary>Timestamp of a moment up to which everything committed is known to be readable.</summary>
    public long ProvenAt => Interlocked.Read(ref _provenAt);

    /// <summary>Questions sent so far.</summary>
    public long Questions { get; private set; }

    /// <summary>True once everything committed before the call can be read; false when that cannot be known now.</summary>
    public Task<bool> PassAsync()
    {
        lock (_lock)
        {
            if (_failedAt != long.MinValue && time.GetElapsedTime(_failedAt) < Rest)
            {
                return Task.FromResult(false);
            }

            if (_underWay == MaximumUnderWay)
            {
                return (_next ??= New()).Task;
            }

            _underWay++;
            var first = New();
            _ = RunAsync(first);
            return first.Task;
        }
    }

    private async Task RunAsync(TaskCompletionSource<bool>? round)
    {
        while (round is not null)
        {
            var startedAt = time.GetTimestamp();
            Questions++;
            var answer = ask(CancellationToken.None);
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var passed = answer is { IsCompletedSuccessfully: true, Result: true };
            TaskCompletionSource<bool> ended = round;
            lock (_lock)
            {
                _provenAt = passed ? Math.Max(_provenAt, startedAt) : _provenAt;
                _failedAt = passed ? long.MinValue : time.GetTimestamp();
                (round, _next) = (_next, null);
                _underWay -= round is null ? 1 : 0;
            }

            ended.SetResult(passed);
        }
    }

    private static TaskCompletionSource<bool> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
