using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using MySqlConnector;

namespace Strangler.Proxy.Parity;

/// <summary>What all replicas have found of a slice since <paramref name="Since"/>.</summary>
internal sealed record ParityTotals(DateTimeOffset Since, ParityCounts Counts);

/// <summary>The counts of all replicas, added up in the control database.</summary>
internal sealed partial class ParityStore(MySqlDataSource database)
{
    private const int TimeoutSeconds = 5;

    /// <summary>Adds one replica's counts. All of it or nothing.</summary>
    public async Task AddAsync(IReadOnlyDictionary<string, ParityCounts> slices, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // In one order on every replica, so that they do not wait for each other in a circle.
        foreach (var (slice, counts) in slices.OrderBy(slice => slice.Key, StringComparer.Ordinal))
        {
            await ExecuteAsync(connection, transaction,
                """
                insert into parity_total (slice_id, since, compared, different, noisy, raced, dropped, uncomparable, noise_compared)
                values (@slice, utc_timestamp(6), @Compared, @Different, @Noisy, @Raced, @Dropped, @Uncomparable, @NoiseCompared)
                on duplicate key update compared = compared + @Compared, different = different + @Different, noisy = noisy + @Noisy, raced = raced + @Raced,
                    dropped = dropped + @Dropped, uncomparable = uncomparable + @Uncomparable, noise_compared = noise_compared + @NoiseCompared
                """,
                new { slice, counts.Compared, counts.Different, counts.Noisy, counts.Raced, counts.Dropped, counts.Uncomparable, counts.NoiseCompared },
                cancellationToken);
            foreach (var ((path, kind), group) in counts.Groups.OrderBy(group => Hash(group.Key.Path, group.Key.Kind), StringComparer.Ordinal))
            {
                await AddAsync(connection, transaction, slice, path, kind, group, cancellationToken);
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>What was found of a slice, with its largest groups; null when nothing was compared yet.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="groups">How many groups.</param>
    /// <param name="isByExcess">The first are those that differ most beyond what Magento differs from itself there: noise is always frequent, and would leave no place for them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ParityTotals?> ReadAsync(string slice, int groups, bool isByExcess, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var total = await connection.QuerySingleOrDefaultAsync<TotalRow>(Command(
            "select since, compared, different, noisy, raced, dropped, uncomparable, noise_compared from parity_total where slice_id = @slice", new { slice }, null, cancellationToken));
        if (total is null)
        {
            return null;
        }

        var counts = new ParityCounts
        {
            Compared = total.Compared,
            Different = total.Different,
            Noisy = total.Noisy,
            Raced = total.Raced,
            Dropped = total.Dropped,
            Uncomparable = total.Uncomparable,
            NoiseCompared = total.NoiseCompared,
        };
        var rows = await connection.QueryAsync<GroupRow>(Command(
            $"""
            select path, kind, seen, noise_seen, first_seen, last_seen, samples from parity_group where slice_id = @slice
            order by {(isByExcess ? "seen / greatest(@Compared, 1e0) - noise_seen / greatest(@NoiseCompared, 1e0) desc, " : "")}seen desc, path limit @groups
            """,
            new { slice, groups, total.Compared, total.NoiseCompared }, null, cancellationToken));
        foreach (var row in rows)
        {
            var group = new ParityGroup { Count = row.Seen, NoiseCount = row.NoiseSeen, FirstSeen = Utc(row.FirstSeen), LastSeen = Utc(row.LastSeen) };
            group.Samples.AddRange(JsonSerializer.Deserialize(row.Samples, SampleJson.Default.ListParitySample) ?? []);
            counts.Groups[(row.Path, row.Kind)] = group;
        }

        return new ParityTotals(Utc(total.Since), counts);
    }

    /// <summary>Begins anew: what was found before says nothing about what runs now.</summary>
    public async Task ResetAsync(string slice, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, transaction, "delete from parity_total where slice_id = @slice", new { slice }, cancellationToken);
        await ExecuteAsync(connection, transaction, "delete from parity_group where slice_id = @slice", new { slice }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task AddAsync(
        MySqlConnection connection, MySqlTransaction transaction, string slice, string path, string kind, ParityGroup group, CancellationToken cancellationToken)
    {
        var hash = Hash(path, kind);
        var old = await connection.QuerySingleOrDefaultAsync<string>(Command(
            "select samples from parity_group where slice_id = @slice and group_hash = @hash for update", new { slice, hash }, transaction, cancellationToken));
        var samples = old is null ? [] : JsonSerializer.Deserialize(old, SampleJson.Default.ListParitySample) ?? [];
        // The first ones tell how it began, the last one how it stands.
        samples.AddRange(group.Samples.Where(sample => !samples.Exists(other => other.Target == sample.Target)).Take(Math.Max(0, ParityBook.SamplesKept - samples.Count)));
        await ExecuteAsync(connection, transaction,
            """
            insert into parity_group (slice_id, group_hash, path, kind, seen, noise_seen, first_seen, last_seen, samples)
            values (@slice, @hash, @path, @kind, @Count, @NoiseCount, @first, @last, @samples)
            on duplicate key update seen = seen + @Count, noise_seen = noise_seen + @NoiseCount, last_seen = greatest(last_seen, @last), samples = @samples
            """,
            new
            {
                slice,
                hash,
                path,
                kind,
                group.Count,
                group.NoiseCount,
                first = group.FirstSeen.UtcDateTime,
                last = group.LastSeen.UtcDateTime,
                samples = JsonSerializer.Serialize(samples, SampleJson.Default.ListParitySample),
            },
            cancellationToken);
    }

    private static string Hash(string path, string kind) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{path}")));

    private static DateTimeOffset Utc(DateTime value) => new(DateTime.SpecifyKind(value, DateTimeKind.Utc));

    private static Task<int> ExecuteAsync(MySqlConnection connection, MySqlTransaction transaction, string sql, object parameters, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(Command(sql, parameters, transaction, cancellationToken));

    private static CommandDefinition Command(string sql, object? parameters, MySqlTransaction? transaction, CancellationToken cancellationToken) =>
        new(sql, parameters, transaction, TimeoutSeconds, cancellationToken: cancellationToken);

    private sealed class TotalRow
    {
        public DateTime Since { get; init; }

        public long Compared { get; init; }

        public long Different { get; init; }

        public long Noisy { get; init; }

        public long Raced { get; init; }

        public long Dropped { get; init; }

        public long Uncomparable { get; init; }

        public long NoiseCompared { get; init; }
    }

    private sealed class GroupRow
    {
        public string Path { get; init; } = "";

        public string Kind { get; init; } = "";

        public long Seen { get; init; }

        public long NoiseSeen { get; init; }

        public DateTime FirstSeen { get; init; }

        public DateTime LastSeen { get; init; }

        public string Samples { get; init; } = "[]";
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(List<ParitySample>))]
    internal sealed partial class SampleJson : JsonSerializerContext;
}
