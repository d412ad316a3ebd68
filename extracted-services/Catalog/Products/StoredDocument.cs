using System.Data;
using MySqlConnector;
using Strangler.Catalog.Projection;

namespace Strangler.Catalog.Products;

/// <summary>What one query gives a request: the answer, and whether what is remembered about callers and store views still holds.</summary>
internal sealed record StoredDocument(
    int Generation, long AccessVersion, bool AccessIsPending, bool MirrorIsCopied, bool Exists, int ProductId, DocumentFlags Flags, byte[] Body, byte[]? EditTierPrices)
{
    // Magento takes the first row of a SKU by its index, which is the lowest id; the store's own document goes before the admin scope's.
    private const string Sql = """
        SELECT r.generation, r.access_version, EXISTS (SELECT 1 FROM cdc_dirty_key WHERE entity IN ('access', 'all')),
               d.entity_id, d.flags, d.body, d.edit_tier_prices,
               EXISTS (SELECT 1 FROM cdc_checkpoint WHERE state = 'snapshot')
        FROM read_model r
        LEFT JOIN (
            SELECT entity_id, flags, body, edit_tier_prices FROM product_document
            WHERE generation = (SELECT generation FROM read_model WHERE id = 1) AND sku = @sku AND store_id IN (0, @store)
            ORDER BY entity_id, store_id DESC LIMIT 1
        ) d ON TRUE
        WHERE r.id = 1
        """;

    public static async Task<StoredDocument> ReadAsync(
        MySqlConnection connection, string sku, int store, int timeoutSeconds, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(Sql, connection) { CommandTimeout = timeoutSeconds };
        command.Parameters.Add(new MySqlParameter("@sku", MySqlDbType.VarChar) { Value = sku });
        command.Parameters.Add(new MySqlParameter("@store", MySqlDbType.Int32) { Value = store });

        // Not prepared: MariaDB 10.11 keeps what it made of "IN (0, ?)" when the two were equal, and then answers with the wrong scope.
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new InvalidOperationException("The table read_model is empty.");
        }

        var exists = !reader.IsDBNull(3);
        return new StoredDocument(
            reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2) != 0, reader.GetInt64(7) != 0, exists,
            exists ? reader.GetInt32(3) : 0,
            exists ? (DocumentFlags)reader.GetInt32(4) : DocumentFlags.None,
            exists ? reader.GetFieldValue<byte[]>(5) : [],
            exists && !reader.IsDBNull(6) ? reader.GetFieldValue<byte[]>(6) : null);
    }
}
