using System.Collections.Concurrent;
using MySqlConnector;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Parity;

/// <summary>
/// Brings this replica's findings to the control database every moment, and knows from there what is noise. While the database is away, findings
/// wait in memory, bounded.
/// </summary>
internal sealed partial class ParityKeeper(ParityBook book, ParityStore store, RoutingStore routing, TimeProvider time, ILogger<ParityKeeper> logger)
    : BackgroundService, IParityEvidence
{
    private const int KnownGroups = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, ParityTotals> _known = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, ParityCounts>? _waiting;
    private bool _isAway;

    /// <summary>Whether a difference is one that Magento shows against itself, by what all replicas know.</summary>
    public bool IsNoise(string slice, Difference difference) => _known.TryGetValue(slice, out var totals)
        && totals.Counts.Groups.TryGetValue((difference.GroupPath, difference.Kind), out var group) && IsNoise(totals.Counts, group);

    public async Task<ParityTotals?> ReadTotalsAsync(string slice, int groups, CancellationToken cancellationToken) => await store.ReadAsync(slice, groups, isByExcess: false, cancellationToken);

    public async Task<ParityEvidence?> ReadAsync(string sliceId, int groups, CancellationToken cancellationToken) =>
        await store.ReadAsync(sliceId, groups, isByExcess: true, cancellationToken) is not { } totals ? null : new ParityEvidence(
            totals.Since, totals.Counts.Compared, totals.Counts.Different, totals.Counts.NoiseCompared,
            [.. totals.Counts.Groups.Select(group => new ParityEvidenceGroup(
                group.Key.Path, group.Key.Kind, group.Value.Count, group.Value.NoiseCount, IsNoise(totals.Counts, group.Value), group.Value.FirstSeen, group.Value.LastSeen,
                [.. group.Value.Samples.Select(sample => new ParityEvidenceSample(sample.Target, sample.Magento, sample.Service, sample.At))]))]);

    public async Task ResetAsync(string slice, CancellationToken cancellationToken)
    {
        await store.ResetAsync(slice, cancellationToken);
        _known.TryRemove(slice, out _);
    }

    internal static bool IsNoise(ParityCounts all, ParityGroup group) => NoiseRule.IsNoise(group.Count, all.Compared, group.NoiseCount, all.NoiseCompared);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await KeepAsync(stoppingToken);
                _isAway = false;
            }
            catch (Exception fault) when (fault is MySqlException or InvalidOperationException or TimeoutException)
            {
                if (!_isAway)
                {
                    Log.Away(logger, fault.Message);
                }

                _isAway = true;
            }
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        _waiting ??= book.Take();
        if (_waiting.Count > 0)
        {
            await store.AddAsync(_waiting, cancellationToken);
        }

        _waiting = null;
        foreach (var route in routing.Current.Routes.Where(route => route.Entry.Stage != Stages.Stage.Legacy))
        {
            if (await store.ReadAsync(route.Slice.Id, KnownGroups, isByExcess: false, cancellationToken) is { } totals)
            {
                _known[route.Slice.Id] = totals;
            }
            else
            {
                _known.TryRemove(route.Slice.Id, out _);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ParityNotKept, LogLevel.Warning, "What was compared cannot be brought to the control database ({Fault}); it waits in memory")]
        public static partial void Away(ILogger logger, string fault);
    }
}
