using System.Data;
using Dapper;
using MySqlConnector;
using Strangler.Proxy.Flags;

namespace Strangler.Proxy.Evidence;

/// <summary>What one replica counted between two writings.</summary>
/// <param name="Sequence">Rises with each writing of this replica; a batch that is written again, because nobody heard whether it was, counts once.</param>
/// <param name="Counts">The counts.</param>
internal sealed record EvidenceBatch(long Sequence, IReadOnlyList<EvidenceCounts> Counts);

/// <summary>Counts of all replicas in the control database, by its clock.</summary>
internal sealed class EvidenceStore(MySqlDataSource database)
{
    private const int TimeoutSeconds = 5;

    /// <summary>Writes a batch whole. It may be written again.</summary>
    public async Task AppendAsync(string replica, EvidenceBatch batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await connection.ExecuteAsync(Command(
            """
            insert ignore into evidence (slice_id, side, at, replica, sequence, metrics, latencies, failures)
            values (@Slice, @Side, utc_timestamp(6), @replica, @Sequence, @Metrics, @Latencies, @Failures)
            """,
            batch.Counts.Select(counts => new
            {
                counts.Slice,
                Side = (int)counts.Side,
                replica,
                batch.Sequence,
                Metrics = EvidenceCodec.Write(counts.Metrics),
                Latencies = EvidenceCodec.Write(counts.Latencies),
                Failures = counts.Failures.Count == 0 ? null : string.Join('\n', counts.Failures),
            }),
            transaction, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>A slice's evidence between two ages.</summary>
    public async Task<IReadOnlyList<EvidenceRow>> ReadAsync(string sliceId, double youngestSeconds, double oldestSeconds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<StoredRow>(Command(
            """
            select side, timestampdiff(microsecond, at, utc_timestamp(6)) as age, metrics, latencies, failures
            from evidence
            where slice_id = @sliceId and at >= utc_timestamp(6) - interval @oldest microsecond and at <= utc_timestamp(6) - interval @youngest microsecond
            """,
            new { sliceId, oldest = (long)(oldestSeconds * 1e6), youngest = (long)(youngestSeconds * 1e6) }, null, cancellationToken));
        return [.. rows.Select(row => new EvidenceRow((Side)row.Side, row.Age / 1e6, row.Metrics, row.Latencies, row.Failures))];
    }

    /// <summary>
    /// Adds rows older than <paramref name="fineSeconds"/> up into one a minute, slice and side, and removes what is older than
    /// <paramref name="keepSeconds"/>. Returns how many rows there are fewer.
    /// </summary>
    public async Task<int> CompactAsync(double fineSeconds, double keepSeconds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var removed = await connection.ExecuteAsync(Command(
            "delete from evidence where at < utc_timestamp(6) - interval @keep microsecond limit 50000", new { keep = (long)(keepSeconds * 1e6) }, null, cancellationToken));
        var minutes = await connection.QueryAsync<Minute>(Command(
            """
            select slice_id, side, date_format(at, '%Y-%m-%d %H:%i:00') as begins from evidence
            where at < date_format(utc_timestamp(6) - interval @fine microsecond, '%Y-%m-%d %H:%i:00')
            group by slice_id, side, begins having count(*) > 1 limit 500
            """,
            new { fine = (long)(fineSeconds * 1e6) }, null, cancellationToken));
        foreach (var minute in minutes)
        {
            removed += await CompactAsync(connection, minute, cancellationToken);
        }

        return removed;
    }

    private static async Task<int> CompactAsync(MySqlConnection connection, Minute minute, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var rows = (await connection.QueryAsync<StoredRow>(Command(
            """
            select id, side, metrics, latencies, failures from evidence
            where slice_id = @SliceId and side = @Side and at >= @Begins and at < @Begins + interval 1 minute order by id for update
            """,
            minute, transaction, cancellationToken))).AsList();
        var sum = new SideEvidence();
        foreach (var row in rows)
        {
            EvidenceCodec.AddTo(row.Metrics, sum.Metrics);
            EvidenceCodec.AddTo(row.Latencies, sum.Latencies);
        }

        if (rows.Count < 2)
        {
            return 0;
        }

        await connection.ExecuteAsync(Command(
            "update evidence set metrics = @metrics, latencies = @latencies, failures = @failures where id = @id",
            new
            {
                rows[0].Id,
                metrics = EvidenceCodec.Write(sum.Metrics),
                latencies = EvidenceCodec.Write(sum.Latencies),
                failures = rows.Select(row => row.Failures).FirstOrDefault(failures => failures is not null),
            },
            transaction, cancellationToken));
        var removed = await connection.ExecuteAsync(Command(
            "delete from evidence where id in @ids", new { ids = rows.Skip(1).Select(row => row.Id).ToArray() }, transaction, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return removed;
    }

    private static CommandDefinition Command(string sql, object? parameters, MySqlTransaction? transaction, CancellationToken cancellationToken) =>
        new(sql, parameters, transaction, TimeoutSeconds, cancellationToken: cancellationToken);

    private sealed class StoredRow
    {
        public long Id { get; init; }

        public byte Side { get; init; }

        public long Age { get; init; }

        public byte[] Metrics { get; init; } = [];

        public byte[] Latencies { get; init; } = [];

        public string? Failures { get; init; }
    }

    private sealed class Minute
    {
        public string SliceId { get; init; } = "";

        public byte Side { get; init; }

        public string Begins { get; init; } = "";
    }
}
