using System.Data;
using System.Globalization;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Catalog.Database;
using Strangler.Catalog.ReadModel;
using Strangler.Catalog.ReadModel.Rows;

namespace Strangler.Catalog.Projection;

/// <summary>A document that is stored otherwise than the mirror says.</summary>
internal sealed record DocumentDifference(int EntityId, int StoreId, string? Sku, string Kind, string Text);

/// <summary>One piece of a comparison.</summary>
/// <param name="Compared">Documents compared.</param>
/// <param name="Differing">Of them, or beside them, those that differ.</param>
/// <param name="Ordered">Those that were ordered to be built again.</param>
/// <param name="Waiting">Products left out, for they wait to be projected.</param>
/// <param name="Sequence">What the read model had seen.</param>
/// <param name="Differences">Some of those that differ.</param>
/// <param name="Next">Where the next piece begins; null at the end.</param>
internal sealed record ReadModelComparison(long Compared, long Differing, long Ordered, long Waiting, long Sequence, IReadOnlyList<DocumentDifference> Differences, string? Next);

/// <summary>
/// Builds documents anew from the mirror and compares them with the stored ones, both in one snapshot. Products that wait to be projected are
/// left out: theirs may differ. What differs is made dirty on order, and the projector builds it again.
/// </summary>
internal sealed class ReadModelVerifier(CatalogDatabase database, DocumentBuilder builder, IOptions<CatalogOptions> options, ProjectionLoop loop)
{
    private const int ProductsInAPiece = 2000;
    private const int KeptDifferences = 100;

    public async Task<ReadModelComparison?> CompareAsync(int after, bool repair, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForProjectionAsync(cancellationToken);
        await ProductBatchReader.PrepareAsync(connection, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.Snapshot, cancellationToken);
        var query = new MirrorQuery(connection, transaction);
        var (generation, projected) = await ReadModelState.ReadAsync(query, cancellationToken);
        if (generation == 0 || projected is not { } sequence || await MirrorCheckpoint.ReadAsync(query, cancellationToken) is not { } checkpoint)
        {
            return null;
        }

        var waiting = await DirtyKeyExpander.ExpandAsync(query, checkpoint.Keys, cancellationToken);
        if (waiting.All)
        {
            return null;
        }

        var structure = await CatalogStructureReader.ReadAsync(query, cancellationToken);
        var (compared, found, last) = (0L, new List<DocumentDifference>(), after);
        var ids = await NextIdsAsync(query, generation, after, cancellationToken);
        foreach (var part in ids.Where(id => !waiting.Ids.Contains(id)).Chunk(options.Value.BatchSize))
        {
            var batch = await ProductBatchReader.ReadAsync(query, structure, part, cancellationToken);
            var built = builder.Build(structure, batch).ToDictionary(document => (document.EntityId, document.StoreId));
            var stored = await StoredAsync(query, generation, cancellationToken);
            compared += built.Count;
            found.AddRange(Differences(built, stored));
        }

        last = ids.Count > 0 ? ids[^1] : after;
        await transaction.CommitAsync(cancellationToken);
        var products = found.Select(difference => difference.EntityId).Distinct().ToList();
        if (repair && products.Count > 0)
        {
            await MakeDirtyAsync(connection, products, checkpoint.Sequence, cancellationToken);
            loop.Hint();
        }

        return new ReadModelComparison(
            compared, found.Count, repair ? found.Count : 0, ids.Count(waiting.Ids.Contains), sequence, [.. found.Take(KeptDifferences)],
            ids.Count < ProductsInAPiece ? null : last.ToString(CultureInfo.InvariantCulture));
    }

    private static IEnumerable<DocumentDifference> Differences(
        Dictionary<(int EntityId, int StoreId), ProductDocument> built, Dictionary<(int EntityId, int StoreId), ProductDocument> stored)
    {
        foreach (var (key, document) in built)
        {
            var name = $"SKU {document.Sku}, store view {key.StoreId}";
            if (!stored.TryGetValue(key, out var old))
            {
                yield return new DocumentDifference(key.EntityId, key.StoreId, document.Sku, "missing", $"{name}: the document is missing");
            }
            else if (!document.IsSameAs(old) || document.Sku != old.Sku)
            {
                var at = document.Body.AsSpan().CommonPrefixLength(old.Body);
                yield return new DocumentDifference(
                    key.EntityId, key.StoreId, document.Sku, "different", $"{name}: stored {Excerpt(old.Body, at)}, the mirror gives {Excerpt(document.Body, at)} (at byte {at})");
            }
        }

        foreach (var (key, old) in stored.Where(document => !built.ContainsKey(document.Key)))
        {
            yield return new DocumentDifference(key.EntityId, key.StoreId, old.Sku, "extra", $"SKU {old.Sku}, store view {key.StoreId}: the document should not be there");
        }
    }

    private static string Excerpt(byte[] body, int at)
    {
        const int Around = 30;
        var from = Math.Max(0, at - Around);
        return $"'{System.Text.Encoding.UTF8.GetString(body, from, Math.Min(body.Length - from, 2 * Around))}'";
    }

    // Products that only one of the two has are compared too.
    private static async Task<List<int>> NextIdsAsync(MirrorQuery query, int generation, int after, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT entity_id FROM catalog_product_entity WHERE entity_id > @after
            UNION SELECT entity_id FROM product_document WHERE generation = @generation AND entity_id > @after
            ORDER BY entity_id LIMIT @count
            """;
        await using var command = new MySqlCommand(Sql, query.Connection, query.Transaction);
        command.Parameters.AddWithValue("@after", after);
        command.Parameters.AddWithValue("@generation", generation);
        command.Parameters.AddWithValue("@count", ProductsInAPiece);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(Convert.ToInt32(reader.GetValue(0), CultureInfo.InvariantCulture));
        }

        return ids;
    }

    private static async Task<Dictionary<(int EntityId, int StoreId), ProductDocument>> StoredAsync(MirrorQuery query, int generation, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT d.entity_id, d.store_id, d.sku, d.flags, d.body, d.edit_tier_prices FROM product_document d JOIN projection_batch b ON b.entity_id = d.entity_id
            WHERE d.generation = @generation
            """;
        await using var command = new MySqlCommand(Sql, query.Connection, query.Transaction);
        command.Parameters.AddWithValue("@generation", generation);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var documents = new Dictionary<(int EntityId, int StoreId), ProductDocument>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var document = new ProductDocument(
                Convert.ToInt32(reader.GetValue(0), CultureInfo.InvariantCulture), Convert.ToInt32(reader.GetValue(1), CultureInfo.InvariantCulture), reader.GetString(2),
                (DocumentFlags)Convert.ToInt32(reader.GetValue(3), CultureInfo.InvariantCulture), reader.GetFieldValue<byte[]>(4),
                await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetFieldValue<byte[]>(5));
            documents[(document.EntityId, document.StoreId)] = document;
        }

        return documents;
    }

    // Under the mirror's own sequence: the projector takes it with the next run, and removes it then.
    private static async Task MakeDirtyAsync(MySqlConnection connection, List<int> products, long sequence, CancellationToken cancellationToken)
    {
        const string Sql = """
            INSERT INTO cdc_dirty_key (entity, key_value, sequence) VALUES ('product', @id, @sequence) ON DUPLICATE KEY UPDATE sequence = GREATEST(sequence, VALUES(sequence))
            """;
        foreach (var id in products)
        {
            await using var command = new MySqlCommand(Sql, connection);
            command.Parameters.AddWithValue("@id", id.ToString(CultureInfo.InvariantCulture));
            command.Parameters.AddWithValue("@sequence", sequence);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
