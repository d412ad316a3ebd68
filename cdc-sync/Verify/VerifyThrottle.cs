using Strangler.CdcSync.Apply;

namespace Strangler.CdcSync.Verify;

/// <summary>Holds comparing back: to so many rows a second, and while the source is busy or the mirror behind. Not safe for several threads.</summary>
internal sealed class VerifyThrottle(TargetContext context, VerifyOptions options, ChecksumReader source, Action<string?> tell)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private long _started;

    public void Begin() => _started = context.Time.GetTimestamp();

    /// <summary>Waits until the next piece may be compared, after one of so many rows.</summary>
    public async Task WaitAsync(long rows, CancellationToken cancellationToken)
    {
        if (options.RowsPerSecond > 0 && rows > 0)
        {
            var rest = TimeSpan.FromSeconds((double)rows / options.RowsPerSecond) - context.Time.GetElapsedTime(_started);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, context.Time, cancellationToken);
            }
        }

        while (await ReasonAsync(cancellationToken) is { } reason)
        {
            tell(reason);
            await Task.Delay(Pause, context.Time, cancellationToken);
        }

        tell(null);
        Begin();
    }

    private async Task<string?> ReasonAsync(CancellationToken cancellationToken)
    {
        if (context.Windows is null)
        {
            return $"the mirror is not being followed ({context.State})";
        }

        if (context.Lag.AppliedLag is { TotalMilliseconds: var behind } && behind > options.MaximumLagMilliseconds)
        {
            return $"the mirror is {behind:0} ms behind";
        }

        if (options.MaximumThreadsRunning > 0 && await source.ThreadsRunningAsync(cancellationToken) is var running && running > options.MaximumThreadsRunning)
        {
            return $"{running} threads are running at the source";
        }

        return null;
    }
}
