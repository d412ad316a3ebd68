using Dapper;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Evaluation;

/// <summary>
/// One of the replicas judges, by a lease in the control database and its clock alone. Who holds it renews it; who dies loses it within its
/// length; who cannot renew it stops believing in it earlier than anybody else can take it.
/// </summary>
internal sealed partial class LeaderLease(
    MySqlDataSource database, StageFollower follower, IOptions<EvaluationOptions> options, TimeProvider time, ILogger<LeaderLease> logger)
{
    private const string Name = "evaluator";
    private const int TimeoutSeconds = 2;
    private long _renewedAt;
    private volatile bool _holds;
    private volatile string? _holder;

    /// <summary>Who judges, as this replica last heard.</summary>
    public string? Holder => _holder;

    /// <summary>True while nobody else can hold it.</summary>
    public bool IsHeld => _holds && time.GetElapsedTime(Volatile.Read(ref _renewedAt)).TotalMilliseconds < options.Value.LeaseMilliseconds;

    /// <summary>Takes the lease if it is free, renews it if it is ours.</summary>
    public async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var parameters = new { name = Name, me = follower.ReplicaId, microseconds = options.Value.LeaseMilliseconds * 1000L };
        var changed = await connection.ExecuteAsync(Command(
            """
            update lease set taken_at = if(holder = @me, taken_at, utc_timestamp(6)), expires_at = utc_timestamp(6) + interval @microseconds microsecond, holder = @me
            where name = @name and (holder = @me or expires_at < utc_timestamp(6))
            """, parameters, cancellationToken));
        if (changed == 0)
        {
            changed = await connection.ExecuteAsync(Command(
                "insert ignore into lease (name, holder, taken_at, expires_at) values (@name, @me, utc_timestamp(6), utc_timestamp(6) + interval @microseconds microsecond)",
                parameters, cancellationToken));
        }

        _holder = changed > 0 ? follower.ReplicaId
            : await connection.QuerySingleOrDefaultAsync<string>(Command("select holder from lease where name = @name", parameters, cancellationToken));
        if (changed > 0)
        {
            Volatile.Write(ref _renewedAt, asked);
        }

        if (_holds != changed > 0)
        {
            _holds = changed > 0;
            if (_holds)
            {
                Log.Taken(logger, follower.ReplicaId);
            }
            else
            {
                Log.Lost(logger, _holder ?? "nobody");
            }
        }

        return _holds;
    }

    /// <summary>Lets another replica take it at once.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (_holds)
        {
            _holds = false;
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await connection.ExecuteAsync(Command(
                "update lease set expires_at = utc_timestamp(6) - interval 1 second where name = @name and holder = @me",
                new { name = Name, me = follower.ReplicaId }, cancellationToken));
        }
    }

    private static CommandDefinition Command(string sql, object parameters, CancellationToken cancellationToken) =>
        new(sql, parameters, commandTimeout: TimeoutSeconds, cancellationToken: cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(EventIds.LeaseTaken, LogLevel.Information, "{Replica} judges the slices from now on")]
        public static partial void Taken(ILogger logger, string replica);

        [LoggerMessage(EventIds.LeaseLost, LogLevel.Information, "{Replica} judges the slices from now on, not this one")]
        public static partial void Lost(ILogger logger, string replica);
    }
}
