using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Stages;

/// <summary>
/// This replica's right to change data: renewed by each exchange with the control database in which it said where it stands and then read what is
/// in force. It counts from before that exchange began, so that it ends here no later than others take it to have ended.
/// </summary>
internal sealed class ReplicaLease(IOptions<ReplicaOptions> options, TimeProvider time)
{
    private readonly TimeSpan _length = TimeSpan.FromMilliseconds(options.Value.LeaseMilliseconds);
    private long _since;

    /// <summary>Raised at the first renewal.</summary>
    public event Action? FirstHeard;

    /// <summary>Raised at each renewal.</summary>
    public event Action? Renewed;

    /// <summary>Whether the control database has been heard at all since the start; before, what is in force here may be long past.</summary>
    public bool HasHeard => Volatile.Read(ref _since) != 0;

    public bool IsHeld => Volatile.Read(ref _since) is var since and not 0 && time.GetElapsedTime(since) < _length;

    public Fencing Fencing => options.Value.Fencing;

    /// <summary>How long until the last request that was let through under this lease must have ended.</summary>
    public TimeSpan LeftForRequests => _length + TimeSpan.FromMilliseconds(options.Value.LongestRequestMilliseconds) - time.GetElapsedTime(Volatile.Read(ref _since));

    /// <param name="since">Timestamp taken before the exchange began.</param>
    public void Renew(long since)
    {
        var first = !HasHeard;
        Volatile.Write(ref _since, since);
        if (first)
        {
            FirstHeard?.Invoke();
        }

        Renewed?.Invoke();
    }
}
