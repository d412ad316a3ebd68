using System.Text.Json;
using Dapper;
using MySqlConnector;

namespace Strangler.Proxy.Evidence.Packs;

/// <summary>Signed packs in the control database.</summary>
internal sealed class PackStore(MySqlDataSource database, PackSigner signer)
{
    private const int TimeoutSeconds = 5;

    /// <summary>Signs a pack and keeps it, as part of the change that it explains.</summary>
    public async Task AddAsync(MySqlConnection connection, MySqlTransaction transaction, EvidencePack pack, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(pack, PackJson.Default.EvidencePack);
        var signature = signer.Sign(JsonElement.Parse(text));
        await connection.ExecuteAsync(Command(
            """
            insert into evidence_pack (slice_id, audit_id, kind, at, document, signature, key_id)
            values (@Slice, @AuditId, @Kind, utc_timestamp(6), @text, @Value, @KeyId)
            """,
            new { pack.Slice, AuditId = pack.Audit.Id, pack.Kind, text, signature.Value, signature.KeyId }, transaction, cancellationToken));
    }

    public async Task<SignedPack?> ReadAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<PackRow>(Command(
            "select id, slice_id, audit_id, kind, at, document, signature, key_id from evidence_pack where id = @id", new { id }, null, cancellationToken));
        return row is null ? null : new SignedPack(row.Id, JsonElement.Parse(row.Document), new PackSignature("HMAC-SHA256", row.KeyId, row.Signature));
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<PackSummary>> ListAsync(string? slice, long? audit, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<PackRow>(Command(
            """
            select id, slice_id, audit_id, kind, at from evidence_pack
            where (@slice is null or slice_id = @slice) and (@audit is null or audit_id = @audit) order by id desc limit @limit
            """,
            new { slice, audit, limit }, null, cancellationToken));
        return [.. rows.Select(row => new PackSummary(row.Id, row.SliceId, row.Kind, new DateTimeOffset(DateTime.SpecifyKind(row.At, DateTimeKind.Utc)), row.AuditId))];
    }

    private static CommandDefinition Command(string sql, object? parameters, MySqlTransaction? transaction, CancellationToken cancellationToken) =>
        new(sql, parameters, transaction, TimeoutSeconds, cancellationToken: cancellationToken);

    private sealed class PackRow
    {
        public long Id { get; init; }

        public string SliceId { get; init; } = "";

        public long AuditId { get; init; }

        public string Kind { get; init; } = "";

        public DateTime At { get; init; }

        public string Document { get; init; } = "";

        public string Signature { get; init; } = "";

        public string KeyId { get; init; } = "";
    }
}
