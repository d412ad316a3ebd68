using MySqlConnector;
using Strangler.Benchmarks.Reporting;

namespace Strangler.Benchmarks.Cdc;

/// <summary>A backlog of row changes that grew while nobody applied it: how fast each follower works it off.</summary>
internal static class ApplyCase
{
    public const string Small = "apply small transactions";
    public const string Large = "apply one large transaction";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(EavTable table, IReadOnlyList<Follower> followers, Samples samples, int round, CancellationToken cancellationToken)
    {
        foreach (var (@case, changes, write) in Loads(table, round, cancellationToken))
        {
            await MeasureAsync(@case, changes, write, table, followers, samples, cancellationToken);
        }
    }

    /// <summary>What is written: the name of it, how many changes, and how.</summary>
    public static IEnumerable<(string Case, int Changes, Func<Task> Write)> Loads(EavTable table, int round, CancellationToken cancellationToken)
    {
        var small = Math.Min(100_000, table.Rows);
        var large = Math.Min(200_000, table.Rows);
        yield return (Small, small, () => table.SmallTransactionsAsync(small, cancellationToken));
        yield return (Large, large, () => table.LargeTransactionAsync(large, round, cancellationToken));
    }

    private static async Task MeasureAsync(
        string @case, int changes, Func<Task> write, EavTable table, IReadOnlyList<Follower> followers, Samples samples, CancellationToken cancellationToken)
    {
        foreach (var follower in followers)
        {
            await follower.HoldAsync(cancellationToken);
        }

        await write();
        var marker = await table.MarkAsync(cancellationToken);
        foreach (var follower in followers)
        {
            await using var connection = await EavTable.OpenAsync(follower.ConnectionString, cancellationToken);
            var started = TimeProvider.System.GetTimestamp();
            await follower.GoOnAsync(cancellationToken);
            await ReachedAsync(connection, marker, cancellationToken);
            samples.Add(@case, "changes", "1/s", true, follower.Name, changes / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        }
    }

    public static async Task ReachedAsync(MySqlConnection connection, long marker, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await EavTable.MarkerAsync(connection, cancellationToken) < marker)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new InvalidOperationException($"{connection.DataSource} has not followed for {Limit.TotalMinutes} minutes.");
            }

            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }
}
