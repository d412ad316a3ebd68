using Dapper;
using Microsoft.Extensions.Options;
using MySqlConnector;

namespace Strangler.Proxy.Stages;

/// <summary>Who the replicas are and where each stands, in the control database and by its clock: replicas' clocks are never compared.</summary>
internal sealed class ReplicaStore(MySqlDataSource database, IOptions<ReplicaOptions> options)
{
    private const int TimeoutSeconds = 5;

    /// <summary>Where this replica stands.</summary>
    public async Task BeatAsync(string replica, long version, string catalogHash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(Command(
            """
            insert into replica (id, version, catalog_hash, seen_at, lease_milliseconds, fencing)
            values (@replica, @version, @catalogHash, utc_timestamp(6), @lease, @fencing)
            on duplicate key update version = @version, catalog_hash = @catalogHash, seen_at = utc_timestamp(6), lease_milliseconds = @lease, fencing = @fencing
            """,
            new
            {
                replica,
                version,
                catalogHash,
                lease = options.Value.LeaseMilliseconds,
                fencing = options.Value.Fencing == Fencing.Always ? "always" : "switching",
            },
            cancellationToken));
    }

    /// <summary>Every replica that has not said goodbye, with the newest version.</summary>
    public async Task<(long Version, IReadOnlyList<ReplicaView> Replicas)> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<ReplicaRow>(Command(
            """
            select c.version as newest, r.id, r.version, r.catalog_hash, r.seen_at, r.lease_milliseconds, r.fencing,
                   timestampdiff(microsecond, r.seen_at, utc_timestamp(6)) as silent
            from control_state c left join replica r on true where c.id = 1 order by r.id
            """, null, cancellationToken))).AsList();
        return (rows.Count == 0 ? 0 : rows[0].Newest, [.. rows.Where(row => row.Id is not null).Select(row => row.ToView(options.Value))]);
    }

    /// <summary>Takes a replica off the list: it has ended, or a person vouches for that. False: there is none of that name.</summary>
    public async Task<bool> RemoveAsync(string replica, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(Command("delete from replica where id = @replica", new { replica }, cancellationToken)) > 0;
    }

    private static CommandDefinition Command(string sql, object? parameters, CancellationToken cancellationToken) =>
        new(sql, parameters, commandTimeout: TimeoutSeconds, cancellationToken: cancellationToken);

    private sealed class ReplicaRow
    {
        public long Newest { get; init; }

        public string? Id { get; init; }

        public long Version { get; init; }

        public string CatalogHash { get; init; } = "";

        public DateTime SeenAt { get; init; }

        public long LeaseMilliseconds { get; init; }

        public string Fencing { get; init; } = "";

        public long Silent { get; init; }

        public ReplicaView ToView(ReplicaOptions options)
        {
            var silent = Silent / 1000.0;
            var overdue = 2 * options.BeatMilliseconds;
            var left = Math.Max(LeaseMilliseconds, overdue) + options.LongestRequestMilliseconds - silent;
            var state = silent > Math.Max(LeaseMilliseconds, overdue) ? Fencing != "always" ? ReplicaState.Lost : left > 0 ? ReplicaState.Ending : ReplicaState.Fenced
                : silent > overdue ? ReplicaState.Silent
                : Version >= Newest ? ReplicaState.Current
                : ReplicaState.Behind;
            return new ReplicaView(Id!, Version, CatalogHash, new DateTimeOffset(DateTime.SpecifyKind(SeenAt, DateTimeKind.Utc)))
            {
                State = state,
                SilentMilliseconds = silent,
                EndingMilliseconds = Math.Max(0, left),
            };
        }
    }
}
