using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Stages;

/// <summary>Waits until all replicas route by a version. Who is silent already is not waited for, only named.</summary>
internal sealed class ReplicaConfirmation(ReplicaStore replicas, IOptions<ReplicaOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    public async Task<ConfirmationView> WaitAsync(long version, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var limit = TimeSpan.FromMilliseconds(options.Value.ConfirmMilliseconds);
        while (true)
        {
            var (_, all) = await replicas.ReadAsync(cancellationToken);
            var missing = all.Where(replica => replica.Version < version).ToList();
            var elapsed = time.GetElapsedTime(started);
            if (!missing.Exists(replica => replica.IsHeard) || elapsed >= limit)
            {
                return new ConfirmationView(version, missing.Count == 0, elapsed.TotalMilliseconds,
                    [.. all.Where(replica => replica.Version >= version).Select(replica => replica.Id)], missing);
            }

            await Task.Delay(Pace, time, cancellationToken);
        }
    }
}
