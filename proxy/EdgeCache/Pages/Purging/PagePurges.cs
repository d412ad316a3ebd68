using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Options;
using MySqlConnector;

namespace Strangler.Proxy.EdgeCache.Pages.Purging;

/// <summary>
/// Brings Magento's purges to all replicas, by way of the control database: writes those that came here, and follows those that came to others. A replica that was away for
/// too long begins with nothing.
/// </summary>
internal sealed class PagePurges(MySqlDataSource database, AnswerStore answers, IOptions<PageOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    // Rows of several writers may come to be seen in another order than they were numbered in.
    private const int Overlap = 500;
    private const int MaximumWaiting = 10_000;
    private const int MaximumBatch = 100;

    private readonly ConcurrentQueue<PagePurge> _waiting = new();
    private readonly SemaphoreSlim _woken = new(0, 1);
    private readonly HashSet<long> _seen = [];
    private long _last;
    private long? _lookedAt;
    private long _told;
    private long _followed;

    /// <summary>Purges that came here.</summary>
    public long Told => Interlocked.Read(ref _told);

    /// <summary>Purges that came to other replicas.</summary>
    public long Followed => Interlocked.Read(ref _followed);

    /// <summary>Whether those are heard of.</summary>
    public bool IsFollowing { get; private set; }

    /// <summary>Writes a purge that was obeyed here; soon, and as often as it takes.</summary>
    public void Tell(PagePurge purge)
    {
        Interlocked.Increment(ref _told);
        if (_waiting.Count >= MaximumWaiting)
        {
            _waiting.Clear();
            purge = new PagePurge(".*", null);
        }

        _waiting.Enqueue(purge);
        try
        {
            _woken.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }

    public override void Dispose()
    {
        _woken.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        while (true)
        {
            await TryLookAsync(stoppingToken);
            using var pace = new CancellationTokenSource(Pace, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, pace.Token);
            try
            {
                await _woken.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
                // Time to look again.
            }
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await WriteAsync(connection, cancellationToken);
            await FollowAsync(connection, cancellationToken);
            IsFollowing = true;
        }
        catch (MySqlException)
        {
            // Whoever follows the stages says that the database is away; what is to be written waits.
            IsFollowing = false;
        }
    }

    private async Task WriteAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MaximumBatch && _waiting.TryPeek(out var purge); i++)
        {
            var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "insert into page_purge (tags, pool) values (@Tags, @Pool); select last_insert_id()", purge, cancellationToken: cancellationToken));
            _seen.Add(id);
            _waiting.TryDequeue(out _);
            if (id % MaximumBatch == 0)
            {
                await connection.ExecuteAsync(new CommandDefinition(
                    "delete from page_purge where ordered_at < now(6) - interval 1 hour limit 10000", cancellationToken: cancellationToken));
            }
        }
    }

    private async Task FollowAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (_lookedAt is not { } before || time.GetElapsedTime(before, now) > Memory)
        {
            _last = await connection.ExecuteScalarAsync<long>(new CommandDefinition("select coalesce(max(id), 0) from page_purge", cancellationToken: cancellationToken));
            _seen.Clear();
            _seen.UnionWith(await IdsAsync(connection, cancellationToken));
            _lookedAt = now;
            // What was ordered before nobody here has heard of.
            answers.DropWhere(static answer => answer.Page is not null);
            return;
        }

        var unseen = (await IdsAsync(connection, cancellationToken)).Where(id => !_seen.Contains(id)).ToList();
        foreach (var purge in unseen.Count == 0 ? [] : await connection.QueryAsync<PagePurge>(new CommandDefinition(
            "select tags as Tags, pool as Pool from page_purge where id in @unseen order by id", new { unseen }, cancellationToken: cancellationToken)))
        {
            purge.ApplyTo(answers);
            Interlocked.Increment(ref _followed);
        }

        _seen.UnionWith(unseen);
        _last = _seen.Count == 0 ? _last : Math.Max(_last, _seen.Max());
        _seen.RemoveWhere(id => id <= _last - Overlap);
        _lookedAt = now;
    }

    private async Task<IEnumerable<long>> IdsAsync(MySqlConnection connection, CancellationToken cancellationToken) => await connection.QueryAsync<long>(new CommandDefinition(
        "select id from page_purge where id > @from order by id limit 20000", new { from = _last - Overlap }, cancellationToken: cancellationToken));
}
