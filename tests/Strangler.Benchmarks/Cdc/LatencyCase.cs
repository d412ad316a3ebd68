using System.Collections.Concurrent;
using System.Globalization;
using Strangler.Benchmarks.Reporting;

namespace Strangler.Benchmarks.Cdc;

/// <summary>
/// From the commit at the source to the moment at which a reader of the mirror sees it, under a steady load. One clock: this process
/// writes the marker and reads it.
/// </summary>
internal static class LatencyCase
{
    private static readonly TimeSpan MarkerEvery = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(0.5);

    public static readonly (int PerSecond, int PerTransaction)[] Rates = [(100, 1), (1000, 1), (5000, 5)];

    public static string Case(int perSecond) => string.Create(CultureInfo.InvariantCulture, $"commit to visible, {perSecond}/s");

    public static async Task RunAsync(EavTable table, IReadOnlyList<Follower> followers, BenchOptions options, Samples samples, CancellationToken cancellationToken)
    {
        foreach (var follower in followers)
        {
            foreach (var other in followers.Where(other => other != follower))
            {
                await other.HoldAsync(cancellationToken);
            }

            foreach (var (perSecond, perTransaction) in Rates)
            {
                var (times, achieved) = await MeasureAsync(table, follower, perSecond, perTransaction, options.Seconds, cancellationToken);
                samples.Add(Case(perSecond), "p50", "ms", false, follower.Name, Quantile(times, 0.5));
                samples.Add(Case(perSecond), "p99", "ms", false, follower.Name, Quantile(times, 0.99));
                samples.Add(Case(perSecond), "written", "1/s", true, follower.Name, achieved);
            }

            foreach (var other in followers.Where(other => other != follower))
            {
                await other.GoOnAsync(cancellationToken);
                await using var connection = await EavTable.OpenAsync(other.ConnectionString, cancellationToken);
                await ApplyCase.ReachedAsync(connection, await table.MarkAsync(cancellationToken), cancellationToken);
            }
        }
    }

    private static async Task<(List<double> Milliseconds, double Achieved)> MeasureAsync(
        EavTable table, Follower follower, int perSecond, int perTransaction, int seconds, CancellationToken cancellationToken)
    {
        var committed = new ConcurrentDictionary<long, long>();
        var first = await table.MarkAsync(cancellationToken);
        await using var reading = await EavTable.OpenAsync(follower.ConnectionString, cancellationToken);
        await ApplyCase.ReachedAsync(reading, first, cancellationToken);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = LoadAsync(table, perSecond, perTransaction, seconds, cancellationToken);
        var marking = MarkAsync(table, first, committed, stop.Token);
        var times = new List<double>();
        var seen = first;
        while (!load.IsCompleted || seen < first + committed.Count)
        {
            var now = await EavTable.MarkerAsync(reading, cancellationToken);
            var at = TimeProvider.System.GetTimestamp();
            for (seen++; seen <= now; seen++)
            {
                // A reader may be quicker than the writer's own answer.
                times.Add(committed.TryGetValue(seen, out var written) ? Math.Max(0, TimeProvider.System.GetElapsedTime(written, at).TotalMilliseconds) : 0);
            }

            seen = now;
            if (load.IsCompleted)
            {
                await stop.CancelAsync();
                await marking;
            }

            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }

        return (times, await load);
    }

    private static async Task<double> LoadAsync(EavTable table, int perSecond, int perTransaction, int seconds, CancellationToken cancellationToken)
    {
        await using var connection = await table.OpenAsync(cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        long done = 0;
        while (TimeProvider.System.GetElapsedTime(started).TotalSeconds is var elapsed && elapsed < seconds)
        {
            if (done >= elapsed * perSecond)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
                continue;
            }

            await EavTable.ExecuteAsync(connection, table.Update(done / perTransaction, perTransaction), cancellationToken);
            done += perTransaction;
        }

        return done / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task MarkAsync(EavTable table, long first, ConcurrentDictionary<long, long> committed, CancellationToken cancellationToken)
    {
        await using var connection = await table.OpenAsync(CancellationToken.None);
        for (var number = first + 1; !cancellationToken.IsCancellationRequested; number++)
        {
            await EavTable.MarkAsync(connection, CancellationToken.None);
            committed[number] = TimeProvider.System.GetTimestamp();
            await Task.Delay(MarkerEvery, TimeProvider.System, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private static double Quantile(List<double> values, double share) => values.Count == 0 ? double.NaN : values.Order().ElementAt((int)Math.Ceiling(values.Count * share) - 1);
}
