using Dapper;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache.Pages;

namespace Strangler.Proxy.EdgeCache.Purging;

/// <summary>
/// Brings every order to throw answers away to this replica: looks for new ones in the audit log all the time. What was ordered before the first look nobody here has heard
/// of, so then everything goes.
/// </summary>
internal sealed class PurgeFollower(MySqlDataSource database, AnswerStore answers, RoutingStore routing, IOptions<PageOptions> pages, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private const long Unknown = -1;

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _last = Unknown;

    /// <summary>Whether orders are heard of.</summary>
    public bool IsFollowing => Generation is not null;

    /// <summary>Which order was the last one; the same on all replicas. Null until it is known.</summary>
    public long? Generation => Interlocked.Read(ref _last) is var last && last == Unknown ? null : last;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        do
        {
            if (pages.Value.Enabled || routing.Current.Routes.Any(route => route.Slice.Config.Cache is not null))
            {
                await TryLookAsync(stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Looks at once; returns how many answers went. One look at a time.</summary>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            if (Generation is not { } last)
            {
                var first = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    "select coalesce(max(id), 0) from audit_log where action = @action", new { action = Purge.Action }, cancellationToken: cancellationToken));
                Interlocked.Exchange(ref _last, first);
                return answers.DropAll();
            }

            var dropped = 0;
            var orders = await connection.QueryAsync<(long Id, string? Order)>(new CommandDefinition(
                "select id, to_state from audit_log where id > @last and action = @action order by id", new { last, action = Purge.Action }, cancellationToken: cancellationToken));
            foreach (var (id, order) in orders)
            {
                // In this order: an answer that has the new name in Redis was asked for after the order was given.
                Interlocked.Exchange(ref _last, id);
                dropped += Purge.Parse(order).ApplyTo(answers);
            }

            return dropped;
        }
        finally
        {
            _one.Release();
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (MySqlException)
        {
            // Whoever follows the stages says that the database is away; no order can have been given meanwhile.
        }
    }
}
