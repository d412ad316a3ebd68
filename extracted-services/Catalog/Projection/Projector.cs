using System.Data;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Catalog.Database;
using Strangler.Catalog.ReadModel;
using Strangler.Catalog.ReadModel.Rows;
using Strangler.Catalog.Telemetry;

namespace Strangler.Catalog.Projection;

/// <summary>
/// Keeps the read model in step with the mirror. One run is one transaction over one snapshot: what the mirror had at its
/// checkpoint becomes visible as a whole, or not at all. A full rebuild fills a new generation in pieces, catches up with what
/// changed meanwhile and switches. One replica projects at a time.
/// </summary>
internal sealed partial class Projector(
    CatalogDatabase database, DocumentBuilder builder, IOptions<CatalogOptions> options, CatalogMetrics metrics, TimeProvider time,
    ILogger<Projector> logger)
{
    private readonly CatalogOptions _options = options.Value;

    /// <summary>Projects what is dirty; everything when <paramref name="rebuild"/> or when nothing was ever projected.</summary>
    public async Task<ProjectionResult> RunAsync(bool rebuild, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForProjectionAsync(cancellationToken);
        if (!await TryLockAsync(connection, cancellationToken))
        {
            return ProjectionResult.AnotherProjects;
        }

        try
        {
            await ProductBatchReader.PrepareAsync(connection, cancellationToken);
            return await RunLockedAsync(connection, rebuild, cancellationToken);
        }
        finally
        {
            await using var release = new MySqlCommand("DO RELEASE_LOCK(CONCAT(DATABASE(), '.projector'))", connection);
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task<ProjectionResult> RunLockedAsync(MySqlConnection connection, bool rebuild, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using (var transaction = await SnapshotAsync(connection, cancellationToken))
        {
            var query = new MirrorQuery(connection, transaction);
            if (await MirrorCheckpoint.ReadAsync(query, cancellationToken) is not { } checkpoint)
            {
                return ProjectionResult.WaitingForMirror;
            }

            var (generation, projected) = await ReadModelState.ReadAsync(query, cancellationToken);
            if (!rebuild && projected == checkpoint.Sequence && checkpoint.Keys.Count == 0)
            {
                return ProjectionResult.UpToDate;
            }

            var dirty = await DirtyKeyExpander.ExpandAsync(query, checkpoint.Keys, cancellationToken);
            if (!rebuild && generation != 0 && projected is not null && !dirty.All && dirty.Ids.Count <= _options.RebuildThreshold)
            {
                await ProjectAsync(query, generation, dirty, cancellationToken);
                await checkpoint.CompleteAsync(query, time, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                metrics.Projected(dirty.Ids.Count, rebuild: false, time.GetElapsedTime(started));
                Log.Projected(logger, dirty.Ids.Count, checkpoint.Sequence);
                return ProjectionResult.Projected;
            }
        }

        var products = await RebuildAsync(connection, cancellationToken);
        metrics.Projected(products, rebuild: true, time.GetElapsedTime(started));
        return ProjectionResult.Rebuilt;
    }

    private async Task ProjectAsync(MirrorQuery query, int generation, DirtyProducts dirty, CancellationToken cancellationToken)
    {
        if (dirty.Ids.Count > 0)
        {
            var structure = await CatalogStructureReader.ReadAsync(query, cancellationToken);
            foreach (var ids in dirty.Ids.Order().Chunk(_options.BatchSize))
            {
                await ProjectBatchAsync(query, structure, generation, ids, cancellationToken);
            }
        }

        if (dirty.Access)
        {
            await ReadModelState.RaiseAccessVersionAsync(query, cancellationToken);
        }
    }

    private async Task ProjectBatchAsync(
        MirrorQuery query, CatalogStructure structure, int generation, IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        var batch = await ProductBatchReader.ReadAsync(query, structure, ids, cancellationToken);
        await ProductDocumentStore.ReplaceBatchAsync(query, generation, builder.Build(structure, batch), cancellationToken);
    }

    private async Task<int> RebuildAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (generation, startedAt) = await BeginGenerationAsync(connection, cancellationToken);
            var products = await FillAsync(connection, generation, cancellationToken);
            if (await TrySwitchAsync(connection, generation, startedAt, cancellationToken))
            {
                while (await ProductDocumentStore.DeleteOthersAsync(connection, generation, cancellationToken))
                {
                }

                Log.Rebuilt(logger, products, generation);
                return products;
            }

            // Everything became dirty again while the generation was filled: it has to be filled anew.
        }
    }

    private async Task<(int Generation, long StartedAt)> BeginGenerationAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await SnapshotAsync(connection, cancellationToken);
        var query = new MirrorQuery(connection, transaction);
        var (current, _) = await ReadModelState.ReadAsync(query, cancellationToken);
        var checkpoint = await MirrorCheckpoint.ReadAsync(query, cancellationToken)
            ?? throw new InvalidOperationException("The mirror's checkpoint is gone.");
        await transaction.CommitAsync(cancellationToken);

        // A rebuild that was broken off may have left rows of the generation this one is going to be.
        while (await ProductDocumentStore.DeleteOthersAsync(connection, current, cancellationToken))
        {
        }

        Log.Rebuilding(logger, current + 1);
        return (current + 1, checkpoint.Sequence);
    }

    private async Task<int> FillAsync(MySqlConnection connection, int generation, CancellationToken cancellationToken)
    {
        var (last, products) = (0, 0);
        while (true)
        {
            await using var transaction = await SnapshotAsync(connection, cancellationToken);
            var query = new MirrorQuery(connection, transaction);
            var ids = await NextIdsAsync(query, last, cancellationToken);
            if (ids.Count == 0)
            {
                return products;
            }

            var structure = await CatalogStructureReader.ReadAsync(query, cancellationToken);
            await ProjectBatchAsync(query, structure, generation, ids, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            last = ids[^1];
            products += ids.Count;
        }
    }

    private async Task<List<int>> NextIdsAsync(MirrorQuery query, int last, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT entity_id FROM catalog_product_entity WHERE entity_id > @last ORDER BY entity_id LIMIT @count";
        await using var command = new MySqlCommand(Sql, query.Connection, query.Transaction);
        command.Parameters.AddWithValue("@last", last);
        command.Parameters.AddWithValue("@count", _options.BatchSize);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetInt32(0));
        }

        return ids;
    }

    // What changed since the generation was begun is projected into it from one snapshot; then all of it is that snapshot's state.
    private async Task<bool> TrySwitchAsync(MySqlConnection connection, int generation, long startedAt, CancellationToken cancellationToken)
    {
        await using var transaction = await SnapshotAsync(connection, cancellationToken);
        var query = new MirrorQuery(connection, transaction);
        var checkpoint = await MirrorCheckpoint.ReadAsync(query, cancellationToken)
            ?? throw new InvalidOperationException("The mirror's checkpoint is gone.");
        var changed = checkpoint.Keys.Where(key => key.Sequence > startedAt).ToList();
        var dirty = await DirtyKeyExpander.ExpandAsync(query, changed, cancellationToken);
        if (dirty.All)
        {
            return false;
        }

        await ProjectAsync(query, generation, dirty with { Access = true }, cancellationToken);
        await ReadModelState.SwitchAsync(query, generation, cancellationToken);
        await checkpoint.CompleteAsync(query, time, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> TryLockAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand("SELECT GET_LOCK(CONCAT(DATABASE(), '.projector'), 0)", connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture) == 1;
    }

    private static async Task<MySqlTransaction> SnapshotAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        // The driver's Snapshot level is REPEATABLE READ with the snapshot taken at once.
        await connection.BeginTransactionAsync(IsolationLevel.Snapshot, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(EventIds.Projected, LogLevel.Debug, "Projected {Products} products up to sequence {Sequence}")]
        public static partial void Projected(ILogger logger, int products, long sequence);

        [LoggerMessage(EventIds.Rebuilding, LogLevel.Information, "Rebuilding the read model as generation {Generation}")]
        public static partial void Rebuilding(ILogger logger, int generation);

        [LoggerMessage(EventIds.Rebuilt, LogLevel.Information, "Rebuilt {Products} products; generation {Generation} answers now")]
        public static partial void Rebuilt(ILogger logger, int products, int generation);
    }
}
