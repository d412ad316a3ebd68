using Dapper;
using MySqlConnector;
using Strangler.Proxy.Decisions;

namespace Strangler.Proxy.EdgeCache.Purging;

/// <summary>
/// Brings every order to throw answers away to this replica: looks for new ones in the audit log all the time. What was ordered before the first look nobody here has heard
/// of, so then everything goes.
/// </summary>
internal sealed class PurgeFollower(MySqlDataSource database, AnswerStore answers, RoutingStore routing, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private long? _last;
    private bool _isFollowing;

    /// <summary>Whether orders are heard of.</summary>
    public bool IsFollowing => Volatile.Read(ref _isFollowing);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        do
        {
            if (routing.Current.Routes.Any(route => route.Slice.Config.Cache is not null))
            {
                await LookAsync(stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            if (_last is not { } last)
            {
                _last = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    "select coalesce(max(id), 0) from audit_log", cancellationToken: cancellationToken));
                answers.DropAll();
                Volatile.Write(ref _isFollowing, true);
                return;
            }

            var orders = await connection.QueryAsync<(long Id, string? Order)>(new CommandDefinition(
                "select id, to_state from audit_log where id > @last and action = @action order by id", new { last, action = Purge.Action }, cancellationToken: cancellationToken));
            foreach (var (id, order) in orders)
            {
                Purge.Parse(order).ApplyTo(answers);
                _last = id;
            }
        }
        catch (MySqlException)
        {
            // Whoever follows the stages says that the database is away; no order can have been given meanwhile.
        }
    }
}
