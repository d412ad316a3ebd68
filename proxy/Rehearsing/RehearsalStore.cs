using Dapper;
using MySqlConnector;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Rehearsing;

/// <summary>A rehearsal that has ended: the whole switch and the whole way back, on marked requests alone.</summary>
/// <param name="Id">Rises; 0 before it is kept.</param>
/// <param name="Slice">The slice.</param>
/// <param name="StartedAt">When.</param>
/// <param name="FinishedAt">Its end.</param>
/// <param name="Passed">Both switches went through and no request failed.</param>
/// <param name="ForwardMilliseconds">The switch.</param>
/// <param name="ForwardFrozenMilliseconds">Of it, how long requests waited at most.</param>
/// <param name="ReverseMilliseconds">The way back.</param>
/// <param name="ReverseFrozenMilliseconds">Of it, how long requests waited at most.</param>
/// <param name="Requests">Marked requests that were sent.</param>
/// <param name="Failed">Of these, those with a 5xx or none at all for an answer.</param>
/// <param name="Who">Who asked.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">What went wrong, or which sides answered.</param>
public sealed record RehearsalView(
    long Id, string Slice, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, bool Passed, double? ForwardMilliseconds, double? ForwardFrozenMilliseconds,
    double? ReverseMilliseconds, double? ReverseFrozenMilliseconds, int Requests, int Failed, string Who, string Reason, string Detail);

/// <summary>Table <c>rehearsal</c>.</summary>
internal sealed class RehearsalStore(MySqlDataSource database)
{
    private const int TimeoutSeconds = 5;

    public async Task KeepAsync(RehearsalView view, double milliseconds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(Command(
            """
            insert into rehearsal (slice_id, started_at, finished_at, passed, forward_milliseconds, forward_frozen_milliseconds, reverse_milliseconds,
                reverse_frozen_milliseconds, requests, failed, who, reason, detail)
            values (@Slice, utc_timestamp(6) - interval @microseconds microsecond, utc_timestamp(6), @Passed, @ForwardMilliseconds, @ForwardFrozenMilliseconds,
                @ReverseMilliseconds, @ReverseFrozenMilliseconds, @Requests, @Failed, @Who, @Reason, @Detail)
            """,
            new
            {
                view.Slice,
                microseconds = (long)(milliseconds * 1000),
                view.Passed,
                view.ForwardMilliseconds,
                view.ForwardFrozenMilliseconds,
                view.ReverseMilliseconds,
                view.ReverseFrozenMilliseconds,
                view.Requests,
                view.Failed,
                view.Who,
                view.Reason,
                Detail = view.Detail.Length > 2000 ? view.Detail[..2000] : view.Detail,
            },
            cancellationToken));
    }

    /// <summary>The newest rehearsals of a slice, and how many hours ago the newest one that passed ended.</summary>
    public async Task<(IReadOnlyList<RehearsalView> Rehearsals, double? AgeHours)> ListAsync(string slice, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<RehearsalRow>(Command(
            """
            select id, slice_id, started_at, finished_at, passed, forward_milliseconds, forward_frozen_milliseconds, reverse_milliseconds,
                reverse_frozen_milliseconds, requests, failed, who, reason, detail
            from rehearsal where slice_id = @slice order by id desc limit @limit
            """, new { slice, limit }, cancellationToken));
        var age = await connection.QuerySingleAsync<double?>(Command(
            "select timestampdiff(second, max(finished_at), utc_timestamp(6)) / 3600 from rehearsal where slice_id = @slice and passed", new { slice }, cancellationToken));
        return ([.. rows.Select(row => row.ToView())], age);
    }

    private static CommandDefinition Command(string sql, object? parameters, CancellationToken cancellationToken) =>
        new(sql, parameters, commandTimeout: TimeoutSeconds, cancellationToken: cancellationToken);

    private sealed class RehearsalRow
    {
        public long Id { get; init; }

        public string SliceId { get; init; } = "";

        public DateTime StartedAt { get; init; }

        public DateTime FinishedAt { get; init; }

        public bool Passed { get; init; }

        public double? ForwardMilliseconds { get; init; }

        public double? ForwardFrozenMilliseconds { get; init; }

        public double? ReverseMilliseconds { get; init; }

        public double? ReverseFrozenMilliseconds { get; init; }

        public int Requests { get; init; }

        public int Failed { get; init; }

        public string Who { get; init; } = "";

        public string Reason { get; init; } = "";

        public string Detail { get; init; } = "";

        public RehearsalView ToView() => new(
            Id, SliceId, SwitchRow.Utc(StartedAt), SwitchRow.Utc(FinishedAt), Passed, ForwardMilliseconds, ForwardFrozenMilliseconds, ReverseMilliseconds,
            ReverseFrozenMilliseconds, Requests, Failed, Who, Reason, Detail);
    }
}
