using System.Collections.Concurrent;
using System.Security.Cryptography;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Shadowing;

namespace Strangler.Proxy.Replaying;

/// <summary>The replays under way in this replica: a few at once, forgotten when nobody asks any more.</summary>
internal sealed class ReplayRuns(Comparison comparison, SideClient sides, SliceFindings slices, RoutingStore routing, TimeProvider time, ILogger<ReplayRun> logger)
{
    public const int Maximum = 4;
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, ReplayRun> _runs = new(StringComparer.Ordinal);

    /// <summary>A new one; null when there are too many.</summary>
    public ReplayRun? Begin(ReplaySettings settings)
    {
        foreach (var old in _runs.Values.Where(run => time.GetElapsedTime(run.TouchedAt) > Forgotten))
        {
            End(old.Id);
        }

        if (_runs.Count >= Maximum)
        {
            return null;
        }

        var run = new ReplayRun(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), settings, new ReplayFindings(time, slices, settings.Counts), comparison, sides, routing, logger)
        { TouchedAt = time.GetTimestamp() };
        return _runs[run.Id] = run;
    }

    public ReplayRun? Find(string id)
    {
        if (_runs.TryGetValue(id, out var run))
        {
            run.TouchedAt = time.GetTimestamp();
        }

        return run;
    }

    /// <summary>What waits still is not asked any more; what is under way comes to its end.</summary>
    public void End(string id)
    {
        if (_runs.TryRemove(id, out var run))
        {
            run.End();
        }
    }
}
