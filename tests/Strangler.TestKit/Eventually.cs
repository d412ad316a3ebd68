using System.Diagnostics;

namespace Strangler.TestKit;

/// <summary>Waiting for a condition instead of sleeping. The time limit is generous: it is a dead man's switch, not an assertion of speed.</summary>
public static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Asks until the condition holds; throws with <paramref name="what"/> and the last failure when the limit has passed.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        while (watch.Elapsed < (limit ?? Limit))
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                last = fault;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }

        throw new TimeoutException($"Not so after {(limit ?? Limit).TotalSeconds:0} s: {what}{(last is null ? "" : $" ({last.Message})")}", last);
    }
}
